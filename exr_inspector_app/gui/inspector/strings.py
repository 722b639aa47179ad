"""User-visible strings of the inspector: labels, tooltips, and messages of its three tabs."""

from __future__ import annotations

from exr_inspector_app.text.format import pluralize

INSPECTOR = "Inspector"
STRUCTURE = "Structure"
ATTRIBUTES = "Attributes"
CHECKS = "Checks"
OBJECTS = "Objects"

# Objects

FILTER_OBJECTS = "Filter objects"
OBJECT, MATERIAL, AREA = "Object", "Material", "Area"
OBJECT_COLUMNS = "Columns of the objects"
COPY_OBJECTS = "Copy the list of objects"
SHOW_ALL_OBJECTS = "Show all"
NO_OBJECTS = "No objects"
SELECT_FOR_OBJECTS = "Objects are listed for layers of IDs and Cryptomatte."
READING_OBJECTS = "Reading the objects"
MEASURING_AREAS = "Their areas are measured."
NAMES_IN_HEADER = "Names from the manifest in the header"
UNNAMED_OBJECTS = "Objects without a name show their ID"
CHUNKS = "Chunks"
ISSUES = "Issues"

NO_FILE_SELECTED = "No file selected"
CLEAR_FILTER = "Clear filter"

# File header

COPY_PATH = "Copy path"
FIND_SIMILAR = "Find files similar to this one"
PINNED = "Pinned as the reference of Similar"
INCOMPLETE = "Incomplete"
DEEP = "deep"
UNCOMPRESSED = "uncompressed"

# Structure tab

STRUCTURE_COLUMNS = ("Name", "Type", "Sampling", "Memory", "Value")
VALUE_COLUMNS = ("part", "channel", "type", "value")  # of copied values
VALUE, NO_VALUE = "Value", "–"
VALUES_ARE_EXACT = "Shortest text that reads back as the stored value"
COPY_VALUES, COPY_TSV = "Copy all values as TSV", "Copy as TSV"
NO_STRUCTURE = "No structure"
SELECT_FOR_CONTENTS = "Select a file to see its contents."
NO_MATCHING_NODE = "No matching part, layer or channel."
UNREADABLE_HEADER = "The header of this file cannot be read."
SHOW_ISSUES = "Show issues"
COPY_NAME = "Copy name"
EXPAND_ALL = "Expand all"
COLLAPSE_ALL = "Collapse all"
DATA_WINDOW = "Data window"
DISPLAY_WINDOW = "Display window"
MIP_MAPPED = "mip-mapped"
RIP_MAPPED = "rip-mapped"
MIXED_TYPES = "mixed"
PERCEPTUALLY_LINEAR = "Perceptually linear"

# Attributes tab

ATTRIBUTE_COLUMNS = ("Name", "Type", "Value")
FILTER_ATTRIBUTES = "Filter names and values"
PART = "Part"
COPY_ATTRIBUTES = "Copy attributes"
NO_ATTRIBUTES = "No attributes"
NO_READABLE_ATTRIBUTE = "No attribute of this file could be read."
SELECT_FOR_ATTRIBUTES = "Select a file to see its attributes."
COPY_VALUE = "Copy value"
COPY_ROW = "Copy row"
COPY_ROWS_TSV, COPY_ROWS_JSON = "Copy selection as TSV", "Copy selection as JSON"
UNFOLD, FOLD = "Unfold value", "Fold value"
COPY_ALL_TEXT = "Copy all as text"
COPY_ALL_JSON = "Copy all as JSON"
UNKNOWN_TYPE = "unknown type"
DROP_FRAME = "drop frame"
NON_DROP_FRAME = "non-drop-frame"
NO_USER_DATA = "no user data"
CUSTOM_PRIMARIES = "Custom primaries"
REC_709_LEGEND = "dashed: Rec.709"

# Checks tab

