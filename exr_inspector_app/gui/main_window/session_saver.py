"""Session saver: writes the session after each change, so that it survives a crash, and restores it at the start."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window.saved_references import SavedReferences
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.sort_filter import StatusFilter
from exr_inspector_app.gui.settings.saved_session import SavedSession, save_session
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

DELAY_MS = 400  # after the first unsaved change
KIND = "Save session"


class SessionSaver(QObject):
    """Observer of everything that belongs to a session; the file is written by a worker."""

    def __init__(
        self, window: MainWindow, files: SessionController, preview: PreviewJob, tasks: TaskRunner, saved: SavedSession
    ) -> None:
        """Create a saver; `saved` is the session in the file."""
        super().__init__(window)
        self._window, self._files, self._preview, self._tasks = window, files, preview, tasks
        self._saved = saved
        self._restoring: SavedSession | None = None
        self._is_dock_pending = False
        pages = window.pages
        self._references = SavedReferences(files, window.comparison.presenter, pages.similar_presenter, self)
        self._references.changed.connect(self._schedule)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._save)
        for signal in (files.added, files.removed, files.selected, files.cleared):
            signal.connect(self._schedule)
        files.added.connect(self._restore_dock)
        window.inspector.page_shown.connect(self._schedule)
        window.dock.folded_changed.connect(self._schedule)
        window.dock.page_shown.connect(self._schedule)
        window.session_filter.sorter.settled.connect(self._schedule)
        window.grouping.changed.connect(self._schedule)
        window.columns.changed.connect(self._schedule)
        window.watching.watch.changed.connect(self._schedule)
        # Queued, since the preview emits while it starts to decode the layer that the restored one replaces.
        preview.changed.connect(self._on_preview, Qt.ConnectionType.QueuedConnection)

    def restore(self) -> None:
        """Open the saved session as it was shown."""
        if self._saved.roots:
            self.show_session(self._saved)

    def show_session(self, saved: SavedSession) -> None:
        """Open a session as it was shown."""
        window = self._window
        self._restoring = saved
        window.inspector.tabs.setCurrentIndex(min(max(saved.page, 0), len(InspectorPage) - 1))
        window.session_filter.order = saved.order
        window.grouping.name = saved.grouping or window.grouping.name
        window.columns.names = saved.columns or window.columns.names
        if saved.filter_text or saved.filter_status:
            status = saved.filter_status
            only = StatusFilter[status] if status in StatusFilter.__members__ else StatusFilter.ALL
            window.session_filter.restore(saved.filter_text, only)
        window.watching.restore(saved.watched)
        self._references.restore(saved.reference, saved.similar)
        self._files.restore(saved.roots, saved.selected)
        window.dock.restore_page(saved.dock_page)
        self._is_dock_pending = True

    def flush(self) -> None:
        """Write a pending change now, when the window is closed."""
        self._timer.stop()
        state = self.state
        if state != self._saved and (state.roots or not self._restoring):
            save_session(state)

    @Slot()
    def _restore_dock(self) -> None:
        """Fold the bottom panel as it was, once the first files have opened it."""
        is_pending, self._is_dock_pending = self._is_dock_pending, False
        if is_pending and self._restoring is not None and not self._window.layout_.is_short:
            self._window.dock.set_folded(is_folded=self._restoring.is_dock_folded or self._window.dock.is_quiet)

    @Slot(object)
    def _on_preview(self, state: PreviewState) -> None:
        """Select the layer of the restored file once its layers are known."""
        saved = self._restoring
        if saved is not None and state.entry is not None and state.entry.path == saved.selected and state.layers:
            self._restoring = None
            wanted = (saved.layer_part, saved.layer)
            layer = next((layer for layer in state.layers if (layer.part, layer.stored) == wanted), None)
            if layer is not None:
                self._preview.select_layer(layer)
            self._references.show_image()
        self._schedule()

    @Slot()
    def _schedule(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _save(self) -> None:
        state = self.state
        is_restored = self._restoring is None or bool(state.roots)
        if state == self._saved or not is_restored:
            return
        self._saved = state

        def work(stop: StopCheck) -> None:
            save_session(state)

        self._tasks.run(KIND, work, lambda _: None, lambda _: None)

    @property
    def state(self) -> SavedSession:
        """The session as it is shown now."""
        window, files, shown = self._window, self._files, self._preview.shown
        requested = window.session_filter.sorter.requested
        layer = shown.layer if shown.is_layer_selected else None
        return SavedSession(
            roots=tuple(files.session.roots),
            selected=files.selection.path if files.selection else "",
            page=int(window.inspector.page),
            dock_page=window.dock.current_page,
            is_dock_folded=window.dock.is_folded,
            filter_text=requested.text,
            filter_status="" if requested.only is StatusFilter.ALL else requested.only.name,
            order=window.session_filter.order,
            grouping=window.grouping.name,
            columns=window.columns.names,
            watched=window.watching.paths,
            reference=self._references.image,
            similar=self._references.file,
            layer=layer.stored if layer else (),
            layer_part=layer.part if layer else 0,
        )
