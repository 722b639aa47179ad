"""Navigation list of the settings: the sections, a search for one, and buttons below."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.sections import Section
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.widgets.fields import SearchField

WIDTH = 216
_GLYPHS: Mapping[str, str] = {
    "library": "database", "targets": "cloud", "roots": "folder", "path_template": "list", "color": "sun",
    "limits": "activity", "appearance": "windows",
}  # fmt: skip


class SectionList(QWidget):
    """List at the left of the settings; a click, or Enter in the search, emits `section_requested` with its key."""

    section_requested = Signal(str)

    def __init__(self, sections: Mapping[str, Section]) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._sections = sections
        self.search = SearchField(strings.FIND_SETTING)
        self.export = _make_entry("export", strings.EXPORT)
        self.import_ = _make_entry("download", strings.IMPORT)
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(0)
        inset = QVBoxLayout()
        inset.setContentsMargins(12, 0, 12, 12)
        inset.addWidget(self.search)
        column.addLayout(inset)
        for key in sections:
            column.addWidget(self._make_button(key))
        column.addStretch()
        for button in (self.export, self.import_):
            column.addWidget(button)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._show_first)

    def mark(self, key: str) -> None:
        """Mark the section that is shown."""
        self.buttons[key].setChecked(True)

    def _make_button(self, key: str) -> QPushButton:
        button = _make_entry(_GLYPHS[key], strings.SECTIONS[key])
        button.setCheckable(True)
        button.clicked.connect(lambda _checked=False: self.section_requested.emit(key))
        self._group.addButton(button)
        self.buttons[key] = button
        return button

    @Slot(str)
    def _filter(self, text: str) -> None:
        """Show the sections that have every term of the search in their titles and labels."""
        terms = text.casefold().split()
        for key, section in self._sections.items():
            self.buttons[key].setVisible(all(term in section.keywords for term in terms))

    @Slot()
    def _show_first(self) -> None:
        first = next((key for key, button in self.buttons.items() if not button.isHidden()), "")
        if first:
            self.section_requested.emit(first)


def _make_entry(glyph: str, label: str) -> QPushButton:
    button = QPushButton(icons.icon(glyph), f"  {label}")
    button.setAccessibleName(label)
    button.setIconSize(QSize(16, 16))
    button.setProperty("nav", "true")
    return button
