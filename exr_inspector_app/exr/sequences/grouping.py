"""Files folded into the sequences whose frames they are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from exr_inspector_app.exr.sequences.frame_number import find_frame_span

MAX_MISSING_FRAMES = 100_000  # a gap wider than this is no gap but another numbering

SequenceKey = tuple[str, str, str | None]  # folder, what stands before and behind the frame (None without one)
SequenceMember = tuple[int, int, str]  # frame (-1 without one), its digits, and the path


@dataclass(frozen=True, slots=True)
class FrameSequence:
    """Files that differ in their frame number only; a single file is one without frames."""

    folder: str
    pattern: str  # beauty.####.exr, or the name itself
    paths: tuple[str, ...]  # by frame
    frames: tuple[int, ...]  # empty for a single file
    missing: tuple[int, ...]  # between the first and the last frame
    padding: int

    @property
    def range_text(self) -> str:
        """The frames as `1001-1100`, or with gaps as fileseq writes them; empty for a single file."""
        if not self.frames:
            return ""
        first, last = self.frames[0], self.frames[-1]
        pad = self.padding
        return f"{first:0{pad}}" if first == last else f"{first:0{pad}}–{last:0{pad}}"


def sequence_member(path: str) -> tuple[SequenceKey, SequenceMember]:
    """What the frames of one sequence share, and what this path is among them."""
    folder, name = os.path.split(path)
    span = find_frame_span(name)
    if span is None:
        return (folder, name, None), (-1, 0, path)
    start, end = span
    return (folder, name[:start], name[end:]), (int(name[start:end]), end - start, path)


def group_sequences(paths: Iterable[str]) -> list[FrameSequence]:
    """The paths folded into sequences, in the order in which each first appears.

    Versions and UDIM tiles are no frames; numbers of several lengths (9, 10 or 0999, 1000) belong together.
    """
    groups: dict[SequenceKey, list[SequenceMember]] = {}
    for path in paths:
        key, one = sequence_member(path)
        groups.setdefault(key, []).append(one)
    return [make_sequence(key, members) for key, members in groups.items()]


def make_sequence(key: SequenceKey, members: Iterable[SequenceMember]) -> FrameSequence:
    """The sequence of all members that have one key; a lone file keeps its own name."""
    folder, head, tail = key
    members = sorted(members)
    paths = tuple(path for _, _, path in members)
    padding = min(digits for _, digits, _ in members)
    frames = tuple(frame for frame, _, _ in members) if padding else ()
    if len(members) == 1:
        return FrameSequence(folder, os.path.basename(paths[0]), paths, frames, (), padding)
    return FrameSequence(folder, f"{head}{'#' * padding}{tail}", paths, frames, _missing(frames), padding)


def _missing(frames: tuple[int, ...]) -> tuple[int, ...]:
    """The frames between the first and the last that are not there."""
    if not frames or frames[-1] - frames[0] > MAX_MISSING_FRAMES:
        return ()
    there = set(frames)
    return tuple(n for n in range(frames[0], frames[-1] + 1) if n not in there)


def format_ranges(numbers: Sequence[int]) -> str:
    """Numbers as `1044–1046, 1050`."""
    runs = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        listed = [number for _, number in run]
        runs.append(f"{listed[0]}–{listed[-1]}" if len(listed) > 1 else f"{listed[0]}")
    return ", ".join(runs)
