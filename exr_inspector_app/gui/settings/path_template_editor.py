"""Editor of the path template: click a folder of an example path, and choose its role."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.path_words import PathWords
from exr_inspector_app.gui.settings.setting_form import LABEL_WIDTH
from exr_inspector_app.gui.settings.template_words import (
    ANY,
    FIXED,
    OUTSIDE,
    TemplateWords,
    count_matches,
    extract_names,
)
from exr_inspector_app.gui.widgets.fields import SegmentedControl
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS
from exr_inspector_app.text.escape import escape_control

_ROLES = (*PATH_COLUMNS, ANY, FIXED, OUTSIDE)


class PathTemplateEditor(QWidget):
    """Editor of the template in `field`, with its result for an example path.

    Attributes:
        field: Field of the template, which can be typed as well.
        words: Folders of the example path.
        roles: Roles that the selected folder can have.
        example: Normalized path, as keys have it; empty without files.
    """

    def __init__(self, field: QLineEdit) -> None:
        super().__init__()
        self.field = field
        self.example = ""
        self._examples: list[str] = []
        self._selected = -1
        self._state = TemplateWords([])
        self._hint = _make_note()
        self.path_words = PathWords()
        self._name = _make_note("2")
        self.roles = SegmentedControl([(role, strings.ROLES[role]) for role in _ROLES])
        self.result = _make_note("2")
        self.count = _make_note()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self._hint, self.path_words):
            column.addWidget(widget)
        self._name.setFixedWidth(LABEL_WIDTH)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._name)
        line.addWidget(self.roles)
        line.addStretch()
        column.addLayout(line)
        column.addWidget(self.result)
        column.addWidget(self.count)
        self.path_words.word_selected.connect(self.select)
        self.roles.option_selected.connect(self._set_role)
        field.textChanged.connect(self._update)

    def set_examples(self, paths: Sequence[str]) -> None:
        """Set the paths that the template is tried on, normalized; the first one is the example."""
        self._examples, self._selected = list(paths), -1
        self.example = paths[0] if paths else ""
        self._update()

    @Slot()
    def show_next_example(self) -> None:
        """Show a path in which the template finds less than in the present one, or the next one."""
        if not self._examples:
            return
        at = self._examples.index(self.example)
        rest = [*self._examples[at + 1 :], *self._examples[:at]]
        template = self.field.text().strip()
        unmatched = [path for path in rest if template and not count_matches(template, [path])]
        self.example = next(iter([*unmatched, *rest]), self.example)
        self._selected = -1
        self._update()

    @Slot(int)
    def select(self, index: int) -> None:
        """Select a folder, whose role can then be chosen."""
        self._selected = index
        self._update()

    @Slot(str)
    def _set_role(self, role: str) -> None:
        self._state.set_role(self._selected, role)
        self.field.setText(self._state.template)
        self._update()

    @Slot()
    def _update(self) -> None:
        """Show the folders with the roles of the template, and its values."""
        template, names, fault = self.field.text().strip(), {}, False
        try:
            names = extract_names(template, self.example)
        except ConfigError:  # the field shows the sentence
            fault = True
        self._state = TemplateWords.of(self.example, "" if fault else template)
        has_words = bool(self._state.folders)
        self._hint.setText(strings.CLICK_A_WORD if has_words else strings.NO_EXAMPLE)
        self.path_words.set_words(self._state, self._selected)
        self.path_words.setVisible(has_words)
        is_selected = has_words and self._selected >= 0
        self.roles.setVisible(is_selected)
        self._name.setVisible(is_selected)
        if is_selected:
            self._name.setText(strings.word_is(escape_control(self._state.folders[self._selected])))
            role = self._state.role(self._selected)
            self.roles.set_current(role if role in _ROLES else OUTSIDE)
        self.result.setText(escape_control(strings.template_result(names)))
        self.result.setVisible(has_words and bool(template) and not fault)
        self._show_count(template if not fault else "")

    def _show_count(self, template: str) -> None:
        total = len(self._examples)
        self.count.setVisible(bool(template) and total > 0)
        if template and total:
            self.count.setText(strings.template_matches(count_matches(template, self._examples), total))


def _make_note(rank: str = "3") -> QLabel:
    label = QLabel()
    label.setProperty("rank", rank)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
