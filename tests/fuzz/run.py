"""Fuzz run: damages valid inputs and reads them for a time or a count; exit code 1 if an invariant fails.

Each failing input is saved in the temporary folder; its name and the traceback are printed. Once the fault is mended, a
small input is added to the corpus, which every run of its target checks first.
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
from tests.fuzz.targets import CORPUS as FINDINGS
from tests.fuzz.targets import TARGETS, Target

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
    until.add_argument("--seconds", type=float, default=float("inf"), help="of each target")
    until.add_argument("--count", type=int, default=sys.maxsize, help="inputs of each target")
    until.add_argument("--minutes", type=float, help="of all targets together, in equal shares")
    parser.add_argument("--seed", type=int, default=0, help="other numbers give other inputs")
    parser.add_argument("--pixels", action="store_true", help="decode a picture and the statistics of each file too")
    names = ["header", "pixels", *(target.name for target in TARGETS)]
    parser.add_argument("--target", action="append", choices=names, help="all with --minutes, else header")
    parsed = parser.parse_args(arguments)
    chosen: list[str] = parsed.target or (names if parsed.minutes else ["pixels" if parsed.pixels else "header"])
    if parsed.minutes:
        parsed.seconds = 60 * parsed.minutes / len(chosen)
    files = [name for name in chosen if name in ("header", "pixels")]
    broken = sum(_run_files(parsed, has_pixels=name == "pixels") for name in files)
    for target in TARGETS:
        if target.name in chosen:
            broken += _run_target(target, parsed)
    return int(broken > 0)


def _run_files(parsed: argparse.Namespace, *, has_pixels: bool) -> int:
    """Damage files; return the number of those that broke something."""
    sound, started = seeds(), time.monotonic()
    reported, number, broken = started, 0, 0
    print(f"{len(sound)} sound files, seed {parsed.seed}", flush=True)
    pixels = PixelChecker() if has_pixels else None
    for path in sorted(FINDINGS.glob("header-*")):
        broken += not _holds(path.read_bytes(), [], path.stem, pixels)
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
    return broken


def _run_target(target: Target, parsed: argparse.Namespace) -> int:
    """Damage the inputs of a target; return the number of those that broke something."""
    started, number, broken = time.monotonic(), 0, 0
    for path in sorted(FINDINGS.glob(f"{target.name}-*")):
        broken += not _target_holds(target, path.read_bytes(), path.stem)
    while number < parsed.count and time.monotonic() - started < parsed.seconds:
        data = target.make(Random(f"{parsed.seed}-{number}"))
        broken += not _target_holds(target, data, f"{target.name}-{parsed.seed}-{number}")
        number += 1
    elapsed = time.monotonic() - started
    print(f"{target.name}: {number:,} inputs in {elapsed:,.0f} s: {broken} broke something", flush=True)
    return broken


def _target_holds(target: Target, data: bytes, name: str) -> bool:
    """Return True if a target reads an input as it should; otherwise save and report it."""
    try:
        with limits():
            target.check(data)
    except Exception:
        _save(data, f"{name}.{target.extension}")
        return False
    return True


def _save(data: bytes, name: str) -> None:
    folder = Path(tempfile.gettempdir()) / "exr-fuzz"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    print(f"{folder / name}\n{traceback.format_exc()}", flush=True)


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
        _save(data, f"{name}.exr")
        return False
    return True
