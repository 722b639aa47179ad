"""Session: collection of the opened files with their records, problems and statuses."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from exr_inspector_app.contracts import PathUnreadable, Plan, PlanItem, PlanStatus, Record
from exr_inspector_app.errors import FaultCause, cause_of
from exr_inspector_app.exr.pixels.pixel_checks import add_stats
from exr_inspector_app.exr.sequences.frame_number import Frame, frame_number
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.compact_record import compact_file, expand_file
from exr_inspector_app.ingest.disk_check import GONE
from exr_inspector_app.model import ChannelStats, ExrFile, Problem, from_payload
from exr_inspector_app.rules import Outcome

_FOREIGN_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|[A-Za-z]:[\\/]|\\\\")  # URL, drive letter or UNC path
_DIGITS = re.compile("[0-9]+")
_NO_CONTENTS = {  # status of a file without contents, by the code of its problem
    "empty-file": strings.EMPTY,
    "not-exr": strings.NOT_EXR,
    "gone": strings.GONE,
    "not-found": strings.NOT_FOUND,
    "vanished": strings.NOT_FOUND,
    "no-permission": strings.NO_ACCESS,
    "is-folder": strings.NO_FILE,
    "not-a-file": strings.NO_FILE,
    "link-loop": strings.NO_FILE,
    "name-too-long": strings.NO_FILE,
    "stalled": strings.UNREAD,
}
_DEFECTS: dict[FaultCause | None, str] = {  # status of other problems that are no fault of the file
    FaultCause.STORAGE: strings.UNREAD,
    FaultCause.MACHINE: strings.OVER_LIMIT,
    FaultCause.INSTALLATION: strings.UNREAD,
    FaultCause.BUG: strings.BUG,
}


class FileContents(NamedTuple):
    """Inspected content of a file."""

    record: Record | None
    unpublishable: ExrFile | None
    stats: tuple[ChannelStats, ...]

    def is_same(self, other: FileContents) -> bool:
        """Return whether this is the content of the same inspection and measurement."""
        return all(mine is its for mine, its in zip(self, other, strict=True))


@dataclass(slots=True, eq=False)
class SessionFile:
    """File of the session: waiting, or inspected with its record or its problems.

    Only the payload of a file with a record is kept, which halves the memory of a long session.
    """

    path: str
    record: Record | None = None
    unpublishable: ExrFile | None = None  # inspected, but without a record
    problem: Problem | None = None  # why the path led to no file at all
    status: PlanStatus | None = None  # None until the library has answered
    failure: str = ""  # why the last publish refused it
    stats: tuple[ChannelStats, ...] = ()  # of its pixels, once they have been measured
    lost: tuple[Problem, ...] = ()  # errors in its measured pixels
    is_odd: bool = False  # its pixels have errors or warnings
    is_gone: bool = False  # it was inspected, and is no longer on disk
    checked: FileContents | None = None  # contents that the profile was applied to; None without a profile
    outcomes: tuple[Outcome, ...] = ()  # of the profile
    found_frame: Frame | Literal["by name"] | None = "by name"  # by the names in its folder, once it was found there

    @property
    def is_waiting(self) -> bool:
        """True until the file has been inspected."""
        return self.record is None and self.unpublishable is None and self.problem is None

    @property
    def frame(self) -> Frame | None:
        """Frame of the file, as it was found until it has been inspected."""
        if self.record is not None:
            return self.record.payload["file"]["frame_number"]
        if self.unpublishable is not None:
            return self.unpublishable.frame_number
        return frame_number(self.path) if isinstance(self.found_frame, str) else self.found_frame

    @property
    def read_file(self) -> ExrFile | None:
        """The file as it was inspected."""
        record = self.record  # a worker may ask while the file is inspected again
        return from_payload(record.payload) if record else expand_file(self.unpublishable)

    @property
    def file(self) -> ExrFile | None:
        """The file as it was inspected, with the statistics of its pixels."""
        file = self.read_file
        if file is None or not (self.stats or self.lost):
            return file
        return add_stats(file, self.stats)._replace(errors=(*file.errors, *self.lost))

    @property
    def contents(self) -> FileContents:
        """Content that a profile is applied to."""
        return FileContents(self.record, self.unpublishable, self.stats)

    @property
    def is_checked(self) -> bool:
        """True if the outcomes of the profile are those of the present content."""
        return self.checked is not None and self.checked.is_same(self.contents)

    def set_outcomes(self, contents: FileContents | None, outcomes: tuple[Outcome, ...]) -> None:
        """Store the outcomes of the profile for this content."""
        self.checked, self.outcomes = contents, outcomes

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Errors of the file, worst first."""
        if self.is_gone:
            return (GONE,)
        if self.problem:
            return (self.problem,)
        return self.unpublishable.errors if self.unpublishable else ()

    @property
    def defect(self) -> str:
        """Status word for the errors; empty without errors."""
        if not self.problems:
            return ""
        code = self.problems[0].code
        if self.problem:  # a path may have led to no file at all
            return _NO_CONTENTS.get(code, strings.NO_FILE)
        return _NO_CONTENTS.get(code) or _DEFECTS.get(cause_of(code), strings.DAMAGED)

    @property
    def unreached(self) -> str:
        """Sentence that explains why there are no contents; empty if there are some."""
        if not self.problems:
            return ""
        code, message = self.problems[0][:2]
        has_parts = self.unpublishable is not None and bool(self.unpublishable.parts)
        return message if code in _NO_CONTENTS or (cause_of(code) in _DEFECTS and not has_parts) else ""

    @property
    def is_failed(self) -> bool:
        """True if the file cannot be published as it is, or was refused."""
        return bool(self.problem or self.unpublishable or self.failure or self.is_gone)

    @property
    def was_on_disk(self) -> bool:
        """True if the file was on disk when it was inspected."""
        return self.record is not None or bool(self.unpublishable and self.unpublishable.size_bytes is not None)

    def set_contents(self, file: ExrFile, record: Record | None) -> None:
        """Store the inspected contents and clear the status from the library."""
        self.reset()
        self.record = record
        self.unpublishable = None if record else compact_file(file)

    def set_disk_state(self, file: ExrFile, record: Record | None) -> None:
        """Store the result of a comparison with the disk; a file that is gone keeps its contents."""
        if file.errors[:1] == (GONE,):
            self.is_gone, self.failure = True, ""
        else:
            self.set_contents(file, record)

    def set_statistics(self, file: ExrFile) -> bool:
        """Store the statistics of the pixels; return False if the file has changed since it was inspected."""
        now = self.read_file
        if now is None or (now.size_bytes, now.mtime) != (file.size_bytes, file.mtime):
            return False
        self.stats, self.lost = file.stats, file.errors[len(now.errors) :]
        severities = (finding.severity for finding in file.findings[len(now.findings) :])
        self.is_odd = bool(self.lost) or any(severity != "note" for severity in severities)
        return True

    def reset(self) -> None:
        """Set the file to waiting."""
        self.record = self.unpublishable = self.problem = self.status = None
        self.failure = ""
        self.stats, self.lost, self.is_odd = (), (), False
        self.is_gone = False
        self.set_outcomes(None, ())


