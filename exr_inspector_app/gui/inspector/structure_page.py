"""Structure tab: the tree of a file, or a placeholder."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.pixel_values import PixelValues
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.inspector.structure_view import StructureView
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.elided_label import ElidedLabel
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control


class StructurePage(QWidget):
    """Page with the parts, layers, and channels of the selected file."""

    filter_cleared = Signal()
    checks_requested = Signal()
    shown = Signal()  # it became visible

    def __init__(self, model: StructureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._entry: SessionFile | None = None
        self.tree, self.notice, self._loading = StructureView(model), Placeholder(), LoadingSkeleton()
        self._pages = QStackedWidget()
        for page in (self.tree, self.notice, self._loading):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages)
        column.addWidget(self._make_footer())
        self.notice.clicked.connect(self._on_action)
        self.show_entry(None, None)

    def showEvent(self, event: QShowEvent) -> None:
        """Emit `shown`."""
        super().showEvent(event)
        self.shown.emit()

    @property
    def has_values(self) -> bool:
        """Whether the values at a pixel are shown."""
        return bool(self._model.values.texts or self._model.values.remarks)

    def _make_footer(self) -> QWidget:
        """Create the line below the tree that explains the values and copies them."""
        self.footer = QWidget()
        self.footer.setFixedHeight(28)
        note = ElidedLabel(is_path=False)
        note.show_text(strings.VALUES_ARE_EXACT)
        note.setProperty("rank", "3")
        self.copy_values = make_button(strings.COPY_TSV, "copy", "ghost", height=BAR_HEIGHT)
        self.copy_values.clicked.connect(self.tree.copy_values)
        row = QHBoxLayout(self.footer)
        row.setContentsMargins(12, 0, 8, 0)
        row.addWidget(note, 1)
        row.addWidget(self.copy_values)
        self.footer.hide()
        return self.footer

    def show_values(self, values: PixelValues | None) -> None:
        """Show the values of all channels at a pixel, or none."""
        if values is None and not self.footer.isVisibleTo(self) and not self._model.values.title:
            return  # nothing is shown; the tree need not be painted again
        self._model.show_values(values or PixelValues())
        self.tree.show_values(is_shown=values is not None)
        self.footer.setVisible(values is not None)

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """Show the structure of a session file, or a placeholder."""
        self._model.show_file(file)
        self._entry = entry
        self._has_file = bool(file and file.parts)
        self.update_page()

    def update_page(self) -> None:
        """Show the tree, the loading skeleton, or a placeholder."""
        if self._entry and self._entry.is_waiting:
            self._pages.setCurrentWidget(self._loading)
            return
        if self._has_file and self._model.rowCount():
            self._pages.setCurrentWidget(self.tree)
            return
        if self._has_file:
            title = strings.nothing_matches(escape_control(self._model.filter_text)[:60])
            self.notice.show_message("search", title, strings.NO_MATCHING_NODE, strings.CLEAR_FILTER)
        elif self._entry:
            reason = escape_control(self._entry.unreached) or strings.UNREADABLE_HEADER
            self.notice.show_message("layers", strings.NO_STRUCTURE, reason, strings.SHOW_ISSUES)
        else:
            self.notice.show_message("layers", strings.NO_FILE_SELECTED, strings.SELECT_FOR_CONTENTS)
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _on_action(self) -> None:
        (self.filter_cleared if self._has_file else self.checks_requested).emit()
