"""Presenter of the session filter: filter text, status and order, from the session bar or the menus."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.incremental_sorter import IncrementalSorter
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.session.sort_filter import Order, SessionFilter, StatusFilter


class SessionFilterPresenter(QObject):
    """Connects the session bar, its filter and its rows to the sorter."""

    def __init__(self, session: SessionPane, model: SessionModel, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._model, self._actions = session, model, actions
        self.sorter = IncrementalSorter(model, self)
        self._bar, self._filter, self._view = session.bar, session.filter, session.view
        self._bar.set_menus(actions.sort_menu, actions.session_menu())
        self._bar.filter_requested.connect(self._on_filter_clicked)
        self._filter.changed.connect(lambda text, only: self.sorter.set(text=text, only=only))
        self._filter.closed.connect(self.close_filter)
        self._filter.rows_requested.connect(self._focus_rows)
        session.notice.clicked.connect(self._clear_filter)
        self.sorter.settled.connect(self._show)
        model.unsettled.connect(self._close_if_empty)
        for action in (*actions.orders.values(), actions.reverse):
            action.triggered.connect(self._sort)
        actions.orders[Order.ADDED].setChecked(True)
        actions.connect(
            filter=self.toggle_filter,
            open_folders=lambda: self._set_expanded(True),
            close_folders=lambda: self._set_expanded(False),
        )

    @Slot()
    def toggle_filter(self) -> None:
        """Open and focus the filter, or close it if it has the focus."""
        if not self._filter.isHidden() and self._filter.field.hasFocus():
            self.close_filter()
            return
        if not self._session.isVisible():  # covered by a maximized dock or a full-window preview
            self._actions.panes[0].trigger()
        self._filter.show()
        self._filter.field.setFocus()
        self._filter.field.selectAll()
        self._bar.show_filter(True)

    def restore(self, text: str, only: StatusFilter) -> None:
        """Open the filter with a text and a status, without the focus."""
        self._filter.show()
        self._filter.set_filter(text, only)
        self._bar.show_filter(True)

    @Slot()
    def _on_filter_clicked(self) -> None:
        """Open the filter, or close it if it is open."""
        (self.toggle_filter if self._filter.isHidden() else self.close_filter)()

    @Slot()
    def close_filter(self) -> None:
        """Clear and hide the filter, so that no hidden filter hides rows."""
        self._filter.clear()
        self._filter.hide()
        self._bar.show_filter(False)
        self._view.setFocus()

    @Slot()
    def _close_if_empty(self) -> None:
        """Close the filter of an empty session."""
        if not self._model.count and not self._filter.isHidden():
            self.close_filter()

    @Slot()
    def _clear_filter(self) -> None:
        self._filter.clear()
        self._filter.field.setFocus()

    @Slot()
    def _focus_rows(self) -> None:
        """Focus the rows, and select the first one if none is selected."""
        if self._model.rowCount():
            self._view.setFocus()
            self._session.select_first()

    @Slot()
    def _sort(self) -> None:
        """Sort the rows of each folder in the order that is chosen in the menu."""
        order = next(order for order, action in self._actions.orders.items() if action.isChecked())
        is_reversed = self._actions.reverse.isChecked()
        self.sorter.set(order=order, is_reversed=is_reversed)
        name = "" if order is Order.ADDED else order.value.lower()
        self._bar.show_sorted(strings.reversed_order(name) if is_reversed else name)

    @property
    def order(self) -> str:
        """The order of the session, for the settings of the next run."""
        requested = self.sorter.requested
        return f"{requested.order.name} {'turned' if requested.is_reversed else ''}".strip()

    @order.setter
    def order(self, setting: str) -> None:
        name, _, turned = setting.partition(" ")
        if name in Order.__members__:
            self._actions.orders[Order[name]].setChecked(True)
            self._actions.reverse.setChecked(turned == "turned")
            self._sort()

    @Slot()
    def _show(self) -> None:
        """Show the rows, or a message if none matches."""
        filter_, listed, count = self._model.filter, self._model.listed, self._model.count
        self._filter.show_count(listed, count, filter_.is_filter)
        self._filter.show_fault(filter_.filter_words.fault)
        self._view.delegate.needles = filter_.needles
        self._view.viewport().update()
        title = _no_match(filter_) if count and not listed else ""
        self._session.show_notice(title, strings.hidden_items(count))
        self._session.restore_selection()

    def _set_expanded(self, is_expanded: bool) -> None:
        """Open or close all groups; sequences stay as they are."""
        for group in self._model.listed_groups():
            self._view.setExpanded(group, is_expanded)


def _no_match(session_filter: SessionFilter) -> str:
    """Return the message for a filter that matches no row."""
    status = session_filter.only.value.lower()
    if not session_filter.needles and not session_filter.filter_words.where:
        return strings.no_match("", status)
    return strings.no_match(session_filter.text, "" if session_filter.only is StatusFilter.ALL else status)
