"""Fuzz run: damages valid files and inspects them for a time or a count; exit code 1 if an invariant fails.

Each failing file is saved in the temporary folder; its name and the traceback are printed.
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
from tests.fuzz.checks import KnownAttribute, TimeLimitError, check, limits, sound_attributes
from tests.fuzz.mutations import mutate
from tests.fuzz.pixels import PixelChecker

MAX_SEED_BYTES = 1024 * 1024  # of a real file; larger ones only take longer
MAX_TRIES = 3  # of a file that times out
PROGRESS_INTERVAL_S = 60


class Seed(NamedTuple):
    """Valid file to be damaged."""

    data: bytes
    header: int  # where its header ends
    attributes: list[KnownAttribute]


def seeds() -> list[Seed]:
    """Return one file of every kind that the suite writes, and those of the corpus if this machine has it."""
    real = sorted(path for path in CORPUS.rglob("*.exr") if path.stat().st_size <= MAX_SEED_BYTES)
    result = []
    for data in [*zoo().values(), *(path.read_bytes() for path in real)]:
        attributes = sound_attributes(data)
        result.append(Seed(data, attributes[-1].end + 1, attributes))
    return result


def damaged_file(sound: Sequence[Seed], seed: int, number: int) -> tuple[bytes, list[KnownAttribute]]:
    """Return the damaged file with a number, the same on every machine, and the attributes before the damage."""
    random = Random(f"{seed}-{number}")
    chosen, other = random.choice(sound), random.choice(sound)
    data = mutate(random, chosen.data, chosen.header, other.data)
    shared = next((at for at, pair in enumerate(zip(data, chosen.data, strict=False)) if pair[0] != pair[1]), None)
    touched = min(len(data), len(chosen.data)) if shared is None else shared
    return data, [read for read in chosen.attributes if 8 <= read.end <= touched]


def main(arguments: Sequence[str]) -> int:
    """Run until the time or the count is reached; return 1 if an invariant failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--seconds", type=float, default=float("inf"))
    until.add_argument("--count", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=0, help="other numbers give other files")
    parser.add_argument("--pixels", action="store_true", help="decode a picture and the statistics of each file too")
    parsed = parser.parse_args(arguments)
    sound, started = seeds(), time.monotonic()
    reported, number, broken = started, 0, 0
    print(f"{len(sound)} sound files, seed {parsed.seed}", flush=True)
    pixels = PixelChecker() if parsed.pixels else None
    while number < parsed.count and (now := time.monotonic()) - started < parsed.seconds:
        broken += not _holds(*damaged_file(sound, parsed.seed, number), f"{parsed.seed}-{number}", pixels)
        number += 1
        if now - reported > PROGRESS_INTERVAL_S:
            reported = now
            print(f"{number:,} files in {now - started:,.0f} s, {broken} broken", flush=True)
    print(f"{number:,} damaged files in {time.monotonic() - started:,.0f} s: {broken} broke something", flush=True)
    if pixels is not None:
        pixels.close()
        print(", ".join(f"{count:,} {what}" for what, count in pixels.counts.most_common()), flush=True)
    return int(broken > 0)


def _check_pixels(pixels: PixelChecker, data: bytes, file: ExrFile) -> None:
    """Check the pixels; retry after a timeout, since the worker may have waited for a processor."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with limits(signal.ITIMER_REAL):
                return pixels.check(data, file)
        except TimeLimitError:
            if not tries_left:
                raise


def _holds(data: bytes, known: list[KnownAttribute], name: str, pixels: PixelChecker | None) -> bool:
    """Return True if all invariants hold for a file; otherwise save and report it."""
    try:
        with limits():
            file = check(data, known)
        if pixels is not None:
            _check_pixels(pixels, data, file)
    except Exception:
        folder = Path(tempfile.gettempdir()) / "exr-fuzz"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.exr").write_bytes(data)
        print(f"{folder / name}.exr\n{traceback.format_exc()}", flush=True)
        return False
    return True
