"""Section of the settings page: a title over a hairline, and the small forms of single settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.setting_form import LABEL_WIDTH
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import make_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.fields import SegmentedControl
from exr_inspector_app.text.escape import escape_control

_MAX_PATH_CHARS = 60


class Section(QWidget):
    """Titled group of settings; `add` appends to its column, and a search finds it by its `keywords`."""

    def __init__(self, title: str, keywords: str, action: QWidget | None = None) -> None:
        super().__init__()
        self.title = QLabel(title)
        self.title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.keywords = f"{title} {keywords}".casefold()
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.title, 1)
        if action is not None:
            head.addWidget(action)
        self.title.setMinimumHeight(28)  # height of a button next to another title
        line = QFrame()
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(line)

    def add(self, widget: QWidget) -> None:
        """Append a widget."""
        self._column.addWidget(widget)

    def add_note(self, text: str) -> QLabel:
        """Append a quiet sentence."""
        label = QLabel(text)
        label.setProperty("rank", "3")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._column.addWidget(label)
        return label

    def add_row(self, *widgets: QWidget, inset: int = LABEL_WIDTH + 8) -> None:
        """Append widgets side by side, below the fields."""
        row = QHBoxLayout()
        row.setContentsMargins(inset, 0, 0, 0)
        row.setSpacing(8)
        for widget in widgets:
            row.addWidget(widget)
        row.addStretch()
        self._column.addLayout(row)


class ColorForm(QWidget):
    """Dropdown of the OpenColorIO configurations; after `file_requested`, `add_file` adds the chosen file."""

    file_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._options: list[tuple[str, str]] = []
        self.choice = Dropdown("", strings.CONFIGURATION, (200, 400))
        self.choose = make_button(strings.CHOOSE_FILE)
        self.choose.clicked.connect(self.file_requested)
        self.choice.option_selected.connect(self._on_selected)
        self.source = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(_make_label(strings.CONFIGURATION))
        row.addWidget(self.choice, 1)
        row.addStretch()
        row.addWidget(self.choose)

    def set_options(self, options: Sequence[tuple[str, str]], source: str) -> None:
        """Show the configurations, source and label of each, and select one of them or a file."""
        self._options = list(options)
        self.add_file(source)

    @Slot(str)
    def add_file(self, source: str) -> None:
        """Select a configuration, which is a file if it is not among the options."""
        self.source = source
        files = [] if source in dict(self._options) else [(source, _elide(source))]
        self.choice.set_options([("", [*self._options, *files])])
        self.choice.set_current(source)
        self.choice.setToolTip(escape_control(source) or strings.CONFIGURATION)

    @Slot(object)
    def _on_selected(self, source: str) -> None:
        self.source = source


class AppearanceForm(QWidget):
    """Theme and scale of the window."""

    def __init__(self, schemes: Sequence[tuple[str, str]], scales: Sequence[int]) -> None:
        super().__init__()
        self.scheme = SegmentedControl(schemes)
        self.scale = SegmentedControl([(str(percent), strings.percent(percent)) for percent in scales])
        note = QLabel(strings.SCALE_NOTE)
        note.setProperty("rank", "3")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.addWidget(_make_label(strings.THEME), 0, 0)
        grid.addWidget(self.scheme, 0, 1)
        grid.addWidget(_make_label(strings.SCALE), 1, 0)
        grid.addWidget(self.scale, 1, 1)
        grid.addWidget(note, 1, 2)
        grid.setColumnStretch(2, 1)


def _make_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("rank", "2")
    label.setFixedWidth(LABEL_WIDTH)
    return label


def _elide(path: str) -> str:
    """Return a path for a dropdown: escaped, its end if it is long."""
    text = escape_control(path)
    return text if len(text) <= _MAX_PATH_CHARS else f"…{text[-_MAX_PATH_CHARS:]}"
