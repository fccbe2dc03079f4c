"""What a Vosk model looks like on disk."""

from __future__ import annotations

from pathlib import Path

from livewatch.errors import ModelError

HINT = "Get one: livewatch models get vosk-model-small-en-us-0.15, or livewatch models add FILE.zip"
"""What to type when there is no usable model"""


def is_model(folder: Path) -> bool:
    """Whether `folder` looks like a Vosk model, whole or not."""
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()


def check_folder(folder: Path) -> None:
    """Raise `ModelError` naming what is missing when `folder` is not a whole Vosk model of either layout.

    Vosk ends the process on some incomplete models, so this comes before it sees one.
    """
    if not folder.is_dir():
        raise ModelError("model-missing", f"{folder} is not a folder.", HINT)
    if not is_model(folder):
        raise ModelError("model-unknown", f"{folder} is not a Vosk model: it has no am/final.mdl.", HINT)
    new = (folder / "am" / "final.mdl").is_file()
    graph = folder / "graph" if new else folder
    needed = [folder / "am" / "final.mdl", folder / "conf" / "model.conf", folder / "conf" / "mfcc.conf"]
    if not new:
        needed = [folder / "final.mdl", folder / "mfcc.conf"]
    if not (graph / "HCLG.fst").is_file():
        needed += [graph / "HCLr.fst", graph / "Gr.fst", graph / "disambig_tid.int"]
    ivector = folder / "ivector"
    if (ivector / "final.ie").is_file():
        parts = ("splice.conf", "online_cmvn.conf", "final.mat", "global_cmvn.stats", "final.dubm", "final.ie")
        needed += [ivector / part for part in parts]
    for file in needed:
        if not file.is_file():
            raise ModelError(
                "model-damaged", f"The Vosk model {folder} is incomplete: {file.relative_to(folder)} is missing.", HINT
            )
        if file.stat().st_size == 0:
            raise ModelError(
                "model-damaged", f"The Vosk model {folder} is damaged: {file.relative_to(folder)} is empty.", HINT
            )
