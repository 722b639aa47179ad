"""The settings sheet: which VAST Database, with which keys, and does it answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from exr_inspector_app.gui.settings.connection_steps import ConnectionSteps
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.side_sheet import INSET, SideSheet


@dataclass(frozen=True, slots=True)
class _Field:
    """One line of the form."""

    key: str
    words: str
    hint: str
    is_secret: bool = False


_VAST = (
    _Field("endpoint", "Endpoint", "https://vast.example.com"),
    _Field("bucket", "Bucket", "a database-enabled view, such as renders"),
    _Field("schema", "Schema", "exr_metadata"),
    _Field("region", "Region", "us-east-1"),
    _Field("access_key", "Access key", "kept in this machine’s keyring"),
    _Field("secret_key", "Secret key", "kept in this machine’s keyring", is_secret=True),
    _Field("ca_file", "Certificates", "a file of own certificates, where the system’s do not do"),
)
_OTHERS = (
    _Field("viewer", "Viewer", "a command that opens a file, such as rv {path}"),
    _Field("path_template", "Path template", "/mnt/prod/{show}/{shot}/{task}/*/{version}"),
)


class SettingsSheet(SideSheet):
    """Floats over the right of the window until it is saved or cancelled."""

    save_requested = Signal(object)  # dict of words by key
    test_requested = Signal(object)  # dict of words by key

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit] = {}
        self._library = QLabel()
        self._library.setFont(theme.mono_font(12))
        self._library.setTextFormat(Qt.TextFormat.PlainText)
        self._library.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._library.setWordWrap(True)
        self.steps = ConnectionSteps()
        self.test = make_button("Test connection", "activity", height=SHEET_HEIGHT)
        self.cancel, self.save = (
            make_button("Cancel", height=SHEET_HEIGHT),
            make_button("Save", "check", "filled", height=SHEET_HEIGHT),
        )
        self._trouble = QLabel()
        self._trouble.setProperty("rank", "2")
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 16, 0, 24)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self._body(), 1)
        column.addLayout(self._foot())
        self.test.clicked.connect(self._test)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.cancelled)

    def open_sheet(
        self, words: Mapping[str, str], fixed: Mapping[str, str], library: str, go_to: str = "endpoint"
    ) -> None:
        """The sheet shows these words; those that are `fixed` from elsewhere (the place is told) cannot be changed."""
        self._library.setText(library)
        for key, field in self.fields.items():
            field.setText(words.get(key, ""))
            field.setEnabled(key not in fixed)
            field.setToolTip(f"{fixed[key]} in the environment decides" if key in fixed else "")
        self.show_error("")
        self.steps.clear()
        self.set_testing(False)
        self.show()
        self.raise_()
        self.fields[go_to].setFocus()

    def show_error(self, trouble: str) -> None:
        """A sentence on why the settings could not be kept; nothing once they were."""
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))

    def set_testing(self, is_testing: bool) -> None:
        """One test at a time."""
        self.test.setEnabled(not is_testing)
        self.steps.set_waiting(is_testing)

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {key: field.text().strip() for key, field in self.fields.items()}

    def _head(self) -> QHBoxLayout:
        title = QLabel("Settings")
        title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        close = make_icon_button("close", "Cancel")
        close.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 0, INSET - 8, 12)  # the cross ends where the fields do
        row.addWidget(title, 1)
        row.addWidget(close)
        return row

    def _body(self) -> QScrollArea:
        inner = QWidget()
        inner.setProperty("pane", "true")
        column = QVBoxLayout(inner)
        column.setContentsMargins(INSET - 1, 4, INSET, 16)
        column.setSpacing(12)
        column.addWidget(_title("Local library"))
        column.addWidget(self._library)
        column.addWidget(
            _note("One DuckDB file; EXR_INSPECTOR_LIBRARY, or “library” in the settings file, names another.")
        )
        column.addSpacing(12)
        column.addWidget(_title("VAST Database"))
        column.addLayout(self._form(_VAST))
        column.addWidget(_note("Keys go to this machine’s keyring, never into a file."))
        row = QHBoxLayout()
        row.addWidget(self.test)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self.steps)
        column.addSpacing(12)
        column.addWidget(_title("Files"))
        column.addLayout(self._form(_OTHERS))
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    def _form(self, listed: tuple[_Field, ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 96)
        for row, one in enumerate(listed):
            label, field = QLabel(one.words), QLineEdit()
            label.setProperty("rank", "2")
            label.setBuddy(field)
            field.setPlaceholderText(one.hint)
            field.setAccessibleName(one.words)
            if one.is_secret:
                field.setEchoMode(QLineEdit.EchoMode.Password)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self.fields[one.key] = field
        return grid

    def _foot(self) -> QVBoxLayout:
        line = QFrame()
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 16, INSET, 0)
        row.setSpacing(8)
        row.addWidget(self._trouble, 1)
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(row)
        return column

    @Slot()
    def _test(self) -> None:
        self.steps.clear()
        self.set_testing(True)
        self.test_requested.emit(self.values)

    @Slot()
    def _save(self) -> None:
        self.save_requested.emit(self.values)


def _title(words: str) -> QLabel:
    label = QLabel(words)
    label.setFont(theme.ui_font(13, theme.SEMIBOLD))
    return label


def _note(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("rank", "3")
    label.setWordWrap(True)
    return label
