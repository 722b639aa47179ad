"""Pane navigation by keyboard: Ctrl and a digit go to a pane, F6 to the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.widgets.tab_dock import TabDock

_KEY_PAGES = (InspectorPage.STRUCTURE, InspectorPage.ATTRIBUTES, InspectorPage.CHECKS)


@dataclass(frozen=True, slots=True)
class _Pane:
    """Focus target: the widget that gets the focus, and what makes it visible."""

    widget: Callable[[], QWidget]
    show: Callable[[], None] = lambda: None


class PaneNavigator(QObject):
    """Navigator through the panes in the order of `strings.PANES`."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        session: SessionPane,
        preview: PreviewPane,
        inspector: InspectorPane,
        dock: TabDock,
        pages: DockPages,
    ) -> None:
        super().__init__(window)
        full = preview.bar.full

        def show_top() -> None:
            """Show the panes above the dock."""
            full.setChecked(False)
            dock.set_maximized(is_maximized=False)

        def show_inspector(page: InspectorPage) -> None:
            show_top()
            inspector.show_page(page)

        def show_dock(page: int) -> None:
            full.setChecked(False)
            dock.show_page(page)

        def get_view(page: int) -> QWidget:
            return pages.panes[page]

        def focus_page() -> None:
            """Focus the list of the current page, unless it is hidden."""
            view = get_view(dock.current_page)
            if view.isVisible():
                view.setFocus()

        dock.maximized_changed.connect(lambda is_maximized: focus_page() if is_maximized else None)
        dock.focus_page_changed.connect(focus_page)
        self._panes = [
            _Pane(lambda: session.view, show_top),
            _Pane(lambda: preview.canvas, lambda: dock.set_maximized(is_maximized=False)),
        ]
        self._panes += [_Pane(lambda: inspector.view, partial(show_inspector, page)) for page in _KEY_PAGES]
        self._panes += [_Pane(partial(get_view, page), partial(show_dock, page)) for page in range(len(pages.panes))]
        for pane, action in zip(self._panes, actions.panes, strict=True):
            action.triggered.connect(lambda _checked=False, pane=pane: _go_to(pane))
        actions.connect(next_pane=lambda: self._step(1), previous_pane=lambda: self._step(-1))

    def _step(self, step: int) -> None:
        """Move the focus by some panes, of those that are visible."""
        visible = list(dict.fromkeys(widget for pane in self._panes if (widget := pane.widget()).isVisible()))
        if visible:
            current = next((at for at, widget in enumerate(visible) if widget.hasFocus()), -step)
            visible[(current + step) % len(visible)].setFocus(Qt.FocusReason.TabFocusReason)


def _go_to(pane: _Pane) -> None:
    """Show a pane and focus it."""
    pane.show()
    pane.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)
