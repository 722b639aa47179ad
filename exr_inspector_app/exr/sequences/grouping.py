"""Sequence grouping: collects files into the frame sequences that they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from exr_inspector_app.exr.sequences.frame_number import find_frame_span

MAX_MISSING_FRAMES = 100_000  # a wider gap means another numbering

SequenceKey = tuple[str, str, str | None]  # folder, name before and after the frame (None for no frame)
SequenceMember = tuple[int, int, str]  # frame (-1 for no frame), number of its digits, path


@dataclass(frozen=True, slots=True)
class FrameSequence:
    """Frame sequence: files whose names differ in the frame number only, or a single file."""

    folder: str
    pattern: str  # beauty.####.exr, or the name of a single file
    paths: tuple[str, ...]  # by frame
    frames: tuple[int, ...]  # empty for a single file
    missing: tuple[int, ...]  # between the first and the last frame
    padding: int

    @property
    def range_text(self) -> str:
        """First and last frame, as `1001–1100`; empty for a single file without a frame."""
        if not self.frames:
            return ""
        first, last = self.frames[0], self.frames[-1]
        pad = self.padding
        return f"{first:0{pad}}" if first == last else f"{first:0{pad}}–{last:0{pad}}"


def sequence_member(path: str) -> tuple[SequenceKey, SequenceMember]:
    """Return the key that the frames of one sequence share, and the member for this path."""
    folder, name = os.path.split(path)
    span = find_frame_span(name)
    if span is None:
        return (folder, name, None), (-1, 0, path)
    start, end = span
    return (folder, name[:start], name[end:]), (int(name[start:end]), end - start, path)


def group_sequences(paths: Iterable[str]) -> list[FrameSequence]:
    """Group paths into sequences.

    Args:
        paths: Paths in any order. Versions and UDIM tiles do not count as frames.

    Returns:
        The sequences in the order of their first path. Numbers of several lengths (9, 10 or 0999, 1000) belong to one
        sequence; a file without a frame is a sequence with one path.
    """
    groups: dict[SequenceKey, list[SequenceMember]] = {}
    for path in paths:
        key, member = sequence_member(path)
        groups.setdefault(key, []).append(member)
    return [make_sequence(key, members) for key, members in groups.items()]


def make_sequence(key: SequenceKey, members: Iterable[SequenceMember]) -> FrameSequence:
    """Return the sequence of the members with one key; a single file has its name as the pattern."""
    folder, prefix, suffix = key
    members = sorted(members)
    paths = tuple(path for _, _, path in members)
    padding = min(digits for _, digits, _ in members)
    frames = tuple(frame for frame, _, _ in members) if padding else ()
    if len(members) == 1:
        return FrameSequence(folder, os.path.basename(paths[0]), paths, frames, (), padding)
    return FrameSequence(folder, f"{prefix}{'#' * padding}{suffix}", paths, frames, _missing(frames), padding)


def _missing(frames: tuple[int, ...]) -> tuple[int, ...]:
    """Return the missing frames between the first and the last."""
    if not frames or frames[-1] - frames[0] > MAX_MISSING_FRAMES:
        return ()
    present = set(frames)
    return tuple(n for n in range(frames[0], frames[-1] + 1) if n not in present)


def format_ranges(numbers: Sequence[int]) -> str:
    """Format sorted numbers as `1044–1046, 1050`."""
    runs = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        runs.append(f"{members[0]}–{members[-1]}" if len(members) > 1 else f"{members[0]}")
    return ", ".join(runs)
