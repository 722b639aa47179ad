"""Form of text settings: a label, a field, and the sentence about an invalid text, shown while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.validation import find_fault

LABEL_WIDTH = 128
_SECRET_KEYS = frozenset({"secret_key"})


class SettingForm(QWidget):
    """Grid of fields; an error is shown under its field, and the old value is used until the new one is valid.

    Attributes:
        fields: Field of each setting by key.
        faults: Label of each setting for its sentence.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit] = {}
        self.faults: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        for row, key in enumerate(keys):
            self._add(2 * row, key)

    def set_values(self, values: Mapping[str, str], fixed: Mapping[str, str]) -> None:
        """Show the values; fields whose value comes from the environment are disabled, and name the variable."""
        for key, field in self.fields.items():
            field.setText(values.get(key, ""))
            field.setEnabled(key not in fixed)
            field.setToolTip(strings.set_by(fixed[key]) if key in fixed else "")
            self._validate(key)

    def first_fault(self) -> tuple[str, str]:
        """Return key and sentence of the first invalid field, empty texts without one."""
        for key, field in self.fields.items():
            if sentence := find_fault(key, field.text()):
                return key, sentence
        return "", ""

    def _add(self, row: int, key: str) -> None:
        label, field, fault = QLabel(strings.LABELS[key]), QLineEdit(), QLabel()
        label.setProperty("rank", "2")
        label.setBuddy(field)
        field.setPlaceholderText(strings.HINTS[key])
        field.setAccessibleName(strings.LABELS[key])
        if key in _SECRET_KEYS:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        fault.setProperty("tone", "err")
        fault.setTextFormat(Qt.TextFormat.PlainText)
        fault.setWordWrap(True)
        fault.hide()
        self.fields[key], self.faults[key] = field, fault
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(fault, row + 1, 1)
        self._grid.setRowMinimumHeight(row + 1, 8)
        field.textChanged.connect(self._validation_of(key))

    def _validation_of(self, key: str) -> Callable[[str], None]:
        return lambda _text: self._validate(key)

    def _validate(self, key: str) -> None:
        """Show the sentence about the text of a field, or hide it."""
        field, fault = self.fields[key], self.faults[key]
        sentence = find_fault(key, field.text())
        fault.setText(sentence)
        fault.setVisible(bool(sentence))
        field.setAccessibleDescription(sentence)
        if bool(field.property("invalid")) != bool(sentence):
            field.setProperty("invalid", bool(sentence))
            field.style().unpolish(field)  # the style sheet reads properties when it polishes
            field.style().polish(field)
