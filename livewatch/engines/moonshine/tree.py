"""What the decoder has read: tokens, each behind a path of others, so that several texts share what they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livewatch.engines.moonshine.model import Encoding, Floats, Model

START, END = 1, 2
"""Token numbers that begin and end every text"""

Path = npt.NDArray[np.int64]
"""Row numbers in a tree, from START on: the tokens of one text"""

_DEAD = 64
"""Rows that no text needs are kept until there are more than this: taking them out copies the others"""


@dataclass(frozen=True, slots=True)
class Step:
    """What the decoder says after each of some tokens of one text."""

    path: Path
    """To the last of them"""
    best: npt.NDArray[np.int64]
    """(tokens, most): the likeliest next tokens, the best first"""
    best_logprob: Floats
    """(tokens, most): natural logarithms of their probabilities"""
    target: Floats
    """(tokens,): that of the token asked for"""


class Tree:
    """The decoder's memory of one encoding's texts. Not for use by two threads at once."""

    root: Path = np.zeros(0, np.int64)
    """Where START is read"""

    def __init__(self, model: Model, encoding: Encoding) -> None:
        self._model = model
        self._cross = encoding.cross
        self._past = model.no_past
        self._looked = np.zeros((0, encoding.frames), np.float32)

    def read(self, texts: Sequence[tuple[Path, Sequence[int]]], last: int = END, most: int = 1) -> list[Step]:
        """Read some tokens of each text behind its path, all in one pass.

        Says of each the `most` likeliest next tokens, and the log-probability of the one that follows it in the text,
        of `last` behind the last. One pass over 8 tokens costs a third more than over 1, over 64 three times as much,
        whether they are of one text or of many.
        """
        before = len(self._looked)
        count = sum(len(tokens) for _, tokens in texts)
        mask = np.full((count, before + count), -np.inf, np.float32)
        position, wanted, paths = [], [], []
        row = 0
        for path, tokens in texts:
            rows = np.arange(row, row + len(tokens))
            mask[rows[0] : rows[-1] + 1, path] = 0.0
            mask[rows[:, None], before + rows] = np.triu(np.full((len(rows), len(rows)), -np.inf, np.float32), 1)
            position.append(np.arange(len(path), len(path) + len(rows)))
            wanted += [*tokens[1:], last]
            paths.append(np.concatenate([path, before + rows]))
            row += len(tokens)
        feeds: dict[str, np.ndarray] = {
            "tokens": self._model.embed([token for _, tokens in texts for token in tokens]),
            "position": np.concatenate(position)[None],
            "mask": mask,
            "targets": np.array(wanted, np.int64).reshape(1, count, 1),
            "most": np.array([most], np.int64),
            **self._cross,
            **self._past,
        }
        out = self._model.decode(feeds)
        self._past = {name: out[name.replace("past", "present")] for name in self._past}
        self._looked = np.concatenate([self._looked, out["looked"]])
        best, logprob, target = out["best"][0], out["best_logprob"][0], out["target_logprob"][0, :, 0]
        ends = np.cumsum([len(tokens) for _, tokens in texts])
        return [
            Step(path, best[end - size : end], logprob[end - size : end], target[end - size : end])
            for path, end, size in zip(paths, ends, (len(tokens) for _, tokens in texts), strict=True)
        ]

    def looked(self, path: Path) -> Floats:
        """(tokens, frames): where in the sound the token after each of the path was found; rows sum to 1."""
        return self._looked[path]

    def keep(self, paths: Sequence[Path]) -> list[Path]:
        """Forget what is on none of `paths` if that is much; return them as they are numbered from now on."""
        alive = np.unique(np.concatenate(paths)) if paths else self.root
        if len(self._looked) - len(alive) <= _DEAD:
            return list(paths)
        self._past = {name: past[:, :, alive] for name, past in self._past.items()}
        self._looked = self._looked[alive]
        return [np.searchsorted(alive, path) for path in paths]