PART_AND_LEVEL = "Part and level"
MEASURE_PIXELS = "Measure pixels: range, NaN and Inf of every channel"
COPY_ISSUES = "Copy issues"
COPY = "Copy"
SELECT_FOR_ISSUES = "Select a file to see its issues."
NOT_INSPECTED = "Not inspected yet"
ISSUES_PENDING = "Issues appear when the file has been inspected."
NO_ISSUES = "No issues"
NO_ISSUES_FOUND = "No issues found in the readable part of this file."
CHUNK_PRESENT = "Present"
CHUNK_UNKNOWN = "Unknown"
CHUNK_ABSENT = "Never written"
CHUNK_BEYOND = "Past the end"

# Problem banner

COPY_ERROR, COPY_ERROR_SHORT = "Copy error", "Copy"
SHOW_BYTES, SHOW_BYTES_SHORT = "Show bytes", "Bytes"
RELOAD = "Reload"
NOT_PUBLISHED = "This file was not published"
NOTHING_READABLE = "Nothing else could be read."
PARTLY_UNREADABLE = "Part of this file cannot be read"
PROBLEM_TITLES = {
    "attribute-missing": "{attribute} is missing in part {part}",
    "attribute-size": "{attribute} in part {part} has an impossible size",
    "attribute-value": "{attribute} in part {part} cannot be read",
    "changed": "The file is being written",
    "chunk-count": "The chunks cannot be counted",
    "empty-file": "The file is empty",
    "gone": "The file is no longer on disk",
    "header-damaged": "The header of part {part} is damaged",
    "header-truncated": "The file ends within its header",
    "no-permission": "No permission to read this file",
    "no-exr": "No EXR files in this folder",
    "not-exr": "Not an OpenEXR file",
    "not-found": "There is no such file",
    "vanished": "The file changed while it was read",
    "stalled": "The storage did not answer",
    "unreadable": "The file cannot be read",
    "too-many-attributes": "The file exceeds a limit of this program",
    "too-many-parts": "The file exceeds a limit of this program",
    "bug": "A bug in exr-inspector",
}


def nothing_matches(needle: str) -> str:
    """Return the title of a list that the filter leaves empty."""
    return f"Nothing matches “{needle}”"


def hidden_attributes(count: int) -> str:
    """Return the number of attributes that the filter hides."""
    return f"{pluralize(count, 'attribute')} {'is' if count == 1 else 'are'} hidden"


def filtered_count(shown: int, total: int) -> str:
    """Return the number of rows that a filter leaves: `3 of 12`."""
    return f"{shown:,} of {total:,}"


def part_number(index: int) -> str:
    """Return the title of a part by its number."""
    return f"Part {index}"


def part_location(index: int) -> str:
    """Return a part as the location of an issue."""
    return f"part {index}"


def byte_location(offset: int) -> str:
    """Return a byte offset as the location of an issue."""
    return f"byte {offset:,}"


def level_title(part: int, kind: str, level: str) -> str:
    """Return the title of a level: `Part 0, mip 1` or `Part 0, rip 1 × 2`."""
    return f"Part {part}, {kind} {level}"


def tile_size(width: int, height: int) -> str:
    """Return the tile size as a fact of a part."""
    return f"tiled {width} × {height}"


def view_name(name: str) -> str:
    """Return the view of a part as a fact."""
    return f"view {name}"


def listed_channels(listed: int, count: int) -> str:
    """Return the fact of a part that has more channels than rows: `2,048 of 49,000 channels listed`."""
    return f"{listed:,} of {count:,} channels listed"


def chunk_shortage(present: int, count: int) -> str:
    """Return the warning of a part with missing chunks: `612 of 1,080 chunks`."""
    return f"{present:,} of {count:,} chunks"


def chunks_present(present: int | None, count: int) -> str:
    """Return how many chunks of a part are present; `None` if they were not counted."""
    return f"{'?' if present is None else f'{present:,}'} of {count:,} chunks present"


def level_presence(present: int, count: int, *, is_lower_bound: bool) -> str:
    """Return how many chunks of a level are present, exactly or as a lower bound."""
    text = f"{present:,} of {count:,} present"
    return f"at least {text}" if is_lower_bound else text


def window_position(name: str, width: int, height: int, x: int, y: int) -> str:
    """Return size and origin of a data or display window."""
    return f"{name} {width} × {height} from {x}, {y}"


