"""Inspector pane: header of the selected file and the tabs Structure, Attributes, Checks, and Objects."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.attribute_marks import sample
from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.attributes_page import AttributesPage
from exr_inspector_app.gui.inspector.checks_page import ChecksPage
from exr_inspector_app.gui.inspector.file_header import FileHeader
from exr_inspector_app.gui.inspector.objects_page import ObjectsPage
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.inspector.structure_page import StructurePage
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.widgets.tabs import CountTabBar
from exr_inspector_app.model import ExrFile

_BADGES = {"error": "err", "warning": "warn", "note": ""}


class InspectorPage(IntEnum):
    """Tabs of the inspector, from left to right."""

    STRUCTURE = 0
    ATTRIBUTES = 1
    CHECKS = 2
    OBJECTS = 3


class InspectorPane(QWidget):
    """Pane with the file header, the tab bar, and one page per tab."""

    page_shown = Signal(int)  # InspectorPage
    page_requested = Signal()  # the pane should be visible

    def __init__(self, structure: StructureModel, attributes: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # in a small window it lies over the preview
        self._attributes_model = attributes
        self._entries: Sequence[SessionFile] = ()  # frames of the sequence
        self._marked: Sequence[tuple[SessionFile, object]] = []  # sample of them that the attributes were compared with
        titles = (strings.STRUCTURE, strings.ATTRIBUTES, strings.CHECKS, strings.OBJECTS)
        self.header, self.tabs = FileHeader(), CountTabBar(strings.INSPECTOR, titles)
        self.structure, self.attributes = StructurePage(structure), AttributesPage(attributes)
        self.checks, self.objects = ChecksPage(), ObjectsPage()
        self._pages = QStackedWidget()
        for page in (self.structure, self.attributes, self.checks, self.objects):
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
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.structure.checks_requested.connect(lambda: self.show_page(InspectorPage.CHECKS))
        self.structure.tree.current_part_changed.connect(self.attributes.show_part)
        self.checks.list.attribute_requested.connect(self._show_attribute)
        self.show_entry(None, None)

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """Show a session file on every page."""
        self.header.setVisible(entry is not None)
        if entry is not None:
            self.header.show_entry(entry, file)
        self.structure.show_entry(entry, file)
        self.attributes.show_file(file)
        self.structure.tree.emit_current_part()  # of rows that stay
        self.checks.show_entry(entry, file)
        self.tabs.set_count(InspectorPage.ATTRIBUTES, self._attributes_model.total)
        self._update_issue_count()

    def show_reference(self, reference: SessionFile | None) -> None:
        """Mark the reference file of Similar, and what differs from it."""
        self.header.show_pinned(reference.path if reference else "")
        self._attributes_model.show_pinned(reference.file if reference else None)

    def show_frames(self, entries: Sequence[SessionFile]) -> None:
        """Mark the attributes that differ from most frames of the sequence."""
        self._entries = entries
        self._mark_attributes()

    def _mark_attributes(self) -> None:
        """Compare the attributes with a sample of the frames, only while their page is shown."""
        is_shown = self.page == InspectorPage.ATTRIBUTES
        frames = [(entry, entry.record or entry.unpublishable) for entry in sample(self._entries)] if is_shown else []
        # Other frames change many times a second while they are inspected, and to make files of records takes long.
        is_same = len(frames) == len(self._marked) and all(
            entry is shown and content is read
            for (entry, content), (shown, read) in zip(frames, self._marked, strict=True)
        )
        if not is_same:
            self._marked = frames
            self._attributes_model.show_frames([file for entry, _ in frames if (file := entry.file)])

    def show_sequence(self, findings: Sequence[FrameFinding]) -> None:
        """Add the issues of the file's frame sequence."""
        self.checks.show_sequence(findings)
        self._update_issue_count()

    def _update_issue_count(self) -> None:
        findings = self.checks.model
        self.tabs.set_count(InspectorPage.CHECKS, findings.count, _BADGES.get(findings.worst, ""))

    def show_page(self, page: InspectorPage) -> None:
        """Switch to a tab, and request that the pane is visible."""
        self.tabs.setCurrentIndex(page)
        self.page_requested.emit()

    @Slot(str)
    def _show_attribute(self, name: str) -> None:
        self.attributes.field.setText(name)
        self.show_page(InspectorPage.ATTRIBUTES)

    @property
    def page(self) -> InspectorPage:
        """Current tab."""
        return InspectorPage(self.tabs.currentIndex())

    @property
    def view(self) -> QWidget:
        """Widget of the current tab that takes the keyboard focus; the tab bar if the tab has no rows."""
        view: QWidget = (self.structure.tree, self.attributes.table, self.checks.list, self.objects.list)[self.page]
        return view if view.isVisibleTo(self) else self.tabs

    @Slot(int)
    def _on_tab_changed(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self._mark_attributes()
        self.page_shown.emit(page)