def find_odd(entries: Iterable[SessionFile]) -> list[SessionFile]:
    """Return the files whose set-up differs from that of most; files without a record do not count.

    If most files do not share a set-up, none is odd.
    """
    vectors = [(entry, entry.record.metadata_embedding) for entry in entries if entry.record]
    # Frames mostly share their vector, so only a few of thousands are hashed.
    distinct = {id(vector): vector for _, vector in vectors}
    setups = {key: vector.tobytes() for key, vector in distinct.items()}
    counts = Counter([setups[id(vector)] for _, vector in vectors])
    usual = max(counts, key=lambda setup: counts[setup], default=b"")
    if 2 * counts[usual] <= len(vectors):
        return []
    return [entry for entry, vector in vectors if setups[id(vector)] != usual]


class Session:
    """Collection of session files in the order of adding, one per path.

    Attributes:
        roots: Files, folders and patterns as the user opened them.
    """

    def __init__(self) -> None:
        self._entries: dict[str, SessionFile] = {}
        self.roots: list[str] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[SessionFile]:
        return iter(self._entries.values())

    def __contains__(self, entry: SessionFile) -> bool:
        return self._entries.get(entry.path) is entry

    def get(self, path: str) -> SessionFile | None:
        """Return the file at a path."""
        return self._entries.get(path)

    def add_roots(self, paths: Iterable[str]) -> None:
        """Add paths that the user opened."""
        self.roots = list(dict.fromkeys([*self.roots, *paths]))

    def add(self, path: str, frame: Frame | None) -> tuple[SessionFile, bool]:
        """Add a waiting file with its frame, or reset the one at this path; return it, and whether it is new."""
        entry = self._entries.get(path)
        if entry is None:
            entry = self._entries[path] = SessionFile(path, found_frame=frame)
            return entry, True
        entry.reset()
        entry.found_frame = frame
        return entry, False

    def add_unreadable(self, unreadable: PathUnreadable) -> tuple[SessionFile, bool]:
        """Add a path that led to no file; return its entry, and whether it is new."""
        entry, is_new = self.add(unreadable.path, frame_number(unreadable.path))
        entry.problem = Problem(unreadable.code, unreadable.message)
        return entry, is_new

    def apply_plan(self, items: Iterable[PlanItem]) -> list[SessionFile]:
        """Set the status of planned files and return those; skip files that were inspected again since the query."""
        changed = []
        for item in items:
            entry = self._entry_of(item.record)
            if entry is not None:
                entry.status = item.status
                changed.append(entry)
        return changed

    def apply_disk_states(self, plan: Plan) -> list[SessionFile]:
        """Store the result of comparing a plan with the disk; return the files that differ from before."""
        changed = []
        for item in plan.items:
            entry = self._entry_of(item.replaces or item.record)
            if entry is not None and item.replaces is not None:
                entry.reset()
                entry.record = item.record
                changed.append(entry)
            elif entry is not None and entry.is_gone:
                entry.is_gone = False
                changed.append(entry)
        for failure in plan.failures:
            entry = self._entry_of(failure.inspected)
            if entry is not None:
                entry.set_disk_state(failure.file, None)
                changed.append(entry)
        return changed

    def _entry_of(self, inspected: Record | ExrFile) -> SessionFile | None:
        """Return the entry with this very record or file; None if it has been inspected again or removed since."""
        path = inspected.path if isinstance(inspected, ExrFile) else inspected.payload["file"]["path"]
        entry = self._entries.get(path)
        is_same = entry is not None and (entry.record is inspected or entry.unpublishable is inspected)
        return entry if is_same else None

    def records(self) -> list[Record]:
        """Return the records that can be published."""
        return [entry.record for entry in self if entry.record]

    def inspected(self) -> list[Record | ExrFile]:
        """Return the records, and the files that could not be published when they were inspected."""
        return [item for entry in self if (item := entry.record or entry.unpublishable)]

    def unframed_siblings(self, paths: Iterable[str]) -> list[SessionFile]:
        """Return inspected files without a frame whose names differ from new ones in a single run of digits.

        With these siblings, the digits of `img0001.exr` are a frame.
        """
        runs: dict[tuple[str, str], list[SessionFile]] = {}
        for entry in self:
            if entry.frame is None and not entry.is_waiting:
                for run in _digit_runs(entry.path):
                    runs.setdefault(run, []).append(entry)
        beside = (entry for path in (paths if runs else ()) for run in _digit_runs(path) for entry in runs.get(run, ()))
        return list(dict.fromkeys(beside))

    def failed(self) -> list[SessionFile]:
        """Return the files that could not be inspected or published."""
        return [entry for entry in self if entry.is_failed]

    def remove(self, entries: Iterable[SessionFile]) -> None:
        """Remove files, and the roots that were just these files."""
        removed = {entry.path for entry in entries}
        for path in removed:
            self._entries.pop(path, None)
        self.roots = [path for path in self.roots if path not in removed]

    def clear(self) -> None:
        """Remove all files and roots."""
        self._entries.clear()
        self.roots = []


def _digit_runs(path: str) -> Iterator[tuple[str, str]]:
    """Yield the text before and after each run of digits in the name of a path."""
    start = len(path) - len(os.path.basename(path))
    for match in _DIGITS.finditer(path, start):
        yield path[: match.start()], path[match.end() :]


def absolute_paths(paths: Iterable[str]) -> list[str]:
    """Return the paths made absolute, since the next run may start in another folder; URLs stay as they are."""
    return [path if os.path.isabs(path) or _FOREIGN_ABSOLUTE.match(path) else os.path.abspath(path) for path in paths]
