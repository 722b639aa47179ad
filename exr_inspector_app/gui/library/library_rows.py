"""Row formatter of the library: columns, cells, name and frame range of a listed sequence."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from exr_inspector_app.contracts import ListedSequence
from exr_inspector_app.exr.sequences.grouping import MAX_MISSING_FRAMES, format_ranges
from exr_inspector_app.gui.filters.filter_set import format_date, value_label
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.text.escape import escape_control

MAX_GAPS_CHARS = 400  # of the missing frames in a tooltip


@dataclass(frozen=True, slots=True)
class LibraryColumn:
    """Column of the table.

    Attributes:
        sort: Column that the library sorts by.
        width: Width in pixels; 0 takes the rest.
        rank: Columns of the highest rank are hidden first in a narrow window; 0 is never hidden.
        is_right_aligned: Whether cells end at the right edge.
    """

    sort: str
    width: int
    rank: int = 0
    is_right_aligned: bool = False

    @property
    def title(self) -> str:
        """Title in the header."""
        return strings.COLUMN_LABELS[self.sort]


COLUMNS = (
    LibraryColumn("path_folded", 0),
    LibraryColumn("show", 76, 5),
    LibraryColumn("shot", 96, 6),
    LibraryColumn("task", 84, 8),
    LibraryColumn("version", 68, 7),
    LibraryColumn("resolution", 118, 1),
    LibraryColumn("multipart_count", 56, 9, is_right_aligned=True),
    LibraryColumn("channel_count", 88, 3, is_right_aligned=True),
    LibraryColumn("compression", 112, 2),
    LibraryColumn("render_software", 124, 4),
    LibraryColumn("color_space", 92, 10),
    LibraryColumn("size_bytes", 88, 1, is_right_aligned=True),
    LibraryColumn("note", 148, 4),
    LibraryColumn("inspection_timestamp", 104, 0),
    LibraryColumn("published_by", 136, 0),
)
FILE, SHOW, VERSION, RESOLUTION, COMPRESSION = 0, 1, 4, 5, 8
NOTE, PUBLISHED, BY = range(len(COLUMNS) - 3, len(COLUMNS))


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """Formatted row of a sequence or of one file."""

    listed: ListedSequence
    is_sequence: bool
    name: str
    folder: str
    frames: str  # range and number of missing frames
    cells: tuple[str, ...]  # by column
    kind: str  # below the resolution; empty for scan lines

    @property
    def path(self) -> str:
        """Path of the file; of a sequence, its pattern with #### for the frame."""
        path = str(self.listed.file["file_path"])
        if not self.is_sequence:
            return path
        head = path.replace("\\", "/").rpartition("/")[0]
        return f"{head}/{posixpath.basename(self.listed.file['sequence_key'])}"


def missing_frames(listed: ListedSequence) -> tuple[int, ...]:
    """Return the frames between the first and the last that are not published."""
    frames = listed.frames
    integers = [frame for frame in frames if isinstance(frame, int)]
    if len(frames) < 2 or len(integers) < len(frames) or integers[-1] - integers[0] > MAX_MISSING_FRAMES:
        return ()  # the step of sub-frames is unknown
    published = set(integers)
    return tuple(frame for frame in range(integers[0], integers[-1] + 1) if frame not in published)


def format_row(listed: ListedSequence) -> LibraryRow:
    """Format a listed sequence or file."""
    file = listed.file
    is_sequence = listed.count > 1
    folder, _, name = str(file["file_path"]).replace("\\", "/").rpartition("/")
    name = escape_control(posixpath.basename(file["sequence_key"]) if is_sequence else name)
    kind = str(file["kind"])
    return LibraryRow(
        listed=listed,
        is_sequence=is_sequence,
        name=name,
        folder=escape_control(folder),
        frames=_format_frames(listed, is_sequence=is_sequence),
        cells=_format_cells(listed, name),
        kind="" if kind == "scanline" else kind,
    )


def _format_frames(listed: ListedSequence, *, is_sequence: bool) -> str:
    """Return the range of a sequence with the number of its gaps, or the frame of one file."""
    frames = listed.frames
    if not is_sequence or not frames:
        return strings.single_frame(frames[0]) if frames else ""
    return strings.frame_range(frames[0], frames[-1], len(missing_frames(listed)))


def _format_cells(listed: ListedSequence, name: str) -> tuple[str, ...]:
    """Return the text of each column."""
    file = listed.file
    compression = file["compression"]
    return (
        name,
        *(escape_control(str(file[key])) for key in ("show", "shot", "task", "version")),
        strings.dimensions(file["width"], file["height"]) if file["width"] else strings.NO_VALUE,
        f"{file['multipart_count']:,}",
        f"{file['channel_count']:,}",
        value_label("compression", compression) if compression else "",
        escape_control(str(file["render_software"] or strings.UNKNOWN)),
        escape_control(str(file["color_space"] or strings.NO_VALUE)),
        format_bytes(listed.size_bytes),
        escape_control(str(file["note"] or "")),
        format_date(str(file["inspection_timestamp"])),
        escape_control(str(file["published_by"] or "")),
    )


def row_tooltip(row: LibraryRow) -> str:
    """Return the full path, the number of files, the missing frames, and the note."""
    gaps = format_ranges(missing_frames(row.listed))[:MAX_GAPS_CHARS]
    tooltip = strings.row_tooltip(escape_control(row.path), row.listed.count, gaps)
    return f"{tooltip}\n{strings.note(row.cells[NOTE][:MAX_GAPS_CHARS])}" if row.cells[NOTE] else tooltip
