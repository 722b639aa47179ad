"""Settings page: all sections over the window, in one or two columns, with the navigation at the left."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.section_list import SectionList
from exr_inspector_app.gui.settings.settings_sections import SettingsContents, SettingsSections
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.side_sheet import INSET, SideSheet

_COLUMN_WIDTH = 640  # px, at most
_TWO_COLUMNS_WIDTH = 1400  # minimum width of the page in px for two columns
_COLUMN_GAP, _SECTION_GAP = 40, 32


class SettingsSheet(SideSheet):
    """Page that stays open until its settings are saved or cancelled."""

    save_requested = Signal(object)  # dict of values by key
    test_requested = Signal(object)  # dict of values by key
    session_keys_requested = Signal(object)  # dict of values by key, whose keys no keyring takes

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sections = SettingsSections()
        self.list = SectionList(self.sections.all)
        self.fields: Mapping[str, QLineEdit] = self.sections.fields
        self.steps, self.roots = self.sections.steps, self.sections.roots
        self.test, self.create_tables = self.sections.test, self.sections.create_tables
        self.cancel = make_button(strings.CANCEL, height=SHEET_HEIGHT)
        self.save = make_button(strings.SAVE, "check", "filled", height=SHEET_HEIGHT)
        self.use_until_quit = make_button(strings.USE_UNTIL_QUIT, height=SHEET_HEIGHT)
        self.error = QLabel()
        self.error.setProperty("rank", "2")
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setWordWrap(True)
        right = QVBoxLayout()
        right.setContentsMargins(0, 16, 0, 16)
        right.setSpacing(0)
        right.addLayout(self._make_head())
        right.addWidget(self._make_body(), 1)
        right.addLayout(self._make_foot())
        gap = QFrame()
        gap.setProperty("gap", "true")
        gap.setFixedWidth(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(gap)
        row.addLayout(right, 1)
        self.test.clicked.connect(self._request_test)
        self.save.clicked.connect(self._request_save)
        self.cancel.clicked.connect(self.cancelled)
        self.use_until_quit.clicked.connect(lambda: self.session_keys_requested.emit(self.values))
        self.list.section_requested.connect(self.show_section)

    def fit_window(self, above: int, below: int) -> None:
        """Cover the window between bars of the given heights in px."""
        if self.isVisible():
            self.setGeometry(0, above, self._window.width(), self._window.height() - above - below)

    def open_sheet(self, contents: SettingsContents, focus: str = "endpoint") -> None:
        """Show the page; the field with the key `focus` gets the keyboard focus."""
        self.sections.show_contents(contents)
        self.show_error("")
        self.steps.clear()
        self.create_tables.hide()
        self.set_testing(is_testing=False)
        self.show()
        self.raise_()
        (self.fields[focus] if self.fields[focus].isEnabled() else self.list.search).setFocus()
        self._area.verticalScrollBar().setValue(0)
        self.list.mark("library")

    def show_error(self, sentence: str, *, offers_session_keys: bool = False) -> None:
        """Show the reason why the settings could not be saved; hide the message if `sentence` is empty."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.use_until_quit.setVisible(offers_session_keys)

    def set_testing(self, *, is_testing: bool) -> None:
        """Disable the test button while a connection test runs."""
        self.test.setEnabled(not is_testing)
        self.steps.set_waiting(is_waiting=is_testing)

    @Slot(str)
    def show_section(self, key: str) -> None:
        """Scroll to a section, and focus its first field."""
        section = self.sections.all[key]
        self.list.mark(key)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # after a resize
        self._area.verticalScrollBar().setValue(section.mapTo(self._inner, section.rect().topLeft()).y())
        for widget in section.findChildren(QWidget):
            if widget.isEnabled() and widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return

    @property
    def values(self) -> dict[str, str]:
        """Text of each field by key."""
        return {key: field.text().strip() for key, field in self.fields.items()}

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint an opaque panel, without the border of a sheet that leaves a part of the window free."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.tokens().color("panel"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns side by side if the page is wide enough."""
        super().resizeEvent(event)
        is_wide = self.width() >= _TWO_COLUMNS_WIDTH
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)
        self._columns.setSpacing(_COLUMN_GAP if is_wide else _SECTION_GAP)

    def _make_head(self) -> QHBoxLayout:
        title = QLabel(strings.TITLE)
        title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        close = make_icon_button("close", strings.CANCEL)
        close.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(INSET, 0, INSET - 8, 12)
        row.addWidget(title, 1)
        row.addWidget(close)
        return row

    def _make_body(self) -> QScrollArea:
        self._inner = QWidget()
        self._inner.setProperty("pane", "true")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for keys in self.sections.columns:
            column = QWidget()
            column.setMaximumWidth(_COLUMN_WIDTH)
            layout = QVBoxLayout(column)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(_SECTION_GAP)
            for key in keys:
                layout.addWidget(self.sections.all[key])
            layout.addStretch()
            self._columns.addWidget(column)
        outer = QHBoxLayout(self._inner)
        outer.setContentsMargins(INSET, 4, INSET, 16)
        outer.addLayout(self._columns, 1)
        outer.addStretch()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it would have no focus ring and no name
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._inner)
        return self._area

    def _make_foot(self) -> QVBoxLayout:
        line = QFrame()
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        row = QHBoxLayout()
        row.setContentsMargins(INSET, 12, INSET, 0)
        row.setSpacing(8)
        row.addWidget(self.error, 1)
        row.addWidget(self.use_until_quit)
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(row)
        return column

    @Slot()
    def _request_test(self) -> None:
        self.steps.clear()
        self.create_tables.hide()
        self.set_testing(is_testing=True)
        self.test_requested.emit(self.values)

    @Slot()
    def _request_save(self) -> None:
        key, sentence = self.sections.first_fault()
        if key:
            self.show_error(sentence)
            self.fields[key].setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(self.fields[key])
            return
        self.show_error("")
        self.save_requested.emit(self.values)
