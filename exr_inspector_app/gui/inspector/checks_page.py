"""Checks tab: problem banner, chunk map, and list of issues."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.exr.chunk_map import PRESENT, UNKNOWN, ChunkLevel
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
from exr_inspector_app.gui.inspector import profile_strings, strings
from exr_inspector_app.gui.inspector.chunk_map import ChunkMap
from exr_inspector_app.gui.inspector.findings_model import FindingsModel, build_finding_rows
from exr_inspector_app.gui.inspector.findings_view import FindingsView
from exr_inspector_app.gui.inspector.problem_banner import ProblemBanner
from exr_inspector_app.gui.inspector.profile_bar import ProfileBar
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import make_button, make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.model import ExrFile


class ChecksPage(QWidget):
    """Page with banner, chunk map, and issues of the selected file."""

    chunk_map_requested = Signal(int)  # part index

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FindingsModel(self)
        self.banner, self.map, self.list = ProblemBanner(), ChunkMap(), FindingsView(self.model)
        self.profile = ProfileBar()
        self.levels = Dropdown("", strings.PART_AND_LEVEL, (80, 150))
        self.notice = Placeholder()
        self._entry: SessionFile | None = None
        self._file: ExrFile | None = None
        self._frames: Sequence[FrameFinding] = ()
        self._part = 0
        self._levels: Sequence[ChunkLevel] = ()
        self.measure = make_icon_button("curve", strings.MEASURE_PIXELS)
        self._copy = make_icon_button("copy", strings.COPY_ISSUES)
        self._copy.clicked.connect(self.list.copy)
        self.ignore = make_button(profile_strings.IGNORE_MENU, kind="ghost")
        self.ignore.clicked.connect(self._ask_reason)
        self.ignore.setVisible(False)
        self.list.selectionModel().selectionChanged.connect(self._update_ignore)
        self.model.modelReset.connect(self._update_ignore)
        chunks_title, self.chunks_summary = _make_section_title(strings.CHUNKS)
        issues_title, self.issues_summary = _make_section_title(strings.ISSUES)
        self._chunks = QWidget()
        column = QVBoxLayout(self._chunks)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addLayout(_make_row(chunks_title, self.chunks_summary, self.levels))
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
        column.addWidget(self.profile)
        column.addLayout(_make_row(issues_title, self.issues_summary, self.ignore, self.measure, self._copy))
        column.addWidget(self._pages, 1)
        self.levels.option_selected.connect(self._select_level)
        self.list.ignore_requested.connect(self.profile.ask_reason)
        self.list.restore_requested.connect(self.profile.restore_requested)
        self.show_entry(None, None)

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """Show the issues of a session file."""
        self._entry, self._file = entry, file
        self.banner.show_entry(entry, file)
        self._show_rows()
        self.measure.setEnabled(bool(file and file.parts))
        if entry is None:
            self.notice.show_message("check", strings.NO_FILE_SELECTED, strings.SELECT_FOR_ISSUES)
        elif entry.is_waiting:
            self.notice.show_message("waiting", strings.NOT_INSPECTED, strings.ISSUES_PENDING)
        else:
            self.notice.show_message("done", strings.NO_ISSUES, strings.NO_ISSUES_FOUND)

    def show_sequence(self, findings: Sequence[FrameFinding]) -> None:
        """Add the issues of the sequence that the file belongs to."""
        self._frames = findings
        self._show_rows()

    def _show_rows(self) -> None:
        entry = self._entry
        problems, frames = (entry.problems, self._frames) if entry else ((), ())
        outcomes = entry.outcomes if entry and entry.checked is not None else None
        self.model.show_rows(build_finding_rows(self._file, problems, frames, outcomes))
        self.profile.show_outcomes(outcomes or ())
        self.ignore.setVisible(outcomes is not None)
        self._update_ignore()
        self.issues_summary.setText(self.model.summary)
        self._copy.setEnabled(bool(self.model.rowCount()))
        self._pages.setCurrentWidget(self.list if self.model.rowCount() else self.notice)

    @Slot()
    def _update_ignore(self) -> None:
        self.ignore.setEnabled(bool(self.list.failed_code))

    @Slot()
    def _ask_reason(self) -> None:
        if code := self.list.failed_code:
            self.profile.ask_reason(code)

    def show_chunks(self, part: int, levels: Sequence[ChunkLevel]) -> None:
        """Show the chunk map of a part; `levels` is empty if the chunk table cannot be read."""
        self._part, self._levels = part, levels
        self._chunks.setVisible(bool(levels))
        parts = self._file.parts if self._file else ()
        options: list[tuple[tuple[int, int], str]] = []
        for index in (file_part.index for file_part in parts):
            if index == part:
                options += [((part, row), _format_level(part, level, levels)) for row, level in enumerate(levels)]
            else:
                options.append(((index, 0), strings.part_number(index)))
        self.levels.set_options([("", options)])
        self.levels.setVisible(len(options) > 1)
        self._show_level(0)

    @Slot(object)
    def _select_level(self, key: tuple[int, int]) -> None:
        part, row = key
        if part == self._part:
            self._show_level(row)
        else:
            self.chunk_map_requested.emit(part)

    def _show_level(self, row: int) -> None:
        level = self._levels[row] if row < len(self._levels) else None
        self.map.show_level(level)
        self.levels.set_current((self._part, row))
        if level:
            self.chunks_summary.setText(_format_presence(level))


def _format_presence(level: ChunkLevel) -> str:
    """Return `612 of 1,080 present`."""
    present, is_lower_bound = level.states.count(PRESENT), UNKNOWN in level.states
    return strings.level_presence(present, len(level.states), is_lower_bound=is_lower_bound)


def _format_level(part: int, level: ChunkLevel, levels: Sequence[ChunkLevel]) -> str:
    """Return `Part 0`, `Part 0, mip 1`, or `Part 0, rip 1 × 2`."""
    if len(levels) == 1:
        return strings.part_number(part)
    x, y = level.level
    is_mip = all(across == down for across, down in (other.level for other in levels))
    return strings.level_title(part, "mip", f"{x}") if is_mip else strings.level_title(part, "rip", f"{x} × {y}")


def _make_section_title(label: str) -> tuple[QLabel, QLabel]:
    """Create the title of a section and the label of its summary."""
    title, summary = QLabel(label), QLabel()
    title.setFont(theme.ui_font(13, theme.SEMIBOLD))
    summary.setProperty("rank", "2")
    return title, summary


def _make_row(title: QLabel, summary: QLabel, *tools: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 8, 0)
    row.setSpacing(10)
    row.addWidget(title)
    row.addWidget(summary, 1)
    for tool in tools:
        row.addWidget(tool)
    return row
