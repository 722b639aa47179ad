"""The files of the running session and what is known of each."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exr_inspector_app.contracts import PathUnreadable, PlanItem, PlanStatus, Record
from exr_inspector_app.exr.pixels.pixel_checks import add_stats
from exr_inspector_app.model import ChannelStats, ExrFile, Problem, from_payload

_FOREIGN_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[A-Za-z]:[\\/]|\\\\")  # URL, drive letter or UNC path
_ELSEWHERE = {  # by the code of a problem with which there is no content to look at
    "empty-file": "Empty",
    "not-exr": "Not EXR",
    "not-found": "Not found",
    "vanished": "Not found",
    "no-permission": "No access",
    "is-folder": "No file",
    "not-a-file": "No file",
    "link-loop": "No file",
    "name-too-long": "No file",
}


@dataclass(slots=True, eq=False)
class SessionFile:
    """One path of the session: waiting, or read with what came of it.

    A file with a record is kept as its payload only, which halves the memory of a long session.
    """

    path: str
    record: Record | None = None
    unpublishable: ExrFile | None = None  # read, but without a record
    problem: Problem | None = None  # why the path led to no file at all
    status: PlanStatus | None = None  # None until the library was asked
    failure: str = ""  # why the last publish refused it
    stats: tuple[ChannelStats, ...] = ()  # of its pixels, once somebody asked for them
    lost: tuple[Problem, ...] = ()  # what is wrong with its pixels, as far as it was asked
    is_odd: bool = False  # there is something wrong with them, or in them

    @property
    def is_waiting(self) -> bool:
        """True until the file has been read."""
        return self.record is None and self.unpublishable is None and self.problem is None

    @property
    def read_file(self) -> ExrFile | None:
        """The file as it was read."""
        record = self.record  # a worker may ask while the file is read again
        return from_payload(record.payload) if record else self.unpublishable

    @property
    def file(self) -> ExrFile | None:
        """The file as it was read, with what is known of its pixels."""
        file = self.read_file
        if file is None or not (self.stats or self.lost):
            return file
        return add_stats(file, self.stats)._replace(errors=(*file.errors, *self.lost))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the file, worst first as the reader told it."""
        if self.problem:
            return (self.problem,)
        return self.unpublishable.errors if self.unpublishable else ()

    @property
    def defect(self) -> str:
        """The word for what is wrong with the file; empty where nothing is."""
        other = "No file" if self.problem else "Damaged"  # a path may have led to no file at all
        return _ELSEWHERE.get(self.problems[0].code, other) if self.problems else ""

    @property
    def unreached(self) -> str:
        """Why there is no content to look at, in a sentence; empty where there is some."""
        return self.problems[0].message if self.problems and self.problems[0].code in _ELSEWHERE else ""

    @property
    def is_failed(self) -> bool:
        """True where the file cannot be published as it is, or was refused."""
        return bool(self.problem or self.unpublishable or self.failure)

    def read(self, file: ExrFile, record: Record | None) -> None:
        """The file has been read (again); what the library said before is void."""
        self.record = record
        self.unpublishable = None if record else file
        self.problem = None
        self.status = None
        self.failure = ""
        self.stats, self.lost, self.is_odd = (), (), False

    def measure(self, file: ExrFile) -> bool:
        """Keeps what was told of the pixels of the file; False where it is another file by now."""
        now = self.read_file
        if now is None or (now.size_bytes, now.mtime) != (file.size_bytes, file.mtime):
            return False
        self.stats, self.lost = file.stats, file.errors[len(now.errors) :]
        told = (one.severity for one in file.findings[len(now.findings) :])
        self.is_odd = bool(self.lost) or any(severity != "note" for severity in told)
        return True

    def reset(self) -> None:
        """The file waits to be read again."""
        self.record = self.unpublishable = self.problem = self.status = None
        self.failure = ""
        self.stats, self.lost, self.is_odd = (), (), False


def unusual(entries: Iterable[SessionFile]) -> list[SessionFile]:
    """The entries whose set-up is not the one that most of them have; those without a record have none."""
    vectors = [(entry, entry.record.metadata_embedding) for entry in entries if entry.record]
    # Frames mostly share their vector, so that few of thousands are looked at.
    distinct = {id(vector): vector for _, vector in vectors}
    kinds = {key: vector.tobytes() for key, vector in distinct.items()}
    counted = Counter([kinds[id(vector)] for _, vector in vectors])
    usual = max(counted, key=lambda kind: counted[kind], default=b"")
    return [entry for entry, vector in vectors if kinds[id(vector)] != usual]


class Session:
    """The entries in the order in which they came, each path once."""

    def __init__(self) -> None:
        self._entries: dict[str, SessionFile] = {}
        self.given: list[str] = []  # files, folders and patterns as a person gave them

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[SessionFile]:
        return iter(self._entries.values())

    def __contains__(self, entry: SessionFile) -> bool:
        return self._entries.get(entry.path) is entry

    def get(self, path: str) -> SessionFile | None:
        """The entry of a path."""
        return self._entries.get(path)

    def give(self, paths: Iterable[str]) -> None:
        """The paths belong to what the session was opened with."""
        self.given = list(dict.fromkeys([*self.given, *paths]))

    def enter(self, path: str) -> tuple[SessionFile, bool]:
        """The entry of a path, waiting to be read, and whether it is new."""
        entry = self._entries.get(path)
        if entry is None:
            entry = self._entries[path] = SessionFile(path)
            return entry, True
        entry.reset()
        return entry, False

    def refuse(self, unreadable: PathUnreadable) -> tuple[SessionFile, bool]:
        """The entry of a path that led to no file."""
        entry, is_new = self.enter(unreadable.path)
        entry.problem = Problem(unreadable.code, unreadable.message)
        return entry, is_new

    def settle(self, items: Iterable[PlanItem]) -> list[SessionFile]:
        """The entries whose status the library told, where the file is still the one it was asked about."""
        settled = []
        for item in items:
            entry = self._entries.get(item.record.payload["file"]["path"])
            if entry is not None and entry.record is item.record:
                entry.status = item.status
                settled.append(entry)
        return settled

    def records(self) -> list[Record]:
        """What can be published."""
        return [entry.record for entry in self if entry.record]

    def failed(self) -> list[SessionFile]:
        """What could not be read or published."""
        return [entry for entry in self if entry.is_failed]

    def remove(self, entries: Iterable[SessionFile]) -> None:
        """The entries are no longer part of the session."""
        for entry in entries:
            self._entries.pop(entry.path, None)
        self.given = [path for path in self.given if path in self._entries or not self._is_file(path)]

    def clear(self) -> None:
        """The session is empty."""
        self._entries.clear()
        self.given = []

    @staticmethod
    def _is_file(path: str) -> bool:
        return path.lower().endswith(".exr")


def absolute_paths(paths: Iterable[str]) -> list[str]:
    """Return the paths made absolute, since the next run may start in another folder; URLs stay as they are."""
    return [path if os.path.isabs(path) or _FOREIGN_ABSOLUTE.match(path) else os.path.abspath(path) for path in paths]
