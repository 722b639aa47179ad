"""The library as rows: a line a sequence, opened into its files; both are fetched as one scrolls."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl, Signal

from exr_inspector_app.contracts import Listed, Page
from exr_inspector_app.exr.discover import MOST_MISSING, ranges
from exr_inspector_app.gui.filter_set import date_words, value_words
from exr_inspector_app.gui.words import amount, several
from exr_inspector_app.report import plain

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1  # Shown
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what it is sorted by, its width (0 takes the rest), and how soon it makes room."""

    title: str
    sort: str
    width: int
    rank: int = 0  # the highest goes first where room lacks; 0 always stays
    at_right: bool = False


COLUMNS = (
    Column("File", "path_folded", 0),
    Column("Show", "show", 76, 5),
    Column("Shot", "shot", 96, 6),
    Column("Task", "task", 84, 8),
    Column("Version", "version", 68, 7),
    Column("Resolution", "resolution", 118, 1),
    Column("Parts", "multipart_count", 56, 9, True),
    Column("Channels", "channel_count", 76, 3, True),
    Column("Compression", "compression", 96, 2),
    Column("Renderer", "render_software", 124, 4),
    Column("Colour", "color_space", 92, 10),
    Column("Size", "size_bytes", 76, 1, True),
    Column("Published", "inspection_timestamp", 104, 0),
    Column("By", "published_by", 136, 0),
)
FILE, SHOW, VERSION, RESOLUTION, COMPRESSION, BY = 0, 1, 4, 5, 8, len(COLUMNS) - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """What is painted of one row."""

    listed: Listed
    is_sequence: bool
    name: str
    folder: str
    frames: str  # their range, and how many are missing
    cells: tuple[str, ...]  # by column
    figure: str  # under the resolution

    @property
    def path(self) -> str:
        """Where the file lies; of a sequence, its files with the frame as ####."""
        path = str(self.listed.file["file_path"])
        if not self.is_sequence:
            return path
        head = path.replace("\\", "/").rpartition("/")[0]
        return f"{head}/{posixpath.basename(self.listed.file['sequence_key'])}"


@dataclass(slots=True)
class _Line:
    """A top row and the files that it was opened into."""

    shown: Shown
    files: list[Shown] = field(default_factory=list)
    asked: int = -1  # the offset that is on its way


class LibraryModel(QAbstractItemModel):
    """Rows are only ever added behind others, or all replaced; so a row's number names it for its files."""

    page_wanted = Signal(int)  # offset
    files_wanted = Signal(str, int)  # sequence_key, offset

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        self._in_all = 0
        self._asked = -1

    @property
    def in_all(self) -> int:
        """The rows that match, fetched or not."""
        return self._in_all

    def show(self, page: Page | None) -> None:
        """This first page in place of everything."""
        self.beginResetModel()
        self._lines = [_Line(shown(row)) for row in page.rows] if page else []
        self._in_all = page.rows_in_all if page else 0
        self._asked = -1
        self.endResetModel()

    def add(self, page: Page, offset: int) -> None:
        """The page behind so many rows, if it is the one that was asked for."""
        if offset != self._asked or offset != len(self._lines):
            return
        self._asked = -1
        known = {line.shown.listed.file["sequence_key"] for line in self._lines}
        rows = [row for row in page.rows if row.file["sequence_key"] not in known]  # some were published meanwhile
        if not page.rows:
            self._in_all = len(self._lines)
        if rows:
            self.beginInsertRows(_ROOT, offset, offset + len(rows) - 1)
            self._lines += [_Line(shown(row)) for row in rows]
            self.endInsertRows()

    def add_files(self, sequence_key: str, page: Page, offset: int) -> None:
        """The files of a sequence behind so many of them."""
        place = next((at for at, one in enumerate(self._lines) if _key(one.shown) == sequence_key), None)
        if place is None or offset != self._lines[place].asked:
            return
        line, rows = self._lines[place], page.rows
        line.asked = -1
        if rows:
            self.beginInsertRows(self.index(place, 0), offset, offset + len(rows) - 1)
            line.files += [shown(row) for row in rows]
            self.endInsertRows()

    def forget_asked(self) -> None:
        """What was asked for does not come; scrolling on asks again."""
        self._asked = -1
        for line in self._lines:
            line.asked = -1

    def shown(self, index: Index) -> Shown | None:
        """What stands in a row."""
        if not index.isValid():
            return None
        parent = index.internalId()
        return self._lines[parent - 1].files[index.row()] if parent else self._lines[index.row()].shown

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        place = index.internalId() if index.isValid() else 0
        return self.createIndex(place - 1, 0, 0) if place else QModelIndex()

    def rowCount(self, parent: Index = _ROOT) -> int:
        if not parent.isValid():
            return len(self._lines)
        if parent.internalId() or parent.column():
            return 0
        return len(self._lines[parent.row()].files)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return len(COLUMNS)

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        if not parent.isValid():
            return bool(self._lines)
        if parent.internalId() or parent.column():
            return False
        return self._lines[parent.row()].shown.is_sequence

    def canFetchMore(self, parent: Index) -> bool:
        if not parent.isValid():
            return self._asked < 0 and len(self._lines) < self._in_all
        if not self.hasChildren(parent):
            return False
        line = self._lines[parent.row()]
        return line.asked < 0 and len(line.files) < line.shown.listed.count

    def fetchMore(self, parent: Index) -> None:
        if not self.canFetchMore(parent):
            return
        if not parent.isValid():
            self._asked = len(self._lines)
            self.page_wanted.emit(self._asked)
            return
        line = self._lines[parent.row()]
        line.asked = len(line.files)
        self.files_wanted.emit(_key(line.shown), line.asked)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section].at_right:
            return Qt.AlignmentFlag.AlignRight
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.shown(index)
        if row is None:
            return None
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row) if index.column() == FILE else row.cells[index.column()]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The paths of the rows, as links and as text."""
        rows = dict.fromkeys(index.siblingAtColumn(0) for index in indexes)
        return paths_dragged([row.path for index in rows if (row := self.shown(index))])


def paths_dragged(paths: Sequence[str]) -> QMimeData:
    """Paths as another program takes them: as links and as text."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    data.setText("\n".join(paths))
    return data


