"""Help dialog: a search field and the contents at the left, the page at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.gui.help import strings
from exr_inspector_app.gui.help.help_index import GROUPS, Section, help_pages, read_page, search, sections
from exr_inspector_app.gui.help.help_page import HelpPage
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.fields import SearchField

CONTENTS_WIDTH, ROW_HEIGHT = 280, 24  # px
_SECTION = Qt.ItemDataRole.UserRole


class HelpDialog(QDialog):
    """Modeless dialog with the page `name` of `resources/help`; links lead to other pages in the same dialog."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(940, 700)
        self._titles = dict(help_pages())
        self._page = ""
        self.field = SearchField(strings.SEARCH_HELP)
        self.contents = _Contents()
        self.text = HelpPage()
        self._none = QLabel(strings.NO_HELP)
        self._none.setProperty("rank", "2")
        self._none.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._lists = QStackedWidget()
        self._lists.setFixedWidth(CONTENTS_WIDTH)
        self._lists.addWidget(self.contents)
        self._lists.addWidget(self._none)
        self.field.setFixedWidth(CONTENTS_WIDTH)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.field)
        left.addWidget(self._lists, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left)
        row.addWidget(self.text, 1)
        self.field.textChanged.connect(self._search)
        self.contents.currentItemChanged.connect(self._on_current)
        self.text.anchorClicked.connect(self._follow_link)
        QShortcut(QKeySequence.StandardKey.Find, self, self._focus_search)
        self.contents.show_all()
        self.show_page(name)
        self.field.setFocus()

    def show_page(self, name: str, heading: str = "") -> None:
        """Show the page with this file name, without its suffix, from a heading on."""
        if name != self._page:
            self._page = name
            self.text.show_text(read_page(name))
            self.setWindowTitle(self._titles[name])
            self.text.mark_words(self.field.text().split())
        self.text.show_heading(heading or self._titles[name])
        self.contents.select(name, heading or self._titles[name])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the contents with the arrows while the field has the focus."""
        moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if self.field.hasFocus() and event.key() in moves:
            self.contents.keyPressEvent(event)
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    @Slot()
    def _focus_search(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    @Slot(str)
    def _search(self, typed: str) -> None:
        """List the sections that match, and show the first of them; without a term, list all pages."""
        hits = search(typed)
        self._lists.setCurrentWidget(self.contents if hits or not typed.strip() else self._none)
        self.text.mark_words(typed.split())
        if hits:
            self.contents.show_sections(hits)
            self.show_page(hits[0].page, hits[0].heading)
        elif not typed.strip():
            self.contents.show_all()
            self.contents.select(self._page, self._titles[self._page])

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _on_current(self, item: QTreeWidgetItem | None, _before: object) -> None:
        section = item.data(0, _SECTION) if item is not None else None
        if isinstance(section, Section):
            self.show_page(section.page, section.heading)

    @Slot(QUrl)
    def _follow_link(self, url: QUrl) -> None:
        """Show the page that a link names; any other link is ignored."""
        name = url.toString().partition("#")[0].removesuffix(".md")
        if name in self._titles:
            self.show_page(name)


class _Contents(QTreeWidget):
    """Tree of groups, pages and sections."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(strings.CONTENTS)
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def show_all(self) -> None:
        """List all pages in their groups; the sections of a page unfold."""
        self.blockSignals(True)
        self.clear()
        for title, names in GROUPS:
            group = _item(title)
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFont(0, theme.ui_font(12, theme.SEMIBOLD))
            group.setForeground(0, theme.tokens().color("t2"))
            self.addTopLevelItem(group)
            self._add([section for section in sections() if section.page in names], group)
            group.setExpanded(True)
        self.blockSignals(False)

    def show_sections(self, hits: list[Section]) -> None:
        """List some sections below their pages, in this order."""
        self.blockSignals(True)
        self.clear()
        self._add(hits, self.invisibleRootItem())
        self.expandAll()
        self.blockSignals(False)

    def select(self, page: str, heading: str) -> None:
        """Select a section, or its page if the section is not listed."""
        items = self.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        pairs = ((item, item.data(0, _SECTION)) for item in items)
        listed = [item for item, section in pairs if section is not None and section.page == page]
        item = next((item for item in listed if item.data(0, _SECTION).heading == heading), None)
        item = item or (listed[0] if listed else None)
        if item is not None and item is not self.currentItem():
            self.blockSignals(True)
            self.setCurrentItem(item)
            self.blockSignals(False)
            self.scrollToItem(item)

    @staticmethod
    def _add(hits: list[Section], parent: QTreeWidgetItem) -> None:
        pages: dict[str, QTreeWidgetItem] = {}
        for section in hits:
            page = pages.get(section.page)
            if page is None:
                page = pages[section.page] = _item(
                    section.title, Section(section.page, section.title, section.title, "")
                )
                parent.addChild(page)
            if section.heading != section.title:
                page.addChild(_item(section.heading, section))


def _item(text: str, section: Section | None = None) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setToolTip(0, text)
    item.setSizeHint(0, QSize(0, ROW_HEIGHT))
    item.setData(0, _SECTION, section)
    return item
