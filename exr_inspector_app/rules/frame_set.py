"""Parser of frame ranges in a profile: `1001-1100`, `1001-1100,1105`, `1-9x2`, as fileseq writes them."""

from __future__ import annotations

import math
import re

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.rules.value_forms import ValueFormError, is_integers

MAX_FRAMES = 1_000_000
FORM = 'frames such as "1001-1100" or "1001-1100,1105"'
_RUN = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,9})?)(?:\s*(?:-|–|\.\.|:)\s*([+-]?\d{1,15})(?:\s*[xy:]\s*(\d{1,15}))?)?")


def parse_frames(value: object) -> tuple[Frame, ...]:
    """Parse frames into a sorted tuple.

    Args:
        value: A text of runs with commas; a number; a list of texts and numbers, where two ascending numbers are the
            first and the last frame; or `{first, last}` with an optional `step`.

    Raises:
        ValueFormError: The value has another form, or more than MAX_FRAMES frames.
    """
    if isinstance(value, dict):
        return _from_table(value)
    if is_integers(value, 2) and isinstance(value, list) and value[0] < value[1]:
        return _run(value[0], value[1], 1)
    items = value if isinstance(value, list) else [value]
    frames: set[Frame] = set()
    for item in items:
        frames.update(_from_text(item) if isinstance(item, str) else (_from_number(item),))
    if not frames or len(frames) > MAX_FRAMES:
        raise ValueFormError(FORM)
    return tuple(sorted(frames))


def _from_number(value: object) -> Frame:
    """Return a number as a frame: an integer where it is one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueFormError(FORM)
    return int(value) if value == int(value) else value


def _from_table(value: dict[str, object]) -> tuple[Frame, ...]:
    first, last, step = value.get("first"), value.get("last"), value.get("step", 1)
    if not set(value) <= {"first", "last", "step"} or not is_integers([first, last, step], 3):
        raise ValueFormError(FORM)
    return _run(int(str(first)), int(str(last)), int(str(step)))


def _from_text(text: str) -> set[Frame]:
    frames: set[Frame] = set()
    for piece in text.strip("[] ").split(","):
        match = _RUN.fullmatch(piece.strip())
        if match is None:
            raise ValueFormError(FORM)
        if match[2] is None:
            number = float(match[1])
            frames.add(int(number) if number.is_integer() else number)
        elif "." in match[1]:
            raise ValueFormError(FORM)
        else:
            frames.update(_run(int(match[1]), int(match[2]), int(match[3] or 1)))
        if len(frames) > MAX_FRAMES:
            raise ValueFormError(FORM)
    return frames


def _run(first: int, last: int, step: int) -> tuple[int, ...]:
    first, last = min(first, last), max(first, last)
    if step < 1 or (last - first) // step >= MAX_FRAMES:
        raise ValueFormError(FORM)
    return tuple(range(first, last + 1, step))