def missing_frames(listed: Listed) -> tuple[int, ...]:
    """The frames between the first and the last that are not published."""
    frames = listed.frames
    if len(frames) < 2 or frames[-1] - frames[0] > MOST_MISSING:
        return ()
    there = set(frames)
    return tuple(frame for frame in range(frames[0], frames[-1] + 1) if frame not in there)


def shown(listed: Listed) -> Shown:
    """A row in words."""
    file = listed.file
    is_sequence = listed.count > 1
    folder, _, name = str(file["file_path"]).replace("\\", "/").rpartition("/")
    name = plain(posixpath.basename(file["sequence_key"]) if is_sequence else name)
    kind = str(file["kind"])
    figure = "" if kind == "scanline" else kind
    return Shown(listed, is_sequence, name, plain(folder), _frames(listed, is_sequence), _cells(listed, name), figure)


def _frames(listed: Listed, is_sequence: bool) -> str:
    """The range of a sequence with the number of its gaps, or the frame of one file."""
    frames = listed.frames
    if not is_sequence or not frames:
        return f"frame {frames[0]}" if frames else ""
    missing = len(missing_frames(listed))
    return f"{frames[0]}–{frames[-1]}" + (f", {missing:,} missing" if missing else "")


def _cells(listed: Listed, name: str) -> tuple[str, ...]:
    """The words of each column."""
    file = listed.file
    size = f"{file['width']} × {file['height']}" if file["width"] else "none"
    compression = file["compression"]
    return (
        name,
        *(plain(str(file[key])) for key in ("show", "shot", "task", "version")),
        size,
        f"{file['multipart_count']:,}",
        f"{file['channel_count']:,}",
        value_words("compression", compression) if compression else "",
        plain(str(file["render_software"] or "none named")),
        plain(str(file["color_space"] or "none")),
        amount(listed.size_bytes),
        date_words(str(file["inspection_timestamp"])),
        plain(str(file["published_by"] or "")),
    )


def _tip(row: Shown) -> str:
    """The whole path, and the gaps."""
    gaps = ranges(missing_frames(row.listed))
    count = several(row.listed.count, "file")
    return plain(f"{row.path}\n{count}" + (f", missing {gaps[:400]}" if gaps else ""))


def _key(row: Shown) -> str:
    return str(row.listed.file["sequence_key"])
