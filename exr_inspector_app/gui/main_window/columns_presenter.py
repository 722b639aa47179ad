"""Presenter of the columns in the session list: the Columns menu, and the row of titles."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Signal, Slot

from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.session.columns import TREE_DEFAULT, Column, width_for
from exr_inspector_app.gui.session.incremental_sorter import IncrementalSorter
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.settings.window_state import WindowState

_SEPARATOR = "|"  # between the columns of flat lists and those of trees


class ColumnsPresenter(QObject):
    """Shows the chosen columns; flat lists and trees of groups have their own."""

    changed = Signal()  # the user chose other columns

    def __init__(
        self,
        pane: SessionPane,
        actions: Actions,
        sorter: IncrementalSorter,
        settings: WindowState,
        widen: Callable[[int], None],
    ) -> None:
        """Create a presenter; `widen(px)` widens the pane to that minimum if the window has room."""
        super().__init__(pane)
        self._pane, self._actions, self._sorter = pane, actions, sorter
        self._settings, self._widen = settings, widen
        self._chosen: dict[bool, tuple[Column, ...]] = {False: (), True: TREE_DEFAULT}  # by whether it is a tree
        for column, action in actions.columns.items():
            action.triggered.connect(lambda is_shown=False, column=column: self._choose(column, is_shown))
        pane.titles.customContextMenuRequested.connect(self._open_menu)
        pane.titles.sort_requested.connect(self._sort)
        sorter.settled.connect(self._show)
        self.names = settings.session_columns

    @property
    def names(self) -> str:
        """Names of the columns of flat lists and of trees, for the settings and for saved sessions."""
        return _SEPARATOR.join(" ".join(column.name for column in self._chosen[is_tree]) for is_tree in (False, True))

    @names.setter
    def names(self, names: str) -> None:
        flat, separator, tree = names.partition(_SEPARATOR)
        if separator:
            for is_tree, text in ((False, flat), (True, tree)):
                chosen = text.split()
                self._chosen[is_tree] = tuple(column for column in Column if column.name in chosen)
        self._show()

    @property
    def _is_tree(self) -> bool:
        return self._sorter.grouper.grouping.is_tree

    def _choose(self, column: Column, is_shown: bool) -> None:
        """Show or hide a column, and make room for it."""
        chosen = {*self._chosen[self._is_tree], column} if is_shown else {*self._chosen[self._is_tree]} - {column}
        columns = self._chosen[self._is_tree] = tuple(each for each in Column if each in chosen)
        if is_shown:
            self._widen(width_for(columns) + self._pane.width() - self._pane.view.viewport().width())
        self._settings.session_columns = self.names
        self._show()
        self.changed.emit()

    @Slot()
    def _show(self) -> None:
        columns = self._chosen[self._is_tree]
        for column, action in self._actions.columns.items():
            action.setChecked(column in columns)
        self._pane.show_columns(columns, has_titles=self._is_tree or bool(columns))
        requested = self._sorter.requested
        self._pane.titles.show_order(requested.order, is_reversed=requested.is_reversed)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        self._actions.column_menu.popup(self._pane.titles.mapToGlobal(at))

    @Slot(object)
    def _sort(self, order: Order) -> None:
        """Sort by a clicked column; a second click reverses the order."""
        is_again = self._sorter.requested.order is order
        self._actions.reverse.setChecked(is_again and not self._actions.reverse.isChecked())
        self._actions.orders[order].trigger()
