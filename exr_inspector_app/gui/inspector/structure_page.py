"""The Structure tab: the tree, or words in its place."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.inspector.structure_view import StructureView
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.widgets.placeholder import Loading, Placeholder
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control

_CHECKS = "Show what is wrong"


class StructurePage(QWidget):
    """The parts, layers and channels of the selected file."""

    filter_cleared = Signal()
    checks_wanted = Signal()

    def __init__(self, model: StructureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._entry: SessionFile | None = None
        self.tree, self.notice, self._loading = StructureView(model), Placeholder(), Loading()
        self._pages = QStackedWidget()
        for page in (self.tree, self.notice, self._loading):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.notice.clicked.connect(self._clicked)
        self.show_entry(None, None)

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """The file of this entry; a hint where nothing is selected."""
        self._model.show_file(file)
        self._entry = entry
        self._has_file = bool(file and file.parts)
        self.arrange()

    def arrange(self) -> None:
        """The page that fits what there is to show."""
        if self._entry and self._entry.is_waiting:
            self._pages.setCurrentWidget(self._loading)
            return
        if self._has_file and self._model.rowCount():
            self._pages.setCurrentWidget(self.tree)
            return
        if self._has_file:
            hidden = "No part, layer or channel has these letters in its name."
            self.notice.say(
                "search", f"Nothing matches “{escape_control(self._model.words)[:60]}”", hidden, "Clear filter"
            )
        elif self._entry:
            told = escape_control(self._entry.unreached) or "Nothing of this file's header could be read."
            self.notice.say("layers", "No structure", told, _CHECKS)
        else:
            self.notice.say("layers", "No file selected", "Select a file in the session to see what is in it.")
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _clicked(self) -> None:
        (self.filter_cleared if self._has_file else self.checks_wanted).emit()
