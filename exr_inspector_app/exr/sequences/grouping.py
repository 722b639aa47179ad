"""Sequence grouping: collects files into the frame sequences that they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.sequences.frame_number import (
    Frame,
    FrameSpan,
    Siblings,
    find_frame_span,
    span_of_frame,
    split_path,
)

MAX_MISSING_FRAMES = 100_000  # a wider gap means another numbering

SequenceKey = tuple[str, str, str | None]  # folder, name before and after the frame (None for no frame)
SequenceMember = tuple[Frame, int, str]  # frame (-1 for no frame), number of its digits, path


@dataclass(frozen=True, slots=True)
class FrameSequence:
    """Frame sequence: files whose names differ in the frame number only, or a single file."""

    folder: str
    pattern: str  # beauty.####.exr, or the name of a single file
    paths: tuple[str, ...]  # by frame
    frames: tuple[Frame, ...]  # empty for a single file
    missing: tuple[int, ...]  # between the first and the last frame
    padding: int

    @property
    def range_text(self) -> str:
        """First and last frame, as `1001–1100`; empty for a single file without a frame."""
        if not self.frames:
            return ""
        first, last = self.frames[0], self.frames[-1]
        pad = self.padding
        start = format_frame(first, pad)
        return start if first == last else f"{start}–{format_frame(last, pad)}"


def sequence_member(path: str, frame: Frame | None) -> tuple[SequenceKey, SequenceMember]:
    """Return the key that the frames of one sequence share, and the member for this path.

    Args:
        path: Path of the file.
        frame: Its frame, as `file.frame_number` of the payload has it; None for a single file.
    """
    folder, name = os.path.split(path)
    return _member(path, folder, name, span_of_frame(name, frame))


def _member(path: str, folder: str, name: str, span: FrameSpan | None) -> tuple[SequenceKey, SequenceMember]:
    if span is None:
        return (folder, name, None), (-1, 0, path)
    return (folder, name[: span.start], name[span.end :]), (span.frame, span.digits, path)


def group_sequences(paths: Iterable[str], frames: Mapping[str, Frame | None] | None = None) -> list[FrameSequence]:
    """Group paths into sequences, without reading folders.

    Args:
        paths: Paths in any order. Versions and UDIM tiles do not count as frames.
        frames: The frame of each path, as `file.frame_number` of the payload has it. Paths that are not in it are
            judged by their name and the other names given.

    Returns:
        The sequences in the order of their first path. Numbers of several lengths (9, 10 or 0999, 1000) belong to one
        sequence; a file without a frame is a sequence with one path.
    """
    listed, known = list(paths), frames or {}
    names: dict[str, list[str]] = {}
    for path in listed:
        if path not in known:
            folder, name = split_path(path)
            names.setdefault(folder, []).append(name)
    siblings = {folder: Siblings(members) for folder, members in names.items()}
    groups: dict[SequenceKey, list[SequenceMember]] = {}
    for path in listed:
        if path in known:
            key, member = sequence_member(path, known[path])
        else:
            folder, name = os.path.split(path)
            span = find_frame_span(name, folder, siblings[split_path(path)[0]])
            key, member = _member(path, folder, name, span)
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


def _missing(frames: tuple[Frame, ...]) -> tuple[int, ...]:
    """Return the missing frames between the first and the last; none among sub-frames, whose step is unknown."""
    if not frames or not all(isinstance(frame, int) for frame in frames):
        return ()
    first, last = int(frames[0]), int(frames[-1])
    if last - first > MAX_MISSING_FRAMES:
        return ()
    present = set(frames)
    return tuple(n for n in range(first, last + 1) if n not in present)


def format_frame(frame: Frame, padding: int) -> str:
    """Format a frame as names have it: `0012`, `-0012`, `0012.25`."""
    integer = int(abs(frame))
    fraction = f"{abs(frame) - integer:.9f}".rstrip("0")[2:] if abs(frame) != integer else ""
    return f"{'-' if frame < 0 else ''}{integer:0{padding}}{'.' if fraction else ''}{fraction}"


def frame_range(frames: Sequence[Frame]) -> str:
    """Return sorted frames in the notation of fileseq: `1001-1003,1005`, `-2-2`, `1,1.25`."""
    return ",".join(
        f"{format_frame(first, 1)}-{format_frame(last, 1)}" if first != last else format_frame(first, 1)
        for first, last in _runs(frames)
    )


def _runs(frames: Sequence[Frame]) -> list[tuple[Frame, Frame]]:
    """Return the first and last frame of each run of consecutive frames."""
    runs: list[tuple[Frame, Frame]] = []
    for frame in frames:
        if runs and runs[-1][1] == frame:  # the same frame with another padding
            continue
        if runs and isinstance(frame, int) and runs[-1][1] == frame - 1:
            runs[-1] = runs[-1][0], frame
        else:
            runs.append((frame, frame))
    return runs


def format_ranges(numbers: Sequence[Frame]) -> str:
    """Format sorted numbers as `1044–1046, 1050`."""
    return ", ".join(
        f"{format_frame(first, 1)}–{format_frame(last, 1)}" if first != last else format_frame(first, 1)
        for first, last in _runs(numbers)
    )
