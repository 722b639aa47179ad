"""Profile bar of the Checks page: chooser, counts of failed and passed rules, and the field for a reason."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import profile_strings
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import make_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.rules import Outcome
from exr_inspector_app.text.escape import escape_control

CHOOSE_FILE = "choose"
MAX_REASON_CHARS = 200


class ProfileBar(QWidget):
    """Row with the profile and its counts; below it, while the user ignores a finding, the row for the reason."""

    profile_selected = Signal(object)  # source, CHOOSE_FILE, or empty for none
    ignore_requested = Signal(str, str)  # code and reason
    restore_requested = Signal(str)  # code

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chooser = Dropdown(profile_strings.PROFILE, profile_strings.PROFILE_CHOOSER, (100, 188))
        self.counts = QLabel()
        self.counts.setProperty("rank", "2")
        self._code = ""
        self.reason = QLineEdit()
        self.reason.setMaxLength(MAX_REASON_CHARS)
        self.reason.setPlaceholderText(profile_strings.IGNORE_REASON)
        self.reason.setAccessibleName(profile_strings.IGNORE_REASON)
        self.ignore = make_button(profile_strings.IGNORE)
        self._cancel = make_button(profile_strings.CANCEL, kind="ghost")
        self._reason_row = QWidget()
        self._lay_out()
        self.chooser.option_selected.connect(self.profile_selected)
        self.reason.textChanged.connect(self._update_button)
        self.reason.returnPressed.connect(self._request_ignore)
        self.ignore.clicked.connect(self._request_ignore)
        self._cancel.clicked.connect(self.close_reason)
        self.close_reason()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 12, 0)
        top.setSpacing(10)
        top.addWidget(self.chooser)
        top.addWidget(self.counts, 1, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self._reason_row)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(self.reason, 1)
        row.addWidget(self.ignore)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._reason_row)

    def show_profile(self, shipped: Mapping[str, str], file: str, source: str, name: str = "") -> None:
        """Show the profiles to choose from: none, the shipped ones, the last file, and a file dialog.

        Args:
            shipped: Names of shipped profiles by source.
            file: Path of the profile that was chosen last; empty for none.
            source: Source of the profile in force; empty for none.
            name: Its name.
        """
        label = escape_control(os.path.splitext(os.path.basename(file))[0])
        options: list[tuple[str, str]] = [("", profile_strings.NO_PROFILE), *shipped.items()]
        options += [(file, label)] if file else []
        self.chooser.set_options([("", [*options, (CHOOSE_FILE, profile_strings.CHOOSE_PROFILE)])])
        self.chooser.set_current(source, escape_control(name))
        self.counts.setVisible(bool(source))

    def show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Show the number of rules and checks that failed and passed."""
        statuses = [outcome.status for outcome in outcomes]
        self.counts.setText(profile_strings.rule_counts(statuses.count("failed"), statuses.count("passed")))
        self.counts.setFont(theme.ui_font(12))

    def ask_reason(self, code: str) -> None:
        """Show the field for the reason why findings of a code are ignored."""
        self._code = code
        self._reason_row.show()
        self.reason.setToolTip(profile_strings.ignore_code(code))
        self.reason.setFocus()
        self._update_button()

    @Slot()
    def close_reason(self) -> None:
        """Hide the field and clear it."""
        self._code = ""
        self.reason.clear()
        self._reason_row.hide()
        self._update_button()

    @Slot()
    def _update_button(self) -> None:
        self.ignore.setEnabled(bool(self._code and self.reason.text().strip()))

    @Slot()
    def _request_ignore(self) -> None:
        code, reason = self._code, self.reason.text().strip()
        if code and reason:
            self.close_reason()
            self.ignore_requested.emit(code, reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the field on Esc."""
        if event.key() == Qt.Key.Key_Escape and self._code:
            self.close_reason()
            return
        super().keyPressEvent(event)
