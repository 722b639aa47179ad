"""What a person chooses of the session's rows and their order, from the bar over them or from the menus."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.session.incremental_sorter import IncrementalSorter
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.session.sort_filter import Order, SessionFilter, StatusFilter
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class SessionFilterPresenter(QObject):
    """Connects the session's bar, its filter and its rows to what arranges them."""

    def __init__(self, session: SessionPane, model: SessionModel, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._model, self._actions = session, model, actions
        self.arranging = IncrementalSorter(model, self)
        self._bar, self._filter, self._view = session.bar, session.filter, session.view
        self._bar.take_menus(actions.sort_menu, actions.session_menu())
        self._bar.filter_wanted.connect(self._click_filter)
        self._filter.changed.connect(lambda text, only: self.arranging.want(text=text, only=only))
        self._filter.closed.connect(self.close_filter)
        self._filter.list_wanted.connect(self._enter_rows)
        session.notice.clicked.connect(self._clear_filter)
        self.arranging.settled.connect(self._show)
        model.unsettled.connect(self._note_empty)
        for action in (*actions.orders.values(), actions.turned):
            action.triggered.connect(self._sort)
        actions.orders[Order.ADDED].setChecked(True)
        actions.connect(
            filter=self.toggle_filter,
            open_folders=lambda: self._fold(False),
            close_folders=lambda: self._fold(True),
        )

    @Slot()
    def toggle_filter(self) -> None:
        """The filter opens with the keyboard in it; asked for from within, it closes."""
        if not self._filter.isHidden() and self._filter.field.hasFocus():
            self.close_filter()
            return
        if not self._session.isVisible():  # behind a dock or a picture that has the whole window
            self._actions.panes[0].trigger()
        self._filter.show()
        self._filter.field.setFocus()
        self._filter.field.selectAll()
        self._bar.show_filter(True)

    @Slot()
    def _click_filter(self) -> None:
        """The button is down while the filter is open, so that a click closes it."""
        (self.toggle_filter if self._filter.isHidden() else self.close_filter)()

    @Slot()
    def close_filter(self) -> None:
        """Nothing is hidden by a filter that is not seen."""
        self._filter.clear()
        self._filter.hide()
        self._bar.show_filter(False)
        self._view.setFocus()

    @Slot()
    def _note_empty(self) -> None:
        """An empty session has no filter."""
        if not self._model.count and not self._filter.isHidden():
            self.close_filter()

    @Slot()
    def _clear_filter(self) -> None:
        self._filter.clear()
        self._filter.field.setFocus()

    @Slot()
    def _enter_rows(self) -> None:
        """The keyboard goes from the filter to the rows, to the first one where none is selected."""
        if self._model.rowCount():
            self._view.setFocus()
            self._session.select_first()

    @Slot()
    def _sort(self) -> None:
        """The rows of each folder stand in the order that is chosen in the menu."""
        order = next(one for one, action in self._actions.orders.items() if action.isChecked())
        is_turned = self._actions.turned.isChecked()
        self.arranging.want(order=order, is_turned=is_turned)
        words = "" if order is Order.ADDED else order.value.lower()
        self._bar.show_sorted(f"{words}, the other way round" if is_turned else words)

    @property
    def order(self) -> str:
        """How the session is sorted, for the next run."""
        wanted = self.arranging.wanted
        return f"{wanted.order.name} {'turned' if wanted.is_turned else ''}".strip()

    @order.setter
    def order(self, words: str) -> None:
        name, _, turned = words.partition(" ")
        if name in Order.__members__:
            self._actions.orders[Order[name]].setChecked(True)
            self._actions.turned.setChecked(turned == "turned")
            self._sort()

    @Slot()
    def _show(self) -> None:
        """Rows, or words where none is what is looked for."""
        arrangement, listed, count = self._model.arrangement, self._model.listed, self._model.count
        self._filter.show_count(listed, count, arrangement.is_filter)
        self._view.delegate.needles = arrangement.needles
        self._view.viewport().update()
        hidden = f"{pluralize(count, 'item')} {'is' if count == 1 else 'are'} hidden"
        self._session.show_words(_no_match(arrangement) if count and not listed else "", hidden)
        self._session.select_chosen()

    def _fold(self, is_folded: bool) -> None:
        """Every folder is closed or open; sequences stay as they are."""
        for row in range(self._model.rowCount()):
            self._view.setExpanded(self._model.index(row, 0), not is_folded)


def _no_match(arrangement: SessionFilter) -> str:
    """What is filtered by, and that nothing is like it."""
    only = arrangement.only.value.lower()
    if not arrangement.needles:
        return f"Nothing in “{only}”"
    words = f"Nothing matches “{escape_control(arrangement.text)[:60]}”"
    return words if arrangement.only is StatusFilter.ALL else f"{words} in “{only}”"