def value_range(low: float, high: float) -> str:
    """Return the range of a channel's values."""
    return f"{low:.4g} to {high:.4g}"


def channel_type(type_name: str, x_sampling: int, y_sampling: int) -> str:
    """Return type and sampling of a channel; full sampling is omitted."""
    return type_name if x_sampling == y_sampling == 1 else f"{type_name}, sampling {x_sampling} × {y_sampling}"


def primaries_title(color_space: str) -> str:
    """Return the title of chromaticities that a standard names."""
    return f"{color_space} primaries" if color_space else CUSTOM_PRIMARIES


def frame_rate(frames_per_second: float) -> str:
    """Return a frame rate: `23.976 fps`."""
    return f"{frames_per_second:.6g} fps"


def user_data(value: int) -> str:
    """Return the user data of a time code."""
    return f"user data 0x{value:08x}" if value else NO_USER_DATA


def uncompressed_size(size: str) -> str:
    """Return the size of an ID manifest after decompression."""
    return f"{size} uncompressed"


def notes_title(count: str, *, is_open: bool) -> str:
    """Return the number of notes with their state, for screen readers."""
    return f"{count}, {'shown' if is_open else 'hidden'}"


def hidden_issues(count: int) -> str:
    """Return the note on issues that the banner does not show but copies."""
    return f"{pluralize(count, 'more issue')} of this file {'is' if count == 1 else 'are'} copied too."


def readable_content(parts: str, channels: str, attributes: str) -> str:
    """Return what could be read of a damaged file."""
    return f"{parts}, {channels} and {attributes} could be read."


def folded_title(kind: str, count: int) -> str:
    """Return the title of folded rows: `3 notes`, `2 ignored`, `21 passed`."""
    return pluralize(count, "note") if kind == "note" else f"{count:,} {kind}"


# Hex dump
HEX_DUMP_NAME = "Bytes"


def hex_dump_title(name: str) -> str:
    """Return the title of the dialog with bytes of a file."""
    return f"Bytes of {name}"


STORAGE_NOT_RESPONDING = "Cannot read the file: the storage is not responding."


def cannot_read(reason: str) -> str:
    """Return the message for a file whose bytes cannot be read."""
    return f"Cannot read the file: {reason}."


def values_at(x: int, y: int) -> str:
    """Return the title of the column of values at a pixel."""
    return f"Value at {x}, {y}".replace("-", "−")


def sample_count(count: int) -> str:
    """Return the number of samples of a deep pixel."""
    return pluralize(count, "sample")


def object_share(share: float) -> str:
    """Return the share of the picture that an object covers."""
    percent = 100 * share
    return f"{percent:.2f} %" if percent >= 0.005 else "< 0.01 %"


def sorted_columns(titles: str, column: str) -> str:
    """Return the titles of columns, and by which one they are sorted."""
    return f"{titles}; sorted by {column}"


def hidden_objects(total: int) -> str:
    """Return how many objects a filter hides."""
    return f"The filter hides {pluralize(total, 'object')}."


def show_layer(name: str) -> str:
    """Return the label of the button that shows a layer of IDs."""
    return f"Show {name}"


def names_in_file(name: str) -> str:
    """Return that the names are from a sidecar file."""
    return f"Names from {name}"


def no_names(reason: str) -> str:
    """Return why objects have no names."""
    return f"No names: {reason}"


def largest_objects(count: int, dropped: int) -> str:
    """Return that the list has the largest objects only."""
    return f"The {count:,} largest of {count + dropped:,} objects"


READING_VALUE = "Reading…"


def more_lines(count: int) -> str:
    """Return the last line of an unfolded value that is cut."""
    return f"… {pluralize(count, 'more line')}; Copy value has all of them"


def more_bytes(count: int) -> str:
    """Return the last line of a hex dump that is cut."""
    return f"… {pluralize(count, 'more byte')}"


def differs_from_pinned(text: str) -> str:
    """Return the sentence about an attribute that the pinned file has with another value, or not at all."""
    return f"Pinned file: {text}" if text else "Not in the pinned file"


def differs_from_frames(text: str) -> str:
    """Return the sentence about an attribute that most frames of the sequence have with another value."""
    return f"Most frames: {text}"
