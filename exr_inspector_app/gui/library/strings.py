"""Labels, tooltips and messages of the Library pane and its maintenance jobs."""

from __future__ import annotations

from collections.abc import Mapping

from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.services.storage.report import ReportSection
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_bytes, pluralize

PANE_NAME = "Library"
REMOVE_HINT = "To remove files: undo their publish in the history, or run `exr-inspector library remove`."

# Facets
FACETS_NAME = "Filters"
FIND_FACET = "Find a filter"
FACET_LABELS: Mapping[str, str] = {
    "show": "Show", "renderer": "Renderer", "layer": "Layer present", "compression": "Compression",
    "kind": "Kind", "resolution": "Resolution", "published_by": "Published by",
}  # fmt: skip

# Columns and cells
COLUMN_LABELS: Mapping[str, str] = {
    "path_folded": "File", "show": "Show", "shot": "Shot", "task": "Task", "version": "Version",
    "resolution": "Resolution", "multipart_count": "Parts", "channel_count": "Channels",
    "compression": "Compression", "render_software": "Renderer", "color_space": "Color", "size_bytes": "Size",
    "note": "Note", "inspection_timestamp": "Published", "published_by": "By",
}  # fmt: skip
NO_VALUE = "none"
UNKNOWN = "unknown"

# Buttons and fields
SEARCH_HINT = "Search, e.g. object:hero_car"
SEARCH_TOOLTIP = """Every word has to match: in the path, channels, attributes, programs or color space.

object:hero_car    an object of a Cryptomatte
layer:diffuse    a layer
renderer:arnold,vray    one of two programs
resolution:4k    show:orca    shot:OR_04*
date:2026-06    date:>=2026-06-15    size:>1GB
"key light"    words that belong together

Enter turns these words into filters."""
ADD_FILTER = "Add filter"
CLEAR = "Clear"
SAVE_FILTER = "Save filter"
EXPORT = "Export list"
TRY_AGAIN = "Try again"
CLEAR_FILTER = "Clear filter"
PUBLISH = "Publish"

# Messages in place of rows
READ_FAILED = "Cannot read the library"
NO_MATCH = "No matching files"
EMPTY_LIBRARY = "The library is empty"
EMPTY_LIBRARY_HINT = "Publish files to search them here."


# Storage
STORAGE, STORAGE_NAME = "Storage", "Storage report"
STORAGE_TOOLTIP = "Bytes by compression, renderer, show and shot, and what could be freed"
STORAGE_COLUMNS = ("Value or path", "Files", "Size", "Share, or could be freed")
STORAGE_ROW_HINT = "Double-click to list these files"
FIND_DUPLICATES, FIND_DUPLICATES_DETAIL = "Find duplicates", "Reads files of equal header and size"
FIND_DUPLICATES_TOOLTIP = "Read files of equal header and size, and list those with equal contents. Nothing is deleted."
MEASURE_FLOAT, MEASURE_FLOAT_DETAIL = "Measure float", "One frame per sequence with float colors"
MEASURE_FLOAT_TOOLTIP = "Read one frame of each sequence with float colors: would half hold its values?"
MEASURED = "One frame of each sequence was measured"
SAVE_REPORT = "Save report"
REPORT_NAME_FILTER = "Web page (*.html);;Table (*.csv);;JSON (*.json)"
FILTER_CHANGED = "The filter has changed; the result is not shown"
NO_STORAGE = "Change the filter, or publish files."


def section_title(section: ReportSection) -> str:
    """Return the title of a section of the storage report with its total, for screen readers."""
    return f"{section.title} {saved_total(section)}".strip()


def saved_total(section: ReportSection) -> str:
    """Return the bytes that all rows of a section could free; empty for rows that are alternatives."""
    if section.code == "recompression" or not section.saved_bytes:
        return "none found" if section.code == "duplicates" and not section.rows else ""
    return could_be_freed(section.saved_bytes)


def could_be_freed(size: int) -> str:
    """Return an estimate of bytes."""
    return f"{format_bytes(size)} could be freed"


def storage_rest(rows: int) -> str:
    """Return how many rows of a section are not listed."""
    return f"{rows:,} more in the saved report"


def storage_summary(files: int, size: int) -> str:
    """Return the totals of a storage report."""
    return f"{pluralize(files, 'file')}, {format_bytes(size)} when published"


def duplicates_found(groups: int, size: int) -> str:
    """Return the result of the search for duplicates."""
    return f"{pluralize(groups, 'group')} of duplicates, {could_be_freed(size)}" if groups else "No duplicates"


def report_saved(name: str) -> str:
    """Return the message after a report was saved."""
    return f"Saved the report as {escape_control(name)}"


def facet_value_text(label: str, files: int) -> str:
    """Return a facet value with its number of files, as a tooltip and for screen readers."""
    return f"{label}, {files:,} files"


def more_values(count: int) -> str:
    """Return the link to the other values of a facet."""
    return f"{count:,} more"


def totals(files: int, sequences: int, counted: int | None = None) -> str:
    """Return how many files and sequences match; estimates if only the newest files were counted."""
    text = f"{pluralize(files, 'file')}, {pluralize(sequences, 'sequence')}"
    return text if counted is None else f"About {text}. Filters count the newest {counted:,}."


def query_time(seconds: float) -> str:
    """Return the tooltip of the totals."""
    return f"Found in {1000 * seconds:,.0f} ms"


def rows_loaded(loaded: int, total: int) -> str:
    """Return how many of all sequences are loaded; empty once all are."""
    return f"{loaded:,} of {pluralize(total, 'sequence')}. More load as you scroll." if loaded < total else ""


def single_frame(frame: float) -> str:
    """Return the frame number of one file."""
    return f"frame {frame}"


def frame_range(first: float, last: float, missing: int) -> str:
    """Return the frame range of a sequence with the number of its missing frames."""
    return f"{first}–{last}" + (f", {missing:,} missing" if missing else "")


def dimensions(width: int, height: int) -> str:
    """Return a resolution in pixels."""
    return f"{width} × {height}"


def note(text: str) -> str:
    """Return the line of a tooltip with the note of a publish."""
    return f"Note: {text}"


def row_tooltip(path: str, files: int, missing: str) -> str:
    """Return the full path, the number of files, and the ranges of missing frames."""
    return f"{path}\n{pluralize(files, 'file')}" + (f", missing {missing}" if missing else "")


# Maintenance jobs
RECOMPUTE, RECOMPUTE_DETAIL = "Recompute embeddings", "From older versions"
CREATE_THUMBNAILS, CREATE_THUMBNAILS_DETAIL = "Create thumbnails", "One per sequence"


def recomputed(files: int, failed: int, seconds: float) -> str:
    """Return the result of recomputing embeddings."""
    return _with_failures(f"Recomputed {pluralize(files, 'file')} in {format_duration(seconds)}", failed)


def thumbnails_created(files: int, failed: int, seconds: float) -> str:
    """Return the result of creating thumbnails for `files` candidates."""
    return _with_failures(f"Thumbnails created for {pluralize(files, 'file')} in {format_duration(seconds)}", failed)


def _with_failures(result: str, failed: int) -> str:
    return f"{result}, {failed:,} failed" if failed else result


def files_shown(shown: int, total: int, seconds: float) -> str:
    """Return how many files match, and how long the query took."""
    return f"{shown:,} of {total:,} files in {max(1, round(1000 * seconds)):,} ms"
