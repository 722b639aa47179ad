"""A row of the library in words: its columns, its name and frames, what a tool tip says."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from exr_inspector_app.contracts import ListedSequence
from exr_inspector_app.exr.sequences.grouping import MAX_MISSING_FRAMES, format_ranges
from exr_inspector_app.gui.filters.filter_set import format_date, value_label
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


@dataclass(frozen=True, slots=True)
class LibraryColumn:
    """One column: its title, what it is sorted by, its width (0 takes the rest), and how soon it makes room."""

    title: str
    sort: str
    width: int
    rank: int = 0  # the highest goes first where room lacks; 0 always stays
    at_right: bool = False


COLUMNS = (
    LibraryColumn("File", "path_folded", 0),
    LibraryColumn("Show", "show", 76, 5),
    LibraryColumn("Shot", "shot", 96, 6),
    LibraryColumn("Task", "task", 84, 8),
    LibraryColumn("Version", "version", 68, 7),
    LibraryColumn("Resolution", "resolution", 118, 1),
    LibraryColumn("Parts", "multipart_count", 56, 9, True),
    LibraryColumn("Channels", "channel_count", 88, 3, True),
    LibraryColumn("Compression", "compression", 112, 2),
    LibraryColumn("Renderer", "render_software", 124, 4),
    LibraryColumn("Colour", "color_space", 92, 10),
    LibraryColumn("Size", "size_bytes", 88, 1, True),
    LibraryColumn("Published", "inspection_timestamp", 104, 0),
    LibraryColumn("By", "published_by", 136, 0),
)
FILE, SHOW, VERSION, RESOLUTION, COMPRESSION, BY = 0, 1, 4, 5, 8, len(COLUMNS) - 1


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """What is painted of one row."""

    listed: ListedSequence
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


def missing_frames(listed: ListedSequence) -> tuple[int, ...]:
    """The frames between the first and the last that are not published."""
    frames = listed.frames
    if len(frames) < 2 or frames[-1] - frames[0] > MAX_MISSING_FRAMES:
        return ()
    there = set(frames)
    return tuple(frame for frame in range(frames[0], frames[-1] + 1) if frame not in there)


def format_row(listed: ListedSequence) -> LibraryRow:
    """A row in words."""
    file = listed.file
    is_sequence = listed.count > 1
    folder, _, name = str(file["file_path"]).replace("\\", "/").rpartition("/")
    name = escape_control(posixpath.basename(file["sequence_key"]) if is_sequence else name)
    kind = str(file["kind"])
    figure = "" if kind == "scanline" else kind
    return LibraryRow(
        listed, is_sequence, name, escape_control(folder), _frames(listed, is_sequence), _cells(listed, name), figure
    )


def _frames(listed: ListedSequence, is_sequence: bool) -> str:
    """The range of a sequence with the number of its gaps, or the frame of one file."""
    frames = listed.frames
    if not is_sequence or not frames:
        return f"frame {frames[0]}" if frames else ""
    missing = len(missing_frames(listed))
    return f"{frames[0]}–{frames[-1]}" + (f", {missing:,} missing" if missing else "")


def _cells(listed: ListedSequence, name: str) -> tuple[str, ...]:
    """The words of each column."""
    file = listed.file
    size = f"{file['width']} × {file['height']}" if file["width"] else "none"
    compression = file["compression"]
    return (
        name,
        *(escape_control(str(file[key])) for key in ("show", "shot", "task", "version")),
        size,
        f"{file['multipart_count']:,}",
        f"{file['channel_count']:,}",
        value_label("compression", compression) if compression else "",
        escape_control(str(file["render_software"] or "none named")),
        escape_control(str(file["color_space"] or "none")),
        format_bytes(listed.size_bytes),
        format_date(str(file["inspection_timestamp"])),
        escape_control(str(file["published_by"] or "")),
    )


def row_tooltip(row: LibraryRow) -> str:
    """The whole path, and the gaps."""
    gaps = format_ranges(missing_frames(row.listed))
    count = pluralize(row.listed.count, "file")
    return escape_control(f"{row.path}\n{count}" + (f", missing {gaps[:400]}" if gaps else ""))
