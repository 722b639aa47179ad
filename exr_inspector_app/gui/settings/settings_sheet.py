"""Settings sheet: form for the VAST Database, its keys, and the viewer, with a connection test."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.connection_steps import ConnectionSteps
from exr_inspector_app.gui.settings.roots_editor import RootsEditor
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.side_sheet import INSET, SideSheet

_VAST_FIELDS = ("endpoint", "bucket", "schema", "region", "access_key", "secret_key", "ca_file", "patience_seconds")
_FILE_FIELDS = ("viewer", "path_template", "picture_cache_mb")
_SECRET_FIELDS = frozenset({"secret_key"})


class SettingsSheet(SideSheet):
    """Side sheet that stays open until its settings are saved or cancelled."""

    save_requested = Signal(object)  # dict of values by key
    test_requested = Signal(object)  # dict of values by key

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit] = {}
        self._library = QLabel()
        self._library.setFont(theme.mono_font(12))
        self._library.setTextFormat(Qt.TextFormat.PlainText)
        self._library.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._library.setWordWrap(True)
        self.steps = ConnectionSteps()
        self.roots = RootsEditor()
        self._roots_title = _make_title(strings.ROOTS_TITLE)
        self.test = make_button(strings.TEST, "activity", height=SHEET_HEIGHT)
        self.cancel = make_button(strings.CANCEL, height=SHEET_HEIGHT)
        self.save = make_button(strings.SAVE, "check", "filled", height=SHEET_HEIGHT)
        self._error = QLabel()
        self._error.setProperty("rank", "2")
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 16, 0, 24)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        column.addWidget(self._make_body(), 1)
        column.addLayout(self._make_foot())
        self.test.clicked.connect(self._request_test)
        self.save.clicked.connect(self._request_save)
        self.cancel.clicked.connect(self.cancelled)

    def open_sheet(
        self, values: Mapping[str, str], fixed: Mapping[str, str], library: str, target: str, focus: str = "endpoint"
    ) -> None:
        """Show the sheet with `values`.

        Args:
            values: Text of each field by key.
            fixed: Environment variable of each field that it sets; these fields are disabled.
            library: Path of the local library.
            target: Name of the chosen target, which has the roots.
            focus: Key of the field that gets the keyboard focus.
        """
        self._library.setText(library)
        self._roots_title.setText(strings.roots_of(target))
        for key, field in self.fields.items():
            field.setText(values.get(key, ""))
            field.setEnabled(key not in fixed)
            field.setToolTip(strings.set_by(fixed[key]) if key in fixed else "")
        self.show_error("")
        self.steps.clear()
        self.set_testing(is_testing=False)
        self.show()
        self.raise_()
        self.fields[focus].setFocus()

    def show_error(self, sentence: str) -> None:
        """Show why the settings could not be saved; hide the message if `sentence` is empty."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

    def set_testing(self, *, is_testing: bool) -> None:
        """Disable the test button while a connection test runs."""
        self.test.setEnabled(not is_testing)
        self.steps.set_waiting(is_waiting=is_testing)

    @property
    def values(self) -> dict[str, str]:
        """Text of each field by key."""
        return {key: field.text().strip() for key, field in self.fields.items()}

    def _make_head(self) -> QHBoxLayout:
        title = QLabel(strings.TITLE)
        title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        close = make_icon_button("close", strings.CANCEL)
        close.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 0, INSET - 8, 12)  # aligns the cross with the right edge of the fields
        row.addWidget(title, 1)
        row.addWidget(close)
        return row

    def _make_body(self) -> QScrollArea:
        inner = QWidget()
        inner.setProperty("pane", "true")
        column = QVBoxLayout(inner)
        column.setContentsMargins(INSET - 1, 4, INSET, 16)
        column.setSpacing(12)
        column.addWidget(_make_title(strings.LIBRARY_TITLE))
        column.addWidget(self._library)
        column.addWidget(_make_note(strings.LIBRARY_NOTE))
        column.addSpacing(12)
        column.addWidget(_make_title(strings.VAST_TITLE))
        column.addLayout(self._make_form(_VAST_FIELDS))
        column.addWidget(_make_note(strings.KEYS_NOTE))
        row = QHBoxLayout()
        row.addWidget(self.test)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self.steps)
        column.addSpacing(12)
        column.addWidget(self._roots_title)
        column.addWidget(_make_note(strings.ROOTS_NOTE))
        column.addWidget(self.roots)
        column.addSpacing(12)
        column.addWidget(_make_title(strings.FILES_TITLE))
        column.addLayout(self._make_form(_FILE_FIELDS))
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    def _make_form(self, keys: tuple[str, ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 96)
        for row, key in enumerate(keys):
            label, field = QLabel(strings.LABELS[key]), QLineEdit()
            label.setProperty("rank", "2")
            label.setBuddy(field)
            field.setPlaceholderText(strings.HINTS[key])
            field.setAccessibleName(strings.LABELS[key])
            if key in _SECRET_FIELDS:
                field.setEchoMode(QLineEdit.EchoMode.Password)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self.fields[key] = field
        return grid

    def _make_foot(self) -> QVBoxLayout:
        line = QFrame()
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 16, INSET, 0)
        row.setSpacing(8)
        row.addWidget(self._error, 1)
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
        self.set_testing(is_testing=True)
        self.test_requested.emit(self.values)

    @Slot()
    def _request_save(self) -> None:
        self.save_requested.emit(self.values)


def _make_title(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(theme.ui_font(13, theme.SEMIBOLD))
    return label


def _make_note(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("rank", "3")
    label.setWordWrap(True)
    return label
