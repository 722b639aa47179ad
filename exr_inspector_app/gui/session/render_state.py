"""State of a watched render, and the notices that follow from a change of it; pure functions over session files."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import FrameSequence, format_ranges, make_sequence, sequence_member
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_rows import is_incomplete
from exr_inspector_app.services.file_versions import version_of
from exr_inspector_app.text.escape import escape_control

MIN_QUIET_S = 60.0  # without a change, after which a render counts as ended
QUIET_INTERVALS = 3  # so often the longest of the last times between two changes, if that is longer
UNKNOWN_QUIET_S = 600.0  # while no such time is known
MAX_INTERVALS = 12
NEW_RENDER_S = 6 * 3600.0  # after an end and so long a pause, another render has begun
_SEPARATORS = "._- #"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user wants to know of a watched render.

    Attributes:
        title: One line, such as `beauty v018: frame 1043 has NaN`.
        detail: Second line; may be empty.
        entry: File to show.
        is_problem: False for a render that is complete.
    """

    title: str
    detail: str
    entry: SessionFile
    is_problem: bool = True


@dataclass(slots=True)
class RenderState:
    """State of a render at the last check."""

    signature: tuple[object, ...] = ()
    changed_at: float = 0.0
    intervals: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_INTERVALS))  # between two changes
    is_pending: bool = False  # it was watched before all its files were inspected, so its first state is not known
    has_changed: bool = False  # since it was watched
    is_active: bool = False  # it has changed, and its end has not been noticed yet
    seen: set[tuple[str, str]] = field(default_factory=set)  # path and problem, each noticed once

    def update(self, entries: Sequence[SessionFile], now: float) -> bool:
        """Remember the present state; return whether it has changed."""
        signature = tuple((entry.path, *_stamp(entry)) for entry in entries if not entry.is_waiting)
        if signature == self.signature:
            return False
        interval = now - self.changed_at
        if not self.is_active and interval > NEW_RENDER_S:
            self.intervals.clear()
        elif self.has_changed:
            self.intervals.append(interval)
        self.signature, self.changed_at = signature, now
        return True

    def activate(self) -> None:
        """Expect the end of the render, since it has changed."""
        self.has_changed = self.is_active = True

    def has_ended(self, now: float) -> bool:
        """Return True if an active render has not changed for long, compared with its usual pace."""
        pace = max(MIN_QUIET_S, QUIET_INTERVALS * max(self.intervals)) if self.intervals else UNKNOWN_QUIET_S
        return self.is_active and now - self.changed_at >= pace


def _stamp(entry: SessionFile) -> tuple[object, object]:
    if entry.record is not None:
        facts = entry.record.payload["file"]
        return facts["size_bytes"], facts["mtime"]
    file = entry.unpublishable
    return (file.size_bytes, file.mtime) if file else (None, None)


def sequence_of(entries: Sequence[SessionFile]) -> FrameSequence:
    """Return the files of a row as a sequence."""
    key, _ = sequence_member(entries[0].path, entries[0].frame)
    return make_sequence(key, [sequence_member(entry.path, entry.frame)[1] for entry in entries])


def render_name(entries: Sequence[SessionFile]) -> str:
    """Return a short name of the files of a row with their version: `beauty v018`."""
    path = entries[0].path
    (_, before, after), _ = sequence_member(path, entries[0].frame)
    version = version_of(path)
    name = (os.path.splitext(before)[0] if after is None else before).rstrip(_SEPARATORS)
    for separator in _SEPARATORS:
        name = name.removesuffix(f"{separator}{version}") if version else name
    return escape_control(f"{name} {version}".strip())


def pixel_notices(entries: Sequence[SessionFile], seen: set[tuple[str, str]]) -> list[Notice]:
    """Return the notices of measured pixels and of the profile about frames, one per problem."""
    by_problem: dict[str, list[SessionFile]] = {}
    for entry in entries:
        for problem in _problems(entry):
            if (entry.path, problem) not in seen:
                seen.add((entry.path, problem))
                by_problem.setdefault(problem, []).append(entry)
    name = render_name(entries)
    return [
        Notice(strings.frames_have(name, _frames(affected), len(affected), problem), "", affected[0])
        for problem, affected in by_problem.items()
    ]


def _problems(entry: SessionFile) -> list[str]:
    """Return the problems of a file as nouns: `NaN`."""
    problems = [strings.HAS_NAN] if any(stats.nan_count for stats in entry.stats) else []
    problems += [strings.HAS_DAMAGE] if entry.lost else []
    is_wrong = any(outcome.status == "failed" and outcome.severity == "error" for outcome in entry.outcomes)
    return problems + ([strings.HAS_PROFILE_ERRORS] if is_wrong else [])


def end_notice(entries: Sequence[SessionFile], quiet_s: float) -> Notice:
    """Return the notice of a render that has ended: complete, or its missing parts."""
    sequence = sequence_of(entries)
    name, lacks = render_name(entries), _lacks(sequence, entries)
    frames = f"{sequence.range_text}, " if sequence.range_text else ""
    if not lacks:
        return Notice(strings.render_complete(name), strings.frames_read(frames, len(entries)), entries[-1], False)
    first = next((entry for entry in entries if entry.problems or is_incomplete(entry)), entries[-1])
    return Notice(strings.render_quiet(name, quiet_s), lacks, first)


def _lacks(sequence: FrameSequence, entries: Sequence[SessionFile]) -> str:
    """Return the missing, incomplete and unreadable frames as text; empty without any."""
    groups = [
        (strings.LACKS_MISSING, list[Frame](sequence.missing), len(sequence.missing)),
        *(
            (title, [entry.frame for entry in affected if entry.frame is not None], len(affected))
            for title, affected in (
                (strings.LACKS_INCOMPLETE, [entry for entry in entries if is_incomplete(entry)]),
                (strings.LACKS_READABLE, [entry for entry in entries if entry.problems]),
            )
        ),
    ]
    return ". ".join(f"{title}: {format_ranges(frames) or count}" for title, frames, count in groups if count)


def _frames(entries: Sequence[SessionFile]) -> str:
    """Return the frames of files as ranges; empty for a single file without a frame."""
    return format_ranges(sorted(entry.frame for entry in entries if entry.frame is not None))
