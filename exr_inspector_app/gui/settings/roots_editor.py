"""Editor of the roots of a target: one row per root, and an example of the key that they give a path."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from exr_inspector_app.config import Root, parse_roots
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import make_button, make_icon_button
from exr_inspector_app.persistence.identity import normalize
from exr_inspector_app.text.escape import escape_control

_SEPARATOR = ";"  # of prefixes; commas are common in names of folders


class RootsEditor(QWidget):
    """Widget that edits the roots of one target; disabled until they have been read.

    Attributes:
        rows: Rows from top to bottom.
        example: Path on this machine whose key is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[RootRow] = []
        self._stored: tuple[Root, ...] | None = None
        self._is_loaded = False
        self.note = _make_note()
        self.add = make_button(strings.ADD_ROOT, "plus")
        self.add.clicked.connect(lambda: self._add_row(Root("", ())))
        self.example = QLineEdit()
        self.example.setPlaceholderText(strings.EXAMPLE_HINT)
        self.example.setAccessibleName(strings.EXAMPLE)
        self.example.textChanged.connect(self._update_key)
        self.key = _make_note()
        self.key.setFont(theme.mono_font(12))
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rekey = QCheckBox(strings.REKEY)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addLayout(self._column)
        line = QHBoxLayout()
        line.addWidget(self.add)
        line.addStretch()
        column.addLayout(line)
        column.addLayout(self._make_example())
        column.addWidget(self.rekey)

    def clear(self) -> None:
        """Remove all rows and disable the editor until `set_roots` is called."""
        self._is_loaded = False
        self._set_rows(())
        self.setEnabled(False)
        self._set_note(strings.READING_ROOTS)
        self.rekey.setChecked(False)
        self.rekey.hide()

    def set_roots(self, stored: Sequence[Root] | None, note: str) -> None:
        """Show the roots of the target.

        Args:
            stored: The roots; None if the target has none, which differs from an empty list once that is saved.
            note: Sentence about roots of the settings file that disagree; empty if they agree.
        """
        self._stored = None if stored is None else tuple(stored)
        self._is_loaded = True
        self.setEnabled(True)
        self._set_rows(stored or ())
        self._set_note(note or (strings.NO_ROOTS if stored is None else ""))

    def add_roots(self, roots: Sequence[Root]) -> None:
        """Append rows for roots that have none of the names that are there."""
        names = {row.name.text().strip() for row in self.rows}
        for root in roots:
            if root.name not in names:
                self._add_row(root)
        self._update_key()

    def show_failure(self, sentence: str) -> None:
        """Show the reason why the roots cannot be read; the editor stays disabled."""
        self._set_note(sentence)

    def offer_rekey(self) -> None:
        """Show the option to give published files the keys that follow."""
        self.rekey.show()

    @property
    def roots(self) -> tuple[Root, ...]:
        """Roots of all rows that are not empty.

        Raises:
            ConfigError: A row is invalid.
        """
        rows = [row.table() for row in self.rows if not row.is_empty]
        return parse_roots(rows, strings.ROOTS_TITLE)

    @property
    def is_changed(self) -> bool:
        """True if the rows are other roots than those of the target, or invalid ones."""
        try:
            return self._is_loaded and self.roots != (self._stored or ())
        except ConfigError:
            return True

    def _make_example(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setColumnMinimumWidth(0, 96)
        for row, (text, widget) in enumerate(((strings.EXAMPLE, self.example), (strings.KEY, self.key))):
            label = QLabel(text)
            label.setProperty("rank", "2")
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
        return grid

    def _set_rows(self, roots: Sequence[Root]) -> None:
        for row in list(self.rows):
            self._remove_row(row)
        for root in roots:
            self._add_row(root)
        self._update_key()

    def _add_row(self, root: Root) -> None:
        row = RootRow(root)
        row.remove.clicked.connect(lambda: self._remove_row(row))
        row.name.textChanged.connect(self._update_key)
        row.prefixes.textChanged.connect(self._update_key)
        row.fold_case.toggled.connect(self._update_key)
        self.rows.append(row)
        self._column.addWidget(row)

    def _remove_row(self, row: RootRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()  # `deleteLater` deletes it in the next iteration of the event loop
        row.deleteLater()
        self._update_key()

    @Slot()
    def _update_key(self) -> None:
        """Show the key of the example, or the error of a row."""
        path = self.example.text().strip()
        try:
            self.key.setText(escape_control(normalize(path, self.roots)) if path else "")
        except ConfigError as error:
            self.key.setText(error.sentence)

    def _set_note(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))


class RootRow(QWidget):
    """Fields of one root: name, prefixes, and whether case is ignored."""

    def __init__(self, root: Root) -> None:
        super().__init__()
        self.name, self.prefixes = QLineEdit(root.name), QLineEdit(f"{_SEPARATOR} ".join(root.prefixes))
        self.name.setPlaceholderText(strings.NAME_HINT)
        self.name.setAccessibleName(strings.NAME)
        self.name.setFixedWidth(96)
        self.prefixes.setPlaceholderText(strings.PREFIXES_HINT)
        self.prefixes.setAccessibleName(strings.PREFIXES)
        self.fold_case = QCheckBox(strings.FOLD_CASE)
        self.fold_case.setChecked(root.fold_case)
        self.remove = make_icon_button("close", strings.REMOVE_ROOT)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.name)
        line.addWidget(self.prefixes, 1)
        line.addWidget(self.fold_case)
        line.addWidget(self.remove)

    @property
    def is_empty(self) -> bool:
        """True without a name and prefixes."""
        return not self.name.text().strip() and not self._prefixes()

    def table(self) -> dict[str, object]:
        """Return the values in the form of a [[roots]] table."""
        return {
            "name": self.name.text().strip(),
            "prefixes": self._prefixes(),
            "fold_case": self.fold_case.isChecked(),
        }

    def _prefixes(self) -> list[str]:
        return [text for part in self.prefixes.text().split(_SEPARATOR) if (text := part.strip())]


def _make_note() -> QLabel:
    label = QLabel()
    label.setProperty("rank", "3")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
