"""The panes in order: how the keyboard reaches each, and which comes next."""

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


@dataclass(frozen=True, slots=True)
class _Pane:
    """A place for the keyboard: the widget that takes it, and what must be done for it to be seen."""

    widget: Callable[[], QWidget]
    show: Callable[[], None] = lambda: None


class PaneNavigator(QObject):
    """What Ctrl and a digit lead to, in the order of `actions.PANES`, and what F6 goes through."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        session: SessionPane,
        preview: PreviewPane,
        inspector: InspectorPane,
        dock: TabDock,
        shelf: DockPages,
    ) -> None:
        super().__init__(window)
        full = preview.bar.full

        def above() -> None:
            """The panes over the dock are seen, and beside the picture."""
            full.setChecked(False)
            dock.maximise(False)

        def inspect(page: InspectorPage) -> None:
            above()
            inspector.show_page(page)

        def below(place: int) -> None:
            full.setChecked(False)
            dock.show_page(place)

        def enter() -> None:
            """The keyboard is in the list that is seen, not in one behind it."""
            view = shelf.panes[dock.place]
            if view.isVisible():
                view.setFocus()

        dock.maximised.connect(lambda is_maximised: enter() if is_maximised else None)
        dock.entered.connect(enter)
        self._panes = [_Pane(lambda: session.view, above), _Pane(lambda: preview.canvas, lambda: dock.maximise(False))]
        self._panes += [_Pane(lambda: inspector.view, partial(inspect, page)) for page in InspectorPage]
        self._panes += [_Pane(partial(_itself, view), partial(below, at)) for at, view in enumerate(shelf.panes)]
        for pane, action in zip(self._panes, actions.panes, strict=True):
            action.triggered.connect(lambda _checked=False, pane=pane: _go_to(pane))
        actions.connect(next_pane=lambda: self._step(1), previous_pane=lambda: self._step(-1))

    def _step(self, step: int) -> None:
        """The focus goes some panes on, of those that are seen."""
        seen = list(dict.fromkeys(one for pane in self._panes if (one := pane.widget()).isVisible()))
        if seen:
            here = next((place for place, one in enumerate(seen) if one.hasFocus()), -step)
            seen[(here + step) % len(seen)].setFocus(Qt.FocusReason.TabFocusReason)


def _go_to(pane: _Pane) -> None:
    """The keyboard's focus goes to a pane."""
    pane.show()
    pane.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)


def _itself(view: QWidget) -> QWidget:
    """A widget that is always the same."""
    return view
