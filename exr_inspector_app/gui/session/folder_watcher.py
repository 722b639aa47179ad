"""Files that appear in folders of the session, such as the next frames of a render: they join it."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.exr.sequences.discovery import list_folder, natural_key
from exr_inspector_app.gui.session.poller import Poller
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

COARSE_NS = 2_000_000_000  # some servers tell dates in steps of two seconds


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a folder held when it was looked at."""

    path: str
    which: tuple[int, int]  # the same however links lead to it
    changed_ns: int  # 0 where more may have come with the same date
    files: Sequence[str]
    folders: Sequence[str]


class FolderWatcher(Poller):
    """Looks at the dates of the folders that were opened and of those below; what is new in them is told."""

    found = Signal(object)  # list[str]: paths of files that the session has never had
    kind = "Arrivals"
    turn_ms = 3000

    def __init__(self, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(tasks, session, parent)
        self._known: dict[str, int] = {}  # folders and their dates; 0 for those that wait for their first look
        self._paths: dict[tuple[int, int], str] = {}  # by which the session has each folder
        self._left: set[str] = set()  # files that a person removed from the session

    @Slot(object)
    def forget(self, entries: list[SessionFile]) -> None:
        """These entries left the session and do not come back by themselves."""
        self._left.update(entry.path for entry in entries)

    def forget_all(self) -> None:
        """The session was cleared; what is opened from now on is looked at as if it were the first."""
        self._tasks.drop(self.kind)
        self._known, self._paths, self._left = {}, {}, set()

    def _every(self) -> list[tuple[str, int]]:
        """The folders and their dates."""
        for path in self._session.given:
            self._known.setdefault(path, 0)
        return list(self._known.items()) if self._session.given else []

    def _path(self, one: tuple[str, int]) -> str:
        return os.path.join(one[0], "")  # what is in a folder waits with it, what is beside it does not

    def _look(self, one: tuple[str, int]) -> _Folder | None:
        path, date = one
        given = self._session.given
        return None if path not in given and _leads_back(path, given) else _looked_at(path, date)

    def _tell(self, folder: _Folder) -> None:
        """What is new of a folder that has changed or had not been looked at."""
        self._known[folder.path] = folder.changed_ns
        if any(self._session.get(path) for path in folder.files):
            self._paths[folder.which] = folder.path
        elif self._paths.setdefault(folder.which, folder.path) != folder.path:
            return  # its files are there already, by a link
        for path in folder.folders:
            self._known.setdefault(path, 0)
        new = [path for path in folder.files if self._session.get(path) is None and path not in self._left]
        if new:
            self.found.emit(
                sorted(new, key=natural_key)
            )  # those that are known, of which there are most, need no order


def _leads_back(path: str, given: Collection[str]) -> bool:
    """True for a link into what was opened, which is met there under its own name."""
    if not os.path.islink(path):
        return False
    real = os.path.join(os.path.realpath(path), "")
    return any(real.startswith(os.path.join(os.path.realpath(root), "")) for root in given)


def _looked_at(path: str, date: int) -> _Folder | None:
    """A folder as it is now; None where it has not changed, cannot be read, or is none."""
    try:
        stat = os.stat(path)
        now = stat.st_mtime_ns
        if now == date:
            return None
        found = list_folder(path)
    except (OSError, ValueError):  # a NUL, or characters that no file system knows
        return None
    files = [one for _, one, is_folder in found if not is_folder]
    folders = [one for _, one, is_folder in found if is_folder]
    date = now if abs(time.time_ns() - now) > COARSE_NS else 0
    return _Folder(path, (stat.st_dev, stat.st_ino), date, files, folders)
