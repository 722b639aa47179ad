"""The panes in order: how the keyboard reaches each, and which comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Pane:
    """A place for the keyboard: the widget that takes it, and what must be done for it to be seen."""

    widget: Callable[[], QWidget]
    show: Callable[[], None] = lambda: None


class Panes(QObject):
    """Connects the actions of `actions.PANES` to the panes in the same order."""

    def __init__(self, panes: Sequence[Pane], actions: Sequence[QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._panes = panes
        for pane, action in zip(panes, actions, strict=True):
            action.triggered.connect(lambda _checked=False, pane=pane: self.go_to(pane))

    def go_to(self, pane: Pane) -> None:
        """The keyboard's focus goes to a pane."""
        pane.show()
        pane.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step(self, step: int) -> None:
        """The focus goes some panes on, of those that are seen."""
        seen = list(dict.fromkeys(one for pane in self._panes if (one := pane.widget()).isVisible()))
        if seen:
            here = next((place for place, one in enumerate(seen) if one.hasFocus()), -step)
            seen[(here + step) % len(seen)].setFocus(Qt.FocusReason.TabFocusReason)
