"""Menu of saved filters: apply, save and delete."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from exr_inspector_app.gui.filters import strings
from exr_inspector_app.gui.filters.filter_set import FilterSet, condition_label
from exr_inspector_app.gui.filters.saved_filters import MAX_NAME_CHARS, SavedFilters
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.text.escape import escape_control


class SavedFiltersMenu(QObject):
    """Owner of `menu`, which is filled whenever it opens."""

    message = Signal(str)

    def __init__(self, filters: FilterSet, saved: SavedFilters, parent: QWidget) -> None:
        super().__init__(parent)
        self._filters, self._saved, self._window = filters, saved, parent
        self.menu = Menu(parent)
        self.menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        menu, names = self.menu, self._saved.names()
        menu.clear()
        for submenu in menu.findChildren(Menu):  # which `clear` leaves
            submenu.deleteLater()
        for name in names:
            action = menu.addAction(icons.icon("bookmark"), _menu_text(name))
            labels = "\n".join(condition_label(condition) for condition in self._saved.get(name))
            action.setToolTip(escape_tooltip(labels))
            action.triggered.connect(
                lambda _checked=False, name=name: self._filters.set_conditions(self._saved.get(name))
            )
        if names:
            menu.addSeparator()
        menu.setToolTipsVisible(True)
        text = strings.SAVE_FILTER if self._filters.conditions else strings.SAVE_NO_FILTER
        save = menu.addAction(icons.icon("plus"), text, self.prompt_for_name)
        save.setEnabled(bool(self._filters.conditions))
        if names:
            delete = menu.add_submenu(strings.DELETE_FILTER)
            for name in names:
                action = delete.addAction(_menu_text(name))
                action.triggered.connect(lambda _checked=False, name=name: self._delete(name))

    def prompt_for_name(self) -> None:
        """Open a non-blocking dialog for the name of the current filter."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(strings.SAVE_TITLE)
        dialog.setLabelText(strings.SAVE_LABEL)
        labels = ", ".join(condition_label(condition) for condition in self._filters.conditions)
        dialog.setTextValue(labels[:MAX_NAME_CHARS])
        dialog.textValueSelected.connect(self.save)
        dialog.open()

    @Slot(str)
    def save(self, name: str) -> None:
        """Save the current filter under `name`; ignore a blank name."""
        if not name.strip():
            return
        try:
            copy = self._saved.save(name, self._filters.conditions)
        except OSError as error:
            self.message.emit(strings.save_failed(error.strerror or str(error)))
            return
        self.message.emit(strings.saved_as(name.strip()) if copy is None else strings.saved_anew(str(copy)))

    def _delete(self, name: str) -> None:
        try:
            self._saved.delete(name)
        except OSError as error:
            self.message.emit(strings.delete_failed(error.strerror or str(error)))


def _menu_text(name: str) -> str:
    """Escape a name for a menu, where & would underline."""
    return escape_control(name).replace("&", "&&")
