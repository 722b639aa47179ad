"""What is wrong with a file: one title, then what and where, what could be read, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.models.findings import place_of
from exr_inspector_app.gui.session import Entry
from exr_inspector_app.gui.widgets.buttons import BAR, button
from exr_inspector_app.gui.words import several
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.report import plain

SHOWN = 3  # problems; the rest is a count, and all are copied

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
    return plain(form.format(attribute=problem.attribute, part=problem.part_index))


def readable(file: ExrFile | None) -> str:
    """What could be read in spite of it."""
    if file is None or not file.parts:
        return "Nothing else could be read."
    attributes = sum(len(part.attributes) for part in file.parts)
    counts = (
        several(len(file.parts), "part"),
        several(file.channel_count, "channel"),
        several(attributes, "attribute"),
    )
    return f"{', '.join(counts[:2])} and {counts[2]} could be read."


def full_text(entry: Entry) -> str:
    """Everything that is wrong, to copy."""
    lines = [plain(entry.path), *(f"{plain(one.message)} ({place_of(one)})" for one in entry.problems)]
    if entry.failure:
        lines.append(plain(entry.failure))
    return "\n".join(lines)


class Banner(QWidget):
    """The problems of one file, with Copy error and Read again."""

    read_again = Signal(object)  # Entry
    bytes_wanted = Signal(object, int)  # Entry, byte

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
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
        copy, again = (
            button("Copy error", "copy", "ghost", height=BAR),
            button("Read again", "refresh", "ghost", height=BAR),
        )
        self._bytes = button("Show bytes", "list", "ghost", height=BAR)
        row = QHBoxLayout()
        row.setContentsMargins(-8, 4, 0, 0)
        for one in (copy, self._bytes, again):
            row.addWidget(one)
        row.addStretch()
        column.addLayout(row)
        copy.clicked.connect(self._copy)
        self._bytes.clicked.connect(self._show_bytes)
        again.clicked.connect(self._again)
        theme.current().changed.connect(self.update)
        self.hide()

    def show_entry(self, entry: Entry | None, file: ExrFile | None) -> None:
        """What is wrong with this file; hidden where nothing is."""
        self._entry = entry
        self._bytes.setVisible(self._byte is not None)
        problems = entry.problems if entry else ()
        self.setVisible(bool(problems or (entry and entry.failure)))
        if problems:
            first, more = problems[0], len(problems) - SHOWN
            self._title.setText(title(first))
            sentences = [plain(one.message) for one in problems[:SHOWN]]
            if more > 0:
                sentences.append(
                    f"{several(more, 'more problem')} of this file {'is' if more == 1 else 'are'} copied too."
                )
            self._body.setText("\n".join([*sentences, readable(file)]))
            self._where.setText(place_of(first))
        elif entry and entry.failure:
            self._title.setText("This file was not published")
            self._body.setText(plain(entry.failure))
            self._where.setText("")
        self._where.setVisible(bool(self._where.text()))

    @property
    def words(self) -> str:
        """What the banner says."""
        return "\n".join(label.text() for label in (self._title, self._body, self._where))

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
