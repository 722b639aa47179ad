"""Session controller: the session, the jobs and watchers that fill it, and the selected file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.change_coalescer import ChangeCoalescer
from exr_inspector_app.gui.session.file_watcher import FileWatcher
from exr_inspector_app.gui.session.folder_watcher import FolderWatcher
from exr_inspector_app.gui.session.inspect_job import InspectJob
from exr_inspector_app.gui.session.opened_files import OpenedFiles
from exr_inspector_app.gui.session.path_opener import PathOpener
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.session.statistics_job import StatisticsJob
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.services.backend import Backend


class SessionController(QObject):
    """Operations of the user on the session; all changes of its files are emitted here."""

    added = Signal(object)  # list[SessionFile]
    changed = Signal(object)  # list[SessionFile]
    removed = Signal(object)  # list[SessionFile]
    opened = Signal(object)  # SessionFile: the one to select of those that the user opened
    selected = Signal(object)  # SessionFile | None; also when the selected file has changed
    cleared = Signal()

    def __init__(
        self, backend: Backend, tasks: TaskRunner, jobs: JobRunner, thumbnails: SessionThumbnails, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._thumbnails = tasks, thumbnails
        self.session = Session()
        self.selection: SessionFile | None = None
        self._preferred = ""  # path to select among those being restored
        self._opened_files = OpenedFiles(self.opened.emit, lambda: self.selection)
        self.opener = PathOpener(backend, tasks, self)
        self.inspection = InspectJob(backend, tasks, jobs, self.session, self)
        self.statistics = StatisticsJob(backend, jobs, self.session, self)
        self.file_watcher = FileWatcher(backend, tasks, self.session, self)
        self.folder_watcher = FolderWatcher(tasks, self.session, self)
        self.changes = ChangeCoalescer(self.session, self)
        tasks.drained.connect(self.changes.flush_if_due)
        self.changes.changed.connect(self._emit_changed)
        self.opener.resolved.connect(self._inspect_opened)
        self.inspection.added.connect(self.added)
        self.inspection.changed.connect(self.changes.add)
        self.inspection.frame_changed.connect(self._emit_changed)
        self.statistics.changed.connect(self.changes.add)
        self.file_watcher.grew.connect(self.inspection.refresh_unfinished)
        self.file_watcher.gone.connect(self._mark_gone)
        self.file_watcher.returned.connect(self._mark_returned)
        self.folder_watcher.gone.connect(self._mark_gone)
        self.inspection.added.connect(self.folder_watcher.watch)
        self.file_watcher.grew.connect(lambda entry: thumbnails.invalidate(entry.path))
        self.changed.connect(self.file_watcher.update_stamps)
        self.removed.connect(self.file_watcher.remove)
        self.folder_watcher.files_found.connect(self._inspect_new)
        self.removed.connect(self.folder_watcher.ignore)

    def close(self) -> None:
        """Stop the watchers and their readers."""
        self.file_watcher.close()
        self.folder_watcher.close()

    def open_paths(self, paths: Sequence[str]) -> None:
        """Inspect files, folders and sequences, and add their files to the session, once they are resolved."""
        self.opener.open_paths(paths)

    def restore(self, roots: Sequence[str], selected: str) -> None:
        """Open the paths of a saved session, and select the file at `selected` once it is found."""
        self._preferred = selected
        self.open_paths(roots)

    def reload(self, entries: Sequence[SessionFile]) -> None:
        """Inspect these files again."""
        self.invalidate_thumbnails(entries)
        if entries:
            watch = None if self.selection in entries else self._opened_files.watch()
            self.inspection.inspect([entry.path for entry in entries], strings.RELOAD, watch)

    @Slot(object)
    def invalidate_thumbnails(self, entries: Sequence[SessionFile]) -> None:
        """Create the thumbnails of files that have changed again when they are painted next."""
        for entry in entries:
            self._thumbnails.invalidate(entry.path)

    def reload_failed(self) -> None:
        """Inspect again all files that could not be inspected, or that the last publish refused."""
        self.reload(self.session.failed())

    def select(self, entry: SessionFile | None) -> None:
        """Select the file that preview and inspector show."""
        if entry is not self.selection:
            self._tasks.hold()  # all panes are updated: 76 ms of work took 160 ms beside busy workers
            self.selection = entry
            self.selected.emit(entry)

    def remove(self, entries: Sequence[SessionFile]) -> None:
        """Remove files from the session; the files themselves are not touched."""
        removed = [entry for entry in entries if entry in self.session]
        self.session.remove(removed)
        for entry in removed:
            self.changes.remove(entry)
            self.inspection.skip_plan(entry)
        self.removed.emit(removed)
        if self.selection in removed:
            self.select(None)

    def clear(self) -> None:
        """Remove all files, and stop their inspection and measurement."""
        self.opener.drop()
        self.inspection.discard_all()
        self.statistics.cancel_all()
        self.cleared.emit()
        self.remove(list(self.session))
        self.session.clear()
        self.folder_watcher.reset()

    def reset_status(self) -> None:
        """Clear the statuses of all files after another target was chosen."""
        for entry in self.session:
            entry.status = None
        self.changes.add(list(self.session))
        self.changes.flush()

    @property
    def is_settled(self) -> bool:
        """True if all opened paths are resolved and inspected, and the library has answered for their files."""
        return not self.opener.is_running and self.inspection.is_settled

    @Slot(object)
    def _inspect_new(self, paths: list[str]) -> None:
        """Inspect new files, and those again that have a frame now that they have siblings."""
        lone = [entry.path for entry in self.session.unframed_siblings(paths)]
        self.inspection.inspect([*paths, *lone], strings.NEW_FILES)

    @Slot(object)
    def _inspect_opened(self, paths: list[str]) -> None:
        self.session.add_roots(paths)
        watch = self._opened_files.watch(self._preferred)
        self._preferred = ""
        self.inspection.inspect(paths, watch=watch)

    @Slot(object)
    def _mark_gone(self, entries: list[SessionFile]) -> None:
        """Show that files are no longer on disk; their contents stay."""
        self._set_gone(entries, True)

    @Slot(object)
    def _mark_returned(self, entries: list[SessionFile]) -> None:
        """Show that files are on disk again, unchanged."""
        self._set_gone(entries, False)

    def _set_gone(self, entries: list[SessionFile], is_gone: bool) -> None:
        for entry in entries:
            entry.is_gone = is_gone
        self.changes.add(entries)
        self.changes.flush()

    @Slot(object)
    def _emit_changed(self, entries: list[SessionFile]) -> None:
        self.changed.emit(entries)
        if self.selection in entries:
            self.selected.emit(self.selection)
