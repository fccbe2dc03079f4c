"""Text from the call, always as plain text: words that were spotted are marked by painting, never by markup."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QSizePolicy, QWidget

from livewatch.sinks.window.model import Pieces, Sentence
from livewatch.sinks.window.theme import Looks


class PlainLabel(QLabel):
    """A label that shows its text letter by letter and breaks long lines."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show `text`; the same text costs nothing."""
        if text != self.text():
            super().setText(text)


class MarkedLabel(PlainLabel):
    """A label some of whose words are marked: underlined, on a ground of their own."""

    def __init__(self, pieces: Pieces, mark: str, on_mark: str) -> None:
        """`mark` and `on_mark` are the ground and the letters of marked words."""
        super().__init__(" ".join(word for word, _ in pieces))
        marked = QTextCharFormat()
        marked.setBackground(QColor(mark))
        marked.setForeground(QColor(on_mark))
        marked.setFontUnderline(True)
        self._ranges: list[QTextLayout.FormatRange] = []
        for start, length in _spans(pieces):
            span = QTextLayout.FormatRange()
            span.start, span.length, span.format = start, length, marked  # type: ignore[misc]  # stubs lack setters
            self._ranges.append(span)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height all lines need."""
        return round(self._lay_out(width).boundingRect().height()) + 2

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a comfortable size."""
        width = min(520, self.fontMetrics().horizontalAdvance(self.text()) + 4)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Any width does; the lines break."""
        return QSize(80, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        self._lay_out(self.width()).draw(painter, QPointF(0, 0))
        painter.end()

    def _lay_out(self, width: int) -> QTextLayout:
        layout = QTextLayout(self.text(), self.font())
        layout.setFormats(self._ranges)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height()
        layout.endLayout()
        return layout


class LiveWords(QPlainTextEdit):
    """What is being said: one line for each sentence, the newest at the bottom, older ones to scroll back to."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._shown: list[tuple[str, int, Pieces]] = []
        """What stands in each line, from the top"""
        self._follows = True
        """Whether the newest words are in sight; not while somebody reads further up"""
        self.verticalScrollBar().actionTriggered.connect(self._scrolled)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setAccessibleName("What is being said")
        self.setPlaceholderText("What is said appears here.")

    def show_sentences(self, sentences: Sequence[Sentence], *, anew: bool = False) -> None:
        """Bring the text up to date; only lines from the first changed one on are written (`anew`: all of them)."""
        lines = [(sentence.side, sentence.utterance, sentence.pieces()) for sentence in sentences]
        before = [] if anew else self._shown
        gone = 0  # sentences that have left at the top
        if before and lines:
            first = lines[0][:2]
            gone = next((number for number, line in enumerate(before) if line[:2] == first), len(before))
        kept = before[gone:]
        same = next((n for n, (old, new) in enumerate(zip(kept, lines, strict=False)) if old != new), None)
        same = min(len(kept), len(lines)) if same is None else same
        bar = self.verticalScrollBar()
        following = self._follows
        if same == 0 or not lines:
            self.clear()
            same = 0
        else:
            self._remove(gone, same)
        for number, (side, _, pieces) in enumerate(lines[same:], start=same):
            self._append(side, pieces, first=number == 0)
        self._shown = lines
        if following:
            bar.setValue(bar.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the newest words in sight."""
        following = self._follows
        super().resizeEvent(event)
        if following:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _remove(self, gone: int, same: int) -> None:
        """Take `gone` lines away at the top, and at the bottom all behind the first `same` of what is left."""
        document = self.document()
        cursor = QTextCursor(document)
        if gone:
            cursor.setPosition(0)
            cursor.setPosition(document.findBlockByNumber(gone).position(), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        last = document.findBlockByNumber(same - 1)
        cursor.setPosition(last.position() + last.length() - 1)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _scrolled(self) -> None:
        """Somebody moves the scroll bar; its position is the one it is about to have."""
        bar = self.verticalScrollBar()
        self._follows = bar.sliderPosition() >= bar.maximum() - 1

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll."""
        super().wheelEvent(event)
        self._scrolled()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll by keys."""
        super().keyPressEvent(event)
        self._scrolled()

    def _append(self, side: str, pieces: Pieces, *, first: bool) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        colours = self._looks.colours
        usual, marked = QTextCharFormat(), QTextCharFormat()
        usual.setForeground(QColor(colours.quiet if side == "me" else colours.text))
        marked.setForeground(QColor(colours.on_mark))
        marked.setBackground(QColor(colours.mark))
        marked.setFontUnderline(True)
        if not first:
            cursor.insertBlock()
        text = ("You: " if side == "me" else "") + " ".join(word for word, _ in pieces)
        offset = len(text) - len(" ".join(word for word, _ in pieces))
        done = 0
        for start, length in _spans(pieces):
            cursor.insertText(text[done : start + offset], usual)
            cursor.insertText(text[start + offset : start + offset + length], marked)
            done = start + offset + length
        cursor.insertText(text[done:], usual)


def _spans(pieces: Pieces) -> list[tuple[int, int]]:
    """Return start and length, in characters, of each run of marked words joined by spaces."""
    spans: list[tuple[int, int]] = []
    position = 0
    for word, marked in pieces:
        if marked and spans and sum(spans[-1]) == position - 1:
            spans[-1] = (spans[-1][0], position + len(word) - spans[-1][0])
        elif marked:
            spans.append((position, len(word)))
        position += len(word) + 1
    return spans
