"""Folder watcher: polls folders for new files, such as the next frames of a render, and for files that are gone.

One poll of a folder covers all its files, so that files that are gone from a large session are noticed at once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.exr.sequences.discovery import list_folder, natural_key
from exr_inspector_app.exr.sequences.grouping import group_sequences
from exr_inspector_app.gui.session.poller import Poller
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.ingest.disk_check import MISSING_FILE_ERRORS

MTIME_RESOLUTION_NS = 2_000_000_000  # some file servers store dates in steps of two seconds


@dataclass(frozen=True, slots=True)
class _WatchedFolder:
    """Folder to poll, and its last known state."""

    path: str
    changed_ns: int  # 0 until its first poll, and after one that may have missed files
    files: Sequence[str]  # of the session
    followed: frozenset[str] = frozenset()  # those whose sequences take new frames


@dataclass(frozen=True, slots=True)
class _Folder:
    """Contents of a folder when it was polled."""

    path: str
    inode: tuple[int, int] | None  # device and inode: identifies a folder across links; None if the folder is gone
    changed_ns: int  # 0 if more files may have come with the same date
    files: Sequence[str]
    folders: Sequence[str]
    missing: Sequence[str]  # files of the session that are not in the folder
    frames: Sequence[str] = ()  # of the sequences that are followed


class FolderWatcher(Poller):
    """Poller for the dates of opened folders, of all folders below them, and of the folders of session files."""

    files_found = Signal(object)  # list[str]: paths of files that the session never had, or that are back
    gone = Signal(object)  # list[SessionFile]: no longer on disk
    kind = "Watch folders"
    interval_ms = 3000

    def __init__(self, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(tasks, session, parent)
        self._dates: dict[str, int] = {}  # by folder; 0 until its first poll
        self._files: dict[str, dict[str, None]] = {}  # paths of the session, by folder
        self._opened: set[str] = set()  # folders whose new files join the session
        self._paths: dict[tuple[int, int], str] = {}  # by inode: the path under which the session has the folder
        self._removed: set[str] = set()  # files that the user removed from the session
        self._followed: dict[str, frozenset[str]] = {}  # by folder: files whose sequences take new frames
        self._opened_to_follow: set[str] = set()  # folders that are opened only while they are followed

    @Slot(object)
    def watch(self, entries: list[SessionFile]) -> None:
        """Watch the folders of files that joined the session."""
        for entry in entries:
            folder = os.path.dirname(entry.path)
            self._files.setdefault(folder, {})[entry.path] = None
            self._dates.setdefault(folder, 0)

    def follow(self, files: Collection[str], folders: Collection[str]) -> None:
        """Let new frames of the sequences of these files, and new files of these folders, join; drop earlier ones."""
        by_folder: dict[str, set[str]] = {}
        for path in files:
            by_folder.setdefault(os.path.dirname(path), set()).add(path)
        self._followed = {folder: frozenset(paths) for folder, paths in by_folder.items()}
        self._dates.update(dict.fromkeys(self._followed, 0))
        self._opened -= self._opened_to_follow - {*self._session.roots, *folders}
        self._opened_to_follow = {path for path in folders if path not in self._opened} | (
            self._opened_to_follow & set(folders)
        )
        self._open(folders)

    @Slot(object)
    def ignore(self, entries: list[SessionFile]) -> None:
        """Ignore files that the user removed from the session, so that they do not come back."""
        for entry in entries:
            self._removed.add(entry.path)
            folder = os.path.dirname(entry.path)
            files = self._files.get(folder, {})
            files.pop(entry.path, None)
            if not files:
                self._files.pop(folder, None)
                if folder not in self._opened:
                    self._dates.pop(folder, None)

    @Slot()
    def reset(self) -> None:
        """Forget all folders and removed files after the session was cleared."""
        self._tasks.drop(self.kind)
        self._dates, self._files, self._opened, self._paths, self._removed = {}, {}, set(), {}, set()
        self._followed, self._opened_to_follow = {}, set()

    def _items(self) -> list[str]:
        """Return the folders."""
        self._open(self._session.roots)
        return list(self._dates) if self._session.roots else []

    def _open(self, folders: Collection[str]) -> None:
        """Let the new files of folders join the session, beginning with the next poll."""
        for path in folders:
            if path not in self._opened:
                self._opened.add(path)
                self._dates[path] = 0

    def _select(self, due: Sequence[str]) -> list[_WatchedFolder]:
        known, followed = self._files, self._followed
        return [
            _WatchedFolder(path, self._dates[path], tuple(known.get(path, ())), followed.get(path, frozenset()))
            for path in due
        ]

    def _path(self, item: _WatchedFolder) -> str:
        return os.path.join(item.path, "")  # the contents of a folder wait with it, its siblings do not

    def _check(self, item: _WatchedFolder) -> _Folder | None:
        roots = self._session.roots
        if item.path in roots or not _is_link_into(item.path, roots):
            return _read_folder(item)
        folder = _read_folder(item) if item.files else None
        return folder and replace(folder, files=[path for path in folder.files if path in item.files], folders=())

    def _on_change(self, folder: _Folder) -> None:
        """Emit the removed and the new files of a folder that has changed or is polled for the first time."""
        if folder.path not in self._dates:
            return  # its last file has been removed from the session since
        self._dates[folder.path] = folder.changed_ns
        missing = [entry for path in folder.missing if (entry := self._session.get(path)) is not None]
        gone = [entry for entry in missing if entry.was_on_disk and not entry.is_gone]
        if gone:
            self.gone.emit(gone)
        new = [path for path in folder.files if (entry := self._session.get(path)) is not None and entry.is_gone]
        if folder.path in self._opened and folder.inode is not None:
            new += self._new_files(folder, folder.inode)
        new += [path for path in folder.frames if self._is_new(path) and path not in new]
        if new:
            self.files_found.emit(sorted(new, key=natural_key))  # only the new ones, which are few, need an order

    def _new_files(self, folder: _Folder, inode: tuple[int, int]) -> list[str]:
        """Return the files of an opened folder that the session never had."""
        if any(self._session.get(path) for path in folder.files):
            self._paths[inode] = folder.path
        elif self._paths.setdefault(inode, folder.path) != folder.path:
            return []  # its files are in the session already, by a link
        self._open(folder.folders)
        return [path for path in folder.files if self._is_new(path)]

    def _is_new(self, path: str) -> bool:
        return self._session.get(path) is None and path not in self._removed


def _is_link_into(path: str, roots: Collection[str]) -> bool:
    """Return True for a link into an opened folder, whose files are found there under their own names."""
    if not os.path.islink(path):
        return False
    real = os.path.join(os.path.realpath(path), "")
    return any(real.startswith(os.path.join(os.path.realpath(root), "")) for root in roots)


def _read_folder(folder: _WatchedFolder) -> _Folder | None:
    """Return the contents of a folder; None if it has not changed, cannot be read, or is no folder."""
    try:
        stat = os.stat(folder.path)
        now = stat.st_mtime_ns
        if now == folder.changed_ns:
            return None
        listed = list_folder(folder.path)
    except MISSING_FILE_ERRORS:
        return _Folder(folder.path, None, 0, (), (), folder.files) if folder.files else None
    except (OSError, ValueError):  # a NUL, or characters that no file system accepts
        return None
    files = [child for _, child, is_folder in listed if not is_folder]
    folders = [child for _, child, is_folder in listed if is_folder]
    missing = [path for path in set(folder.files).difference(files) if _is_missing(path)]
    changed_ns = now if abs(time.time_ns() - now) > MTIME_RESOLUTION_NS else 0
    sequences = group_sequences(files) if folder.followed else ()
    frames = [
        path for sequence in sequences if not folder.followed.isdisjoint(sequence.paths) for path in sequence.paths
    ]
    return _Folder(folder.path, (stat.st_dev, stat.st_ino), changed_ns, files, folders, missing, frames)


def _is_missing(path: str) -> bool:
    """Return True if there is no file at a path; a file of another name than EXR files have is not listed."""
    try:
        os.stat(path)
    except MISSING_FILE_ERRORS:
        return True
    except (OSError, ValueError):
        return False
    return False
