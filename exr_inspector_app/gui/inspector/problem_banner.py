"""Problem banner: the errors of a file, their location, the readable content, and actions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.findings_model import format_location
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.formatting import add_break_points
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

MAX_SHOWN_PROBLEMS = 3  # further ones are counted; all are copied
MIN_WIDTH_FOR_GLYPHS = 376  # px that the buttons need with glyphs and full labels
_BUTTONS = (  # label, short label, glyph
    (strings.COPY_ERROR, strings.COPY_ERROR_SHORT, "copy"),
    (strings.SHOW_BYTES, strings.SHOW_BYTES_SHORT, "list"),
    (strings.RELOAD, strings.RELOAD, "refresh"),
)


def problem_title(problem: Problem) -> str:
    """Return the title of a problem."""
    template = strings.PROBLEM_TITLES.get(problem.code, strings.PARTLY_UNREADABLE)
    return escape_control(template.format(attribute=problem.attribute, part=problem.part_index))


def describe_readable_content(file: ExrFile | None) -> str:
    """Return the readable contents of a damaged file."""
    if file is None or not file.parts:
        return strings.NOTHING_READABLE
    attributes = sum(len(part.attributes) for part in file.parts)
    return strings.readable_content(
        pluralize(len(file.parts), "part"),
        pluralize(file.channel_count, "channel"),
        pluralize(attributes, "attribute"),
    )


def format_error_report(entry: SessionFile) -> str:
    """Return every error of a file as text for the clipboard."""
    lines = [
        escape_control(entry.path),
        *(f"{escape_control(problem.message)} ({format_location(problem)})" for problem in entry.problems),
    ]
    if entry.failure:
        lines.append(escape_control(entry.failure))
    return "\n".join(lines)


class ProblemBanner(QWidget):
    """Banner with the errors of one file and the actions Copy error, Show bytes, and Reload."""

    reload_requested = Signal(object)  # SessionFile
    bytes_requested = Signal(object, int)  # SessionFile, byte offset

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: SessionFile | None = None
        self._title, self._body, self._location = QLabel(self), QLabel(self), QLabel(self)
        self._title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self._body.setProperty("rank", "2")
        self._location.setProperty("rank", "3")
        column = QVBoxLayout(self)
        column.setContentsMargins(46, 14, 16, 10)
        column.setSpacing(4)
        for label in (self._title, self._body, self._location):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        copy, self._bytes, reload = self.buttons = [
            make_button(label, glyph, "ghost", height=BAR_HEIGHT) for label, _, glyph in _BUTTONS
        ]
        row = QHBoxLayout()
        row.setContentsMargins(-8, 4, 0, 0)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        copy.clicked.connect(self._copy_report)
        self._bytes.clicked.connect(self._request_bytes)
        reload.clicked.connect(self._request_reload)
        theme.current().changed.connect(self.update)
        self.hide()

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """Show the errors of a session file, or hide the banner."""
        self._entry = entry
        self._bytes.setVisible(self._byte_offset is not None)
        problems = entry.problems if entry else ()
        self.setVisible(bool(problems or (entry and entry.failure)))
        if problems:
            first, hidden_count = problems[0], len(problems) - MAX_SHOWN_PROBLEMS
            self._title.setText(add_break_points(problem_title(first)))
            sentences = [escape_control(problem.message) for problem in problems[:MAX_SHOWN_PROBLEMS]]
            if hidden_count > 0:
                sentences.append(strings.hidden_issues(hidden_count))
            sentences = [sentence for sentence in sentences if sentence.rstrip(".") != problem_title(first)]
            if entry and not entry.unreached:
                sentences.append(describe_readable_content(file))
            self._body.setText(add_break_points("\n".join(sentences)))
            self._location.setText(add_break_points(format_location(first)))
        elif entry and entry.failure:
            self._title.setText(strings.NOT_PUBLISHED)
            self._body.setText(add_break_points(escape_control(entry.failure)))
            self._location.setText("")
        for label in (self._body, self._location):
            label.setVisible(bool(label.text()))

    @property
    def text(self) -> str:
        """Text of the banner, for tests and screen readers."""
        return "\n".join(label.text() for label in (self._title, self._body, self._location))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the buttons if the banner is narrow."""
        super().resizeEvent(event)
        is_narrow = self.width() < MIN_WIDTH_FOR_GLYPHS
        for button, (label, short_label, glyph) in zip(self.buttons, _BUTTONS, strict=True):
            button.setText(short_label if is_narrow else label)
            button.setAccessibleName(label)
            button.set_appearance("ghost", "" if is_narrow else glyph)
            button.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Return width 0, so that the banner never widens the inspector."""
        return QSize(0, super().minimumSizeHint().height())

    @Slot()
    def _copy_report(self) -> None:
        if self._entry:
            QGuiApplication.clipboard().setText(format_error_report(self._entry))

    @property
    def _byte_offset(self) -> int | None:
        """Byte offset of the first problem that has one."""
        problems = self._entry.problems if self._entry else ()
        return next((problem.byte_offset for problem in problems if problem.byte_offset is not None), None)

    @Slot()
    def _request_bytes(self) -> None:
        if self._entry and self._byte_offset is not None:
            self.bytes_requested.emit(self._entry, self._byte_offset)

    @Slot()
    def _request_reload(self) -> None:
        if self._entry:
            self.reload_requested.emit(self._entry)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a tinted background with a bar at the left."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.tint("err", t.banner_tint))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.fillRect(QRectF(0, 0, 3, self.height()), t.color("err"))
        icons.paint(painter, "failed", QRectF(17, 16, 16, 16), "err")
        painter.end()
