"""Window state saver: stores geometry, sizes of panes and columns, and options of the lists after each change."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.session_filter_presenter import SessionFilterPresenter
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.similar.blend_bar import DEFAULT_WEIGHTS
from exr_inspector_app.gui.similar.similar_presenter import SimilarPresenter
from exr_inspector_app.gui.widgets.table import TableView

DELAY_MS = 400  # after the last change, such as the last step of a drag
_GEOMETRY_EVENTS = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange)


class WindowStateSaver(QObject):
    """Observer of the sizes and options that persist between runs, so that they survive a crash or a logout."""

    def __init__(
        self,
        window: QWidget,
        settings: WindowState,
        layout: Layout,
        attributes: TableView,
        session_filter: SessionFilterPresenter,
        similar: SimilarPresenter,
    ) -> None:
        """Restore the saved state; nothing is saved by itself before `start`."""
        super().__init__(window)
        self._window, self._settings, self._layout = window, settings, layout
        self._attributes, self._session_filter, self._similar = attributes, session_filter, similar
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.save)
        self._restore()
        self._saved = self._state

    def start(self) -> None:
        """Save after each change from now on."""
        self._window.installEventFilter(self)
        changes = (
            self._layout.sizes_changed,
            self._attributes.widths_changed,
            self._session_filter.sorter.settled,
            self._similar.page.bar.exact.toggled,
            self._similar.page.blend.changed,
        )
        for change in changes:
            change.connect(self._timer.start)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Save the geometry once the window has kept it for a moment."""
        if event.type() in _GEOMETRY_EVENTS:
            self._timer.start()
        return False

    @Slot()
    def save(self) -> None:
        """Store the state if it has changed."""
        self._timer.stop()
        state = self._state
        if state == self._saved:
            return
        self._saved = state
        settings = self._settings
        settings.order, settings.is_exact = self._session_filter.order, self._similar.page.bar.exact.isChecked()
        settings.blend = self._similar.page.blend.weights
        for name, data in self._sizes.items():
            settings.save_state(name, QByteArray(data))

    def _restore(self) -> None:
        settings = self._settings
        self._window.restoreGeometry(settings.state("window"))
        self._layout.restore(settings.state("columns"))
        widths = bytes(settings.state("attributes").data()).split()
        if all(width.isdigit() for width in widths):
            self._attributes.restore_widths([int(width) for width in widths])
        self._similar.set_weights(settings.blend or DEFAULT_WEIGHTS)
        self._similar.page.bar.exact.setChecked(settings.is_exact)
        self._session_filter.order = settings.order

    @property
    def _sizes(self) -> dict[str, bytes]:
        """Sizes by the name under which they are saved."""
        return {
            "window": bytes(self._window.saveGeometry().data()),
            "columns": bytes(self._layout.state.data()),
            "attributes": " ".join(map(str, self._attributes.sized_widths)).encode(),
        }

    @property
    def _state(self) -> tuple[object, ...]:
        options = (self._session_filter.order, self._similar.page.bar.exact.isChecked())
        return (self._sizes, *options, self._similar.page.blend.weights)
