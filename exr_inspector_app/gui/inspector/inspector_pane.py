"""The selected file: its name and facts over three tabs, Structure, Attributes and Checks."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.attributes_page import AttributesPage
from exr_inspector_app.gui.inspector.checks_page import ChecksPage
from exr_inspector_app.gui.inspector.file_header import FileHeader
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.inspector.structure_page import StructurePage
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.widgets.tabs import Tabs
from exr_inspector_app.model import ExrFile

_BADGES = {"error": "err", "warning": "warn", "note": ""}


class Page(IntEnum):
    """The tabs, from left to right."""

    STRUCTURE = 0
    ATTRIBUTES = 1
    CHECKS = 2


class InspectorPane(QWidget):
    """Header, tabs and pages."""

    page_shown = Signal(int)  # Page

    def __init__(self, structure: StructureModel, attributes: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self._attributes_model = attributes
        self.header, self.tabs = FileHeader(), Tabs("Inspector", ("Structure", "Attributes", "Checks"))
        self.structure, self.attributes = StructurePage(structure), AttributesPage(attributes)
        self.checks = ChecksPage()
        self._pages = QStackedWidget()
        for page in (self.structure, self.attributes, self.checks):
            self._pages.addWidget(page)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.tabs, 1)
        line = QFrame()
        line.setProperty("hairline", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(row)
        column.addWidget(line)
        column.addWidget(self._pages, 1)
        self.tabs.currentChanged.connect(self._show)
        self.structure.checks_wanted.connect(lambda: self.show_page(Page.CHECKS))
        self.structure.tree.part_chosen.connect(self.attributes.show_part)
        self.show_entry(None, None)

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """The file of this entry on every page."""
        self.header.setVisible(entry is not None)
        if entry is not None:
            self.header.show_entry(entry, file)
        self.structure.show_entry(entry, file)
        self.attributes.show_file(file)
        self.checks.show_entry(entry, file)
        self.tabs.figure(Page.ATTRIBUTES, self._attributes_model.total)
        self._count_findings()

    def show_sequence(self, findings: Sequence[FrameFinding]) -> None:
        """What is odd among the frames of the file's sequence joins its findings."""
        self.checks.show_sequence(findings)
        self._count_findings()

    def _count_findings(self) -> None:
        findings = self.checks.model
        self.tabs.figure(Page.CHECKS, findings.rowCount(), _BADGES.get(findings.worst, ""))

    def show_page(self, page: Page) -> None:
        """This tab is seen."""
        self.tabs.setCurrentIndex(page)

    @property
    def page(self) -> Page:
        """The tab that is seen."""
        return Page(self.tabs.currentIndex())

    @property
    def view(self) -> QWidget:
        """What takes the keyboard on the tab that is seen; the tabs where it has no rows."""
        view: QWidget = (self.structure.tree, self.attributes.table, self.checks.list)[self.page]
        return view if view.isVisibleTo(self) else self.tabs

    @Slot(int)
    def _show(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self.page_shown.emit(place)
