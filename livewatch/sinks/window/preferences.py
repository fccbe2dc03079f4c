"""What can be set in the window itself; it applies at once and is kept in the settings file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from livewatch.errors import LivewatchError
from livewatch.settings import Settings
from livewatch.sinks.plain import plain
from livewatch.sinks.window.surroundings import Save
from livewatch.sinks.window.text import PlainLabel
from livewatch.sinks.window.theme import Looks

SIZES = ((1.0, "As in other programs"), (1.25, "Larger"), (1.5, "Large"), (2.0, "Very large"))
THEMES = (("system", "As in other programs"), ("light", "Light"), ("dark", "Dark"))


class Preferences(QDialog):
    """A small dialog. `changed` comes with the name and the value of a setting."""

    changed = Signal(str, object)

    def __init__(self, parent: QWidget, looks: Looks, settings: Settings, save: Save, path: Path) -> None:
        super().__init__(parent)
        self._save = save
        self._path = path
        self.setWindowTitle("livewatch: settings")
        self.setPalette(looks.palette())
        self.setFont(looks.font())
        self._trouble = PlainLabel()
        self._trouble.setVisible(False)
        rows = QFormLayout()
        rows.setSpacing(12)
        rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows.addRow("Text &size", self._choice("window.text_size", SIZES, settings.window.text_size))
        rows.addRow("&Colours", self._choice("window.theme", THEMES, settings.window.theme))
        rows.addRow("When a call is dangerous:", QWidget())
        rows.addRow(self._check("alert.tone", "sound a &tone", checked=settings.alert.tone))
        rows.addRow(self._check("alert.voice", "&speak the advice", checked=settings.alert.voice))
        more = PlainLabel("What livewatch listens to, how careful it is and more stands in the settings file.")
        file = QPushButton("&Open the settings file")
        file.setAccessibleDescription(str(path))
        file.clicked.connect(self._open)
        done = QPushButton("&Done")
        done.setDefault(True)
        done.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        for button in (file, done):
            button.setFont(looks.font())
            button.setStyleSheet(looks.button(looks.colours.field, looks.colours.text, looks.colours.text))
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addLayout(rows)
        layout.addWidget(more)
        layout.addWidget(self._trouble)
        layout.addLayout(buttons)

    def _choice(self, name: str, choices: tuple[tuple[object, str], ...], now: object) -> QComboBox:
        box = QComboBox()
        for value, text in choices:
            box.addItem(text, value)
        if box.findData(now) < 0:
            box.addItem(f"{now:g} times" if isinstance(now, float) else str(now), now)
        box.setCurrentIndex(box.findData(now))
        box.activated.connect(lambda _: self._set(name, box.currentData()))
        return box

    def _check(self, name: str, text: str, *, checked: bool) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(checked)
        box.toggled.connect(lambda on: self._set(name, on))
        return box

    def _set(self, name: str, value: object) -> None:
        self.changed.emit(name, value)
        try:
            self._save(name, value)
        except LivewatchError as error:
            self._say(f"This holds until livewatch ends, but could not be kept: {error.message}")

    def _open(self) -> None:
        """Open the file where it exists, else its folder, in the program that the system has for it."""
        place = self._path if self._path.exists() else self._path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(place))):
            self._say(f"No program opens it here. The file is {self._path}")

    def _say(self, text: str) -> None:
        self._trouble.setText(plain(text))
        self._trouble.setVisible(True)
