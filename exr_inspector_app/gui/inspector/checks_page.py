"""The Checks tab: what is wrong with the file, which of its chunks are there, and what else to know of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.exr.chunk_map import PRESENT, UNKNOWN, ChunkLevel
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
from exr_inspector_app.gui.inspector.chunk_map import ChunkMap
from exr_inspector_app.gui.inspector.findings_model import FindingsModel, rows_of
from exr_inspector_app.gui.inspector.findings_view import FindingsView
from exr_inspector_app.gui.inspector.problem_banner import ProblemBanner
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.model import ExrFile


class ChecksPage(QWidget):
    """Banner, chunk map and findings of the selected file."""

    part_wanted = Signal(int)  # its chunk map

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FindingsModel(self)
        self.banner, self.map, self.list = ProblemBanner(), ChunkMap(), FindingsView(self.model)
        self.levels = Dropdown("", "Part and level", (80, 150))
        self.notice = Placeholder()
        self._entry: SessionFile | None = None
        self._file: ExrFile | None = None
        self._frames: Sequence[FrameFinding] = ()
        self._part = 0
        self._levels: Sequence[ChunkLevel] = ()
        self.measure = icon_button("curve", "Measure pixels: range, NaN and Inf of every channel")
        self._copy = icon_button("copy", "Copy findings")
        self._copy.clicked.connect(self.list.copy)
        self._chunks_title, self.chunks_words = _title("Chunks")
        findings_title, self.findings_words = _title("Findings")
        self._chunks = QWidget()
        column = QVBoxLayout(self._chunks)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addLayout(_row(self._chunks_title, self.chunks_words, self.levels))
        column.addWidget(self.map)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.notice)
        room = QVBoxLayout()
        room.setContentsMargins(12, 12, 12, 0)
        room.addWidget(self.banner)
        line = QFrame()
        line.setProperty("hairline", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(room)
        column.addWidget(self._chunks)
        column.addWidget(line)
        column.addLayout(_row(findings_title, self.findings_words, self.measure, self._copy))
        column.addWidget(self._pages, 1)
        self.levels.chosen.connect(self._choose)
        self.show_entry(None, None)

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """The file of this entry."""
        self._entry, self._file = entry, file
        self.banner.show_entry(entry, file)
        self._show_rows()
        self.measure.setEnabled(bool(file and file.parts))
        if entry is None:
            self.notice.say("check", "No file selected", "Select a file in the session to see what is odd about it.")
        elif entry.is_waiting:
            self.notice.say("waiting", "Not read yet", "The findings appear when the file has been read.")
        else:
            self.notice.say("done", "No findings", "Nothing odd was found in what could be read of this file.")

    def show_sequence(self, findings: Sequence[FrameFinding]) -> None:
        """What is odd among the frames of the sequence that the file is one of."""
        self._frames = findings
        self._show_rows()

    def _show_rows(self) -> None:
        problems = self._entry.problems if self._entry else ()
        self.model.show_rows(rows_of(self._file, problems, self._frames if self._entry else ()))
        self.findings_words.setText(self.model.summary)
        self._copy.setEnabled(bool(self.model.rowCount()))
        self._pages.setCurrentWidget(self.list if self.model.rowCount() else self.notice)

    def show_chunks(self, part: int, levels: Sequence[ChunkLevel]) -> None:
        """The chunk map of a part of this file; none where its table cannot be read."""
        self._part, self._levels = part, levels
        self._chunks.setVisible(bool(levels))
        parts = self._file.parts if self._file else ()
        options: list[tuple[tuple[int, int], str]] = []
        for one in parts:
            if one.index == part:
                options += [((part, place), _level_words(part, level, levels)) for place, level in enumerate(levels)]
            else:
                options.append(((one.index, 0), f"Part {one.index}"))
        self.levels.offer([("", options)])
        self.levels.setVisible(len(options) > 1)
        self._show_level(0)

    @Slot(object)
    def _choose(self, key: tuple[int, int]) -> None:
        part, place = key
        if part == self._part:
            self._show_level(place)
        else:
            self.part_wanted.emit(part)

    def _show_level(self, place: int) -> None:
        level = self._levels[place] if place < len(self._levels) else None
        self.map.show_level(level)
        self.levels.take((self._part, place))
        if level:
            self.chunks_words.setText(_present_words(level))


def _present_words(level: ChunkLevel) -> str:
    """`612 of 1,080 present`, or how many there are at least."""
    words = f"{level.states.count(PRESENT):,} of {len(level.states):,} present"
    return f"at least {words}" if UNKNOWN in level.states else words


def _level_words(part: int, level: ChunkLevel, levels: Sequence[ChunkLevel]) -> str:
    """`Part 0`, `Part 0, mip 1` or `Part 0, rip 1 × 2`."""
    if len(levels) == 1:
        return f"Part {part}"
    x, y = level.level
    is_mip = all(one.level[0] == one.level[1] for one in levels)
    return f"Part {part}, mip {x}" if is_mip else f"Part {part}, rip {x} × {y}"


def _title(words: str) -> tuple[QLabel, QLabel]:
    """The title of a section, and the figures beside it."""
    title, figures = QLabel(words), QLabel()
    title.setFont(theme.ui(13, theme.SEMIBOLD))
    figures.setProperty("rank", "2")
    return title, figures


def _row(title: QLabel, figures: QLabel, *tools: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 8, 0)
    row.setSpacing(10)
    row.addWidget(title)
    row.addWidget(figures, 1)
    for tool in tools:
        row.addWidget(tool)
    return row
