"""What is wrong with a file: one title, then what and where, what could be read, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector.findings_model import place_of
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.formatting import add_break_points
from exr_inspector_app.gui.widgets.buttons import BAR, button
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

SHOWN = 3  # problems; the rest is a count, and all are copied
NARROW = 376  # pixels that the banner's buttons need with their glyphs
_BUTTONS = (("Copy error", "Copy", "copy"), ("Show bytes", "Bytes", "list"), ("Read again", "Read again", "refresh"))

_TITLES = {
    "attribute-missing": "{attribute} is missing in part {part}",
    "attribute-size": "{attribute} in part {part} has an impossible size",
    "attribute-value": "{attribute} in part {part} cannot be read",
    "chunk-count": "The chunks cannot be counted",
    "empty-file": "The file is empty",
    "header-damaged": "The header of part {part} is damaged",
    "header-truncated": "The file ends within its header",
    "no-permission": "You may not read this",
    "no-exr": "No EXR file here",
    "not-exr": "This is not an OpenEXR file",
    "not-found": "There is no such file",
    "vanished": "The file changed while it was read",
}


def title(problem: Problem) -> str:
    """A problem in a few words."""
    form = _TITLES.get(problem.code, "This file cannot be read in full")
    return escape_control(form.format(attribute=problem.attribute, part=problem.part_index))


def readable(file: ExrFile | None) -> str:
    """What could be read in spite of it."""
    if file is None or not file.parts:
        return "Nothing else could be read."
    attributes = sum(len(part.attributes) for part in file.parts)
    counts = (
        pluralize(len(file.parts), "part"),
        pluralize(file.channel_count, "channel"),
        pluralize(attributes, "attribute"),
    )
    return f"{', '.join(counts[:2])} and {counts[2]} could be read."


def full_text(entry: SessionFile) -> str:
    """Everything that is wrong, to copy."""
    lines = [
        escape_control(entry.path),
        *(f"{escape_control(one.message)} ({place_of(one)})" for one in entry.problems),
    ]
    if entry.failure:
        lines.append(escape_control(entry.failure))
    return "\n".join(lines)


class ProblemBanner(QWidget):
    """The problems of one file, with Copy error and Read again."""

    read_again = Signal(object)  # Entry
    bytes_wanted = Signal(object, int)  # Entry, byte

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: SessionFile | None = None
        self._title, self._body, self._where = QLabel(self), QLabel(self), QLabel(self)
        self._title.setFont(theme.ui(13, theme.SEMIBOLD))
        self._body.setProperty("rank", "2")
        self._where.setProperty("rank", "3")
        column = QVBoxLayout(self)
        column.setContentsMargins(46, 14, 16, 10)
        column.setSpacing(4)
        for label in (self._title, self._body, self._where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        copy, self._bytes, again = self._buttons = [
            button(words, glyph, "ghost", height=BAR) for words, _, glyph in _BUTTONS
        ]
        row = QHBoxLayout()
        row.setContentsMargins(-8, 4, 0, 0)
        for one in self._buttons:
            row.addWidget(one)
        row.addStretch()
        column.addLayout(row)
        copy.clicked.connect(self._copy)
        self._bytes.clicked.connect(self._show_bytes)
        again.clicked.connect(self._again)
        theme.current().changed.connect(self.update)
        self.hide()

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """What is wrong with this file; hidden where nothing is."""
        self._entry = entry
        self._bytes.setVisible(self._byte is not None)
        problems = entry.problems if entry else ()
        self.setVisible(bool(problems or (entry and entry.failure)))
        if problems:
            first, more = problems[0], len(problems) - SHOWN
            self._title.setText(add_break_points(title(first)))
            sentences = [escape_control(one.message) for one in problems[:SHOWN]]
            if more > 0:
                sentences.append(
                    f"{pluralize(more, 'more problem')} of this file {'is' if more == 1 else 'are'} copied too."
                )
            sentences = [one for one in sentences if one.rstrip(".") != title(first)]
            if entry and not entry.unreached:
                sentences.append(readable(file))
            self._body.setText(add_break_points("\n".join(sentences)))
            self._where.setText(add_break_points(place_of(first)))
        elif entry and entry.failure:
            self._title.setText("This file was not published")
            self._body.setText(add_break_points(escape_control(entry.failure)))
            self._where.setText("")
        for label in (self._body, self._where):
            label.setVisible(bool(label.text()))

    @property
    def words(self) -> str:
        """What the banner says."""
        return "\n".join(label.text() for label in (self._title, self._body, self._where))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons are short where the banner is narrow."""
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW
        for one, (words, short, glyph) in zip(self._buttons, _BUTTONS, strict=True):
            one.setText(short if is_narrow else words)
            one.setAccessibleName(words)
            one.set_look("ghost", "" if is_narrow else glyph)
            one.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for every width of the inspector."""
        return QSize(0, super().minimumSizeHint().height())

    @Slot()
    def _copy(self) -> None:
        if self._entry:
            QGuiApplication.clipboard().setText(full_text(self._entry))

    @property
    def _byte(self) -> int | None:
        """Where the first problem that has a place lies in the file."""
        problems = self._entry.problems if self._entry else ()
        return next((one.byte_offset for one in problems if one.byte_offset is not None), None)

    @Slot()
    def _show_bytes(self) -> None:
        if self._entry and self._byte is not None:
            self.bytes_wanted.emit(self._entry, self._byte)

    @Slot()
    def _again(self) -> None:
        if self._entry:
            self.read_again.emit(self._entry)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tinted ground with a bar at its left."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.tint("err", t.banner_tint))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.fillRect(QRectF(0, 0, 3, self.height()), t.color("err"))
        icons.paint(painter, "failed", QRectF(17, 16, 16, 16), "err")
        painter.end()
