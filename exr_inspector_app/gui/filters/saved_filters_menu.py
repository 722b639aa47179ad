"""The menu of named filters: take one, name the one that is on, forget one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from exr_inspector_app.gui.filters.filter_set import FilterSet, condition_label
from exr_inspector_app.gui.filters.saved_filters import MAX_NAME_CHARS, SavedFilters
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.text.escape import escape_control


class SavedFiltersMenu(QObject):
    """Fills `menu` when it is opened."""

    message = Signal(str)

    def __init__(self, filters: FilterSet, saved: SavedFilters, parent: QWidget) -> None:
        super().__init__(parent)
        self._filters, self._saved, self._window = filters, saved, parent
        self.menu = QMenu(parent)
        self.menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        menu, names = self.menu, self._saved.names()
        menu.clear()
        for name in names:
            action = menu.addAction(icons.icon("bookmark"), _words(name))
            action.setToolTip(escape_tooltip("\n".join(condition_label(one) for one in self._saved.get(name))))
            action.triggered.connect(
                lambda _checked=False, name=name: self._filters.set_conditions(self._saved.get(name))
            )
        if names:
            menu.addSeparator()
        menu.setToolTipsVisible(True)
        keep = menu.addAction(icons.icon("plus"), "Save this filter…", self.prompt_for_name)
        keep.setEnabled(bool(self._filters.conditions))
        if not self._filters.conditions:
            keep.setText("Save this filter… (nothing is filtered)")
        if names:
            forget = menu.addMenu("Forget")
            for name in names:
                forget.addAction(_words(name)).triggered.connect(lambda _checked=False, name=name: self._delete(name))

    def prompt_for_name(self) -> None:
        """A name is asked for, beside which everything goes on."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Save filter")
        dialog.setLabelText("Name of this filter")
        dialog.setTextValue(", ".join(condition_label(one) for one in self._filters.conditions)[:MAX_NAME_CHARS])
        dialog.textValueSelected.connect(self.save)
        dialog.open()

    @Slot(str)
    def save(self, name: str) -> None:
        """The filter that is on has this name from now on."""
        if not name.strip():
            return
        try:
            self._saved.save(name, self._filters.conditions)
        except OSError as error:
            self.message.emit(f"The filter could not be saved: {error.strerror}.")
            return
        self.message.emit(f"Filter saved as {escape_control(name.strip())}")

    def _delete(self, name: str) -> None:
        try:
            self._saved.delete(name)
        except OSError as error:
            self.message.emit(f"The filter could not be forgotten: {error.strerror}.")


def _words(name: str) -> str:
    """A name in a menu, where & would underline."""
    return escape_control(name).replace("&", "&&")
