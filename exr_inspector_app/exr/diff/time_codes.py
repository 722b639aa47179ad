"""Time code continuity: frames of a sequence whose time code does not follow from the frame before.

Source: SMPTE ST 12-1, Time and Control Code; OpenEXR, `ImfTimeCode.h`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.model import ExrFile

MAX_COUNTED_RATE = 30  # frames per second; faster material has several frames per time code
MAX_GAP = 100  # frames; time codes that are further apart are not compared
_USUAL_RATES = (24, 25, 30)  # tried where the header has no rate, or one that is too low for the time codes


class TimeCodeJump(NamedTuple):
    """Frame whose time code does not follow from the frame before."""

    frame: int
    before: str  # time code of the frame before: 01:00:00:03
    after: str


class _Reading(NamedTuple):
    """Time code of one frame."""

    frame: int
    code: dict[str, Any]
    rate: int | None  # frames per second, rounded


def time_code_jumps(frames: Iterable[tuple[Frame, ExrFile]]) -> list[TimeCodeJump]:
    """Return the frames at which the time code jumps.

    The time code is counted by the frame rate of the header and by its drop-frame flag. A constant time code,
    or one without a regular step, does not jump.

    Args:
        frames: Frames of one sequence, in any order. Sub-frames and frames without a time code are ignored.
    """
    readings = sorted(_read(frames), key=lambda reading: reading.frame)
    if len(readings) < 2:
        return []
    results = [_jumps_at(readings, base, divisor) for base, divisor in _bases(readings)]
    return min(results, key=len, default=[])


def _read(frames: Iterable[tuple[Frame, ExrFile]]) -> Iterator[_Reading]:
    for frame, file in frames:
        values = {(name, kind): value for part in file.parts[:1] for name, kind, value in part.attributes}
        code, rate = values.get(("timeCode", "timecode")), values.get(("framesPerSecond", "rational"))
        if code and isinstance(frame, int):
            is_known = rate is not None and rate["denominator"] > 0 and rate["numerator"] > 0
            yield _Reading(frame, code, round(rate["numerator"] / rate["denominator"]) if is_known and rate else None)


def _bases(readings: Sequence[_Reading]) -> list[tuple[int, int]]:
    """Return the numbers of time codes per second to try, each with the number of frames per time code."""
    rate = Counter(reading.rate for reading in readings).most_common(1)[0][0]
    highest = max(reading.code["frame"] for reading in readings)
    if rate:
        divisor = -(-rate // MAX_COUNTED_RATE)
        if rate // divisor > highest:
            return [(rate // divisor, divisor)]
    return [(base, 1) for base in _USUAL_RATES if base > highest]


def _jumps_at(readings: Sequence[_Reading], base: int, divisor: int) -> list[TimeCodeJump]:
    """Return the jumps of time codes that count to `base` per second."""
    pairs = [(before, after) for before, after in pairwise(readings) if after.frame - before.frame <= MAX_GAP]
    steps = [(after.frame - before.frame, _elapsed(before.code, after.code, base)) for before, after in pairs]
    speed = _usual_speed(steps, divisor)
    if speed is None:
        return []
    return [
        TimeCodeJump(after.frame, format_time_code(before.code), format_time_code(after.code))
        for (before, after), step in zip(pairs, steps, strict=True)
        if not _fits(step, speed)
    ]


_Step = tuple[int, int]  # difference of the frame numbers, and of the time codes


def _usual_speed(steps: Sequence[_Step], divisor: int) -> Fraction | None:
    """Return the time codes per frame of at least half of the steps, None where it is irregular or zero."""
    if not steps:
        return None
    if len(steps) == 1:
        return Fraction(1, divisor) if steps[0][1] else None
    most_common = Counter(Fraction(codes, frames) for frames, codes in steps).most_common(1)[0][0]
    speeds = [Fraction(1), Fraction(1, divisor), most_common]
    if 4 * sum(codes == 0 for _, codes in steps) > len(steps):  # too many repeated codes to be faults
        del speeds[0]
    for speed in speeds:
        if 2 * sum(_fits(step, speed) for step in steps) >= len(steps):
            return speed or None
    return None


def _fits(step: _Step, speed: Fraction) -> bool:
    """Return True for a step at a speed; with several frames per time code, it may be one code off."""
    frames, codes = step
    return abs(codes - frames * speed) < (1 if speed < 1 else Fraction(1, 2))


def _elapsed(before: dict[str, Any], after: dict[str, Any], base: int) -> int:
    """Return the number of time codes between two of them, negative for an earlier one; days are circular."""
    day = _count({"hours": 24, "minutes": 0, "seconds": 0, "frame": 0, "drop_frame": after["drop_frame"]}, base)
    codes = (_count(after, base) - _count(before, base)) % day
    return codes if 2 * codes <= day else codes - day


def _count(code: dict[str, Any], base: int) -> int:
    """Return the number of a time code since midnight; drop-frame counting skips numbers in 9 of 10 minutes."""
    minutes = 60 * code["hours"] + code["minutes"]
    number = (60 * minutes + code["seconds"]) * base + code["frame"]
    if not code["drop_frame"] or base % 30:
        return int(number)
    return int(number - base // 15 * (minutes - minutes // 10))


def format_time_code(code: dict[str, Any]) -> str:
    """Return a time code as text: `01:00:00:12`, with a semicolon before the frame for drop-frame."""
    separator = ";" if code["drop_frame"] else ":"
    return f"{code['hours']:02}:{code['minutes']:02}:{code['seconds']:02}{separator}{code['frame']:02}"
