"""Damages sound files and inspects them until a time or a count is reached; exit code 1 where something breaks.

Every broken file is kept in the temporary folder, its name and what went wrong are printed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from exr_inspector_app.model import ExrFile
from tests.conftest import CORPUS
from tests.exr_files.zoo import zoo
from tests.fuzz.checks import Read, TooLong, check, limits, sound_attributes
from tests.fuzz.mutations import mutated
from tests.fuzz.pixels import Pixels

LARGEST_SEED = 1024 * 1024  # bytes of a real file that is damaged; longer ones take long and are no other
TRIES = 3  # before a file has taken too long
TELL = 60  # seconds between two lines of progress


class Seed(NamedTuple):
    """A sound file to be damaged."""

    data: bytes
    header: int  # where its header ends
    attributes: list[Read]


def seeds() -> list[Seed]:
    """One file of every kind that the suite writes, and the real ones where this machine has them."""
    real = sorted(path for path in CORPUS.rglob("*.exr") if path.stat().st_size <= LARGEST_SEED)
    found = []
    for data in [*zoo().values(), *(path.read_bytes() for path in real)]:
        attributes = sound_attributes(data)
        found.append(Seed(data, attributes[-1].end + 1, attributes))
    return found


def one(sound: Sequence[Seed], seed: int, number: int) -> tuple[bytes, list[Read]]:
    """The damaged file of a number, the same on every machine, and what of it was not touched."""
    random = Random(f"{seed}-{number}")
    chosen, other = random.choice(sound), random.choice(sound)
    data = mutated(random, chosen.data, chosen.header, other.data)
    shared = next((at for at, pair in enumerate(zip(data, chosen.data, strict=False)) if pair[0] != pair[1]), None)
    touched = min(len(data), len(chosen.data)) if shared is None else shared
    return data, [read for read in chosen.attributes if 8 <= read.end <= touched]


def main(words: Sequence[str]) -> int:
    """Runs until the time or the count is reached; 1 where a file broke something."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--seconds", type=float, default=float("inf"))
    until.add_argument("--count", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=0, help="other numbers give other files")
    parser.add_argument("--pixels", action="store_true", help="decode a picture and the statistics of each file too")
    parsed = parser.parse_args(words)
    sound, started = seeds(), time.monotonic()
    told, number, broken = started, 0, 0
    print(f"{len(sound)} sound files, seed {parsed.seed}", flush=True)
    pixels = Pixels() if parsed.pixels else None
    while number < parsed.count and (now := time.monotonic()) - started < parsed.seconds:
        broken += not _holds(*one(sound, parsed.seed, number), f"{parsed.seed}-{number}", pixels)
        number += 1
        if now - told > TELL:
            told = now
            print(f"{number:,} files in {now - started:,.0f} s, {broken} broken", flush=True)
    print(f"{number:,} damaged files in {time.monotonic() - started:,.0f} s: {broken} broke something", flush=True)
    if pixels is not None:
        pixels.close()
        print(", ".join(f"{count:,} {what}" for what, count in pixels.counts.most_common()), flush=True)
    return int(broken > 0)


def _look(pixels: Pixels, data: bytes, file: ExrFile) -> None:
    """The pixels hold; what takes too long is tried again, since the child may have waited for a processor."""
    for tries_left in reversed(range(TRIES)):
        try:
            with limits(signal.ITIMER_REAL):
                return pixels.check(data, file)
        except TooLong:
            if not tries_left:
                raise


def _holds(data: bytes, kept: list[Read], name: str, pixels: Pixels | None) -> bool:
    """True where everything holds for a file; otherwise it is kept and told of."""
    try:
        with limits():
            file = check(data, kept)
        if pixels is not None:
            _look(pixels, data, file)
    except Exception:
        folder = Path(tempfile.gettempdir()) / "exr-fuzz"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.exr").write_bytes(data)
        print(f"{folder / name}.exr\n{traceback.format_exc()}", flush=True)
        return False
    return True
