"""Folder watcher: polls opened folders for new files, such as the next frames of a render."""

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

MTIME_RESOLUTION_NS = 2_000_000_000  # some file servers store dates in steps of two seconds


@dataclass(frozen=True, slots=True)
class _Folder:
    """Contents of a folder when it was polled."""

    path: str
    inode: tuple[int, int]  # device and inode: identifies a folder across links
    changed_ns: int  # 0 if more files may have come with the same date
    files: Sequence[str]
    folders: Sequence[str]


class FolderWatcher(Poller):
    """Poller for the dates of opened folders and of all folders below them."""

    files_found = Signal(object)  # list[str]: paths of files that the session never had
    kind = "Watch folders"
    interval_ms = 3000

    def __init__(self, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(tasks, session, parent)
        self._dates: dict[str, int] = {}  # by folder; 0 until its first poll
        self._paths: dict[tuple[int, int], str] = {}  # by inode: the path under which the session has the folder
        self._removed: set[str] = set()  # files that the user removed from the session

    @Slot(object)
    def ignore(self, entries: list[SessionFile]) -> None:
        """Ignore files that the user removed from the session, so that they do not come back."""
        self._removed.update(entry.path for entry in entries)

    @Slot()
    def reset(self) -> None:
        """Forget all folders and removed files after the session was cleared."""
        self._tasks.drop(self.kind)
        self._dates, self._paths, self._removed = {}, {}, set()

    def _items(self) -> list[tuple[str, int]]:
        """Return the folders and their dates."""
        for path in self._session.roots:
            self._dates.setdefault(path, 0)
        return list(self._dates.items()) if self._session.roots else []

    def _path(self, item: tuple[str, int]) -> str:
        return os.path.join(item[0], "")  # the contents of a folder wait with it, its siblings do not

    def _check(self, item: tuple[str, int]) -> _Folder | None:
        path, date = item
        roots = self._session.roots
        return None if path not in roots and _is_link_into(path, roots) else _read_folder(path, date)

    def _on_change(self, folder: _Folder) -> None:
        """Emit the new files of a folder that has changed or is polled for the first time."""
        self._dates[folder.path] = folder.changed_ns
        if any(self._session.get(path) for path in folder.files):
            self._paths[folder.inode] = folder.path
        elif self._paths.setdefault(folder.inode, folder.path) != folder.path:
            return  # its files are in the session already, by a link
        for path in folder.folders:
            self._dates.setdefault(path, 0)
        new = [path for path in folder.files if self._session.get(path) is None and path not in self._removed]
        if new:
            self.files_found.emit(sorted(new, key=natural_key))  # only the new ones, which are few, need an order


def _is_link_into(path: str, roots: Collection[str]) -> bool:
    """Return True for a link into an opened folder, whose files are found there under their own names."""
    if not os.path.islink(path):
        return False
    real = os.path.join(os.path.realpath(path), "")
    return any(real.startswith(os.path.join(os.path.realpath(root), "")) for root in roots)


def _read_folder(path: str, date: int) -> _Folder | None:
    """Return the contents of a folder; None if it has not changed, cannot be read, or is no folder."""
    try:
        stat = os.stat(path)
        now = stat.st_mtime_ns
        if now == date:
            return None
        listed = list_folder(path)
    except (OSError, ValueError):  # a NUL, or characters that no file system accepts
        return None
    files = [child for _, child, is_folder in listed if not is_folder]
    folders = [child for _, child, is_folder in listed if is_folder]
    changed_ns = now if abs(time.time_ns() - now) > MTIME_RESOLUTION_NS else 0
    return _Folder(path, (stat.st_dev, stat.st_ino), changed_ns, files, folders)
