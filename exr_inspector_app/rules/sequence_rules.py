"""Rules on frame sequences: the frames that must be there, and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import FrameSequence, format_ranges
from exr_inspector_app.rules.outcome import RuleResult

_MAX_LISTED_RUNS = 8


def check_frames(sequence: FrameSequence, required: Sequence[Frame]) -> Iterator[RuleResult]:
    """Yield whether a sequence has the required frames and no others."""
    asked = format_ranges(required)
    present, expected = set(sequence.frames), set(required)
    missing, extra = sorted(expected - present), sorted(present - expected)
    if not sequence.frames:
        yield RuleResult(None, False, f"The name has no frame number, the profile requires the frames {asked}.")
        return
    if missing:
        yield RuleResult(None, False, f"{_label(missing)} missing, the profile requires {asked}.")
    if extra:
        yield RuleResult(None, False, f"{_label(extra)} not in the range {asked} of the profile.")
    if not missing and not extra:
        yield RuleResult(None, True, f"Frames are {asked}.")


def check_gaps(sequence: FrameSequence) -> Iterator[RuleResult]:
    """Yield whether a sequence of several frames has no gap."""
    if len(sequence.paths) < 2:
        return
    if sequence.missing:
        yield RuleResult(None, False, f"The sequence is not complete: {_label(sequence.missing).lower()} missing.")
    else:
        yield RuleResult(None, True, "The sequence has no gaps.")


def _label(frames: Sequence[Frame]) -> str:
    """Format frames with a verb: `Frames 1003–1004 are`."""
    runs = format_ranges(frames).split(", ")
    text = ", ".join(runs)
    if len(runs) > _MAX_LISTED_RUNS:
        text = f"{', '.join(runs[:_MAX_LISTED_RUNS])} … {runs[-1]}, {len(frames):,} in all,"
    return f"Frame {text} is" if len(frames) == 1 else f"Frames {text} are"
