"""Read many recordings with damaged headers; print the counts and the peak memory. Run in a process of its own.

Usage: python mutated_headers.py FOLDER COUNT SEED RECORDING...
"""

import random
import sys
from pathlib import Path

from livewatch.audio.file import open_recording
from livewatch.errors import AudioError
from tests.audio.memory import peak_kb

INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Change up to eight bytes near the beginning, now and then cut the end or put something in."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(min(len(data), chance.choice((16, 64, 256, 4096))))
        data[at] = chance.choice(
            (chance.randrange(256), chance.choice(INTERESTING), data[at] ^ 1 << chance.randrange(8))
        )
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)) :]
    if chance.random() < 0.1:
        at = chance.randrange(len(data) + 1)
        data[at:at] = chance.randbytes(chance.randint(1, 40))
    return bytes(data)


def is_one_sentence(error: AudioError, path: Path) -> bool:
    return bool(error.code) and "\n" not in str(error) and str(path) in error.message


def main(folder: Path, count: int, seed: int, recordings: list[Path]) -> None:
    chance = random.Random(seed)
    read = refused = 0
    for number in range(count):
        original = recordings[number % len(recordings)]
        path = folder / f"{number % 50}{original.suffix}"
        path.write_bytes(damaged(original.read_bytes(), chance))
        try:
            read += sum(len(chunk.samples) for chunk in open_recording(path)) > 0
        except AudioError as error:
            refused += is_one_sentence(error, path)
        except BaseException:
            sys.stderr.write(f"seed {seed}, number {number}, kept as {path}\n")
            raise
    sys.stdout.write(f"{read} {refused} {peak_kb()}\n")


main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), [Path(name) for name in sys.argv[4:]])
