"""Labels, tooltips and messages of filters: fields, conditions, chips and saved filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from exr_inspector_app.text.escape import escape_control

# Add filter
ADD_FILTER = "Add filter"
FIELD_NAME, VALUE_NAME = "What to filter by", "Value"
YES, NO = "Yes", "No"
FIELD_LABELS: Mapping[tuple[str, str], str] = {  # by column and operator of `--where`
    ("path_folded", "~"): "Path contains",
    ("layer", "="): "Has layer or channel",
    ("channel_list", "~"): "Channel names contain",
    ("channel_count", ">="): "Channels: at least",
    ("compression", "="): "Compression is",
    ("resolution", "="): "Resolution is",
    ("width", ">="): "Width: at least",
    ("renderer", "="): "Renderer is",
    ("render_software", "~"): "Renderer contains",
    ("color_space", "="): "Color space is",
    ("is_deep", "="): "Deep",
    ("kind", "="): "Kind is",
    ("is_complete", "="): "Complete",
    ("inspection_timestamp", ">="): "Published since",
    ("inspection_timestamp", "<"): "Published before",
    ("published_by", "="): "Published by",
    ("note", "~"): "Note contains",
    ("show", "="): "Show is",
    ("shot", "="): "Shot is",
    ("task", "="): "Task is",
    ("mtime", ">="): "File date since",
    ("object", ":"): "Object contains",
    ("search", ":"): "Search words",
}

# Conditions
COLUMN_LABELS: Mapping[str, str] = {
    "text": "Text", "object": "Object", "mtime": "File date",
    "layer": "Layer", "kind": "Kind", "resolution": "Resolution", "renderer": "Renderer",
    "show": "Show", "shot": "Shot", "task": "Task", "version": "Version", "compression": "Compression",
    "published_by": "Published by", "inspection_timestamp": "Published", "path_folded": "Path", "file_path": "Path",
    "channel_count": "Channels", "multipart_count": "Parts", "is_deep": "Deep", "is_complete": "Complete",
    "color_space": "Color", "width": "Width", "height": "Height", "size_bytes": "Bytes", "frame_number": "Frame",
    "sequence_key": "Sequence", "channel_list": "Channel names", "renderer_version": "Renderer version",
    "writer": "Saved by", "picture_layer": "Picture layer", "note": "Note",
    "publish_id": "Publish",
}  # fmt: skip
OPERATORS: Mapping[str, str] = {
    "!=": "not {}", "<": "below {}", ">": "above {}", "<=": "at most {}", ">=": "{} or more",
    "contains": "contains “{}”", "matches": "{}", "starts_with": "starts with “{}”",
}  # fmt: skip
DATE_OPERATORS: Mapping[str, str] = {">=": "since {}", ">": "after {}", "<": "before {}", "<=": "up to {}"}
NULL, NOT_NULL = "none", "any"
NO_VALUE = "none"
UNKNOWN = "unknown"
UNCOMPRESSED = "uncompressed"

# Saved filters
SAVE_FILTER = "Save this filter…"
SAVE_NO_FILTER = "Save this filter… (no filter set)"
DELETE_FILTER = "Delete"
SAVE_TITLE, SAVE_LABEL = "Save filter", "Filter name"


def example_hint(example: str) -> str:
    """Return the placeholder of the value field."""
    return f"e.g. {example}"


def enter_value(example: str) -> str:
    """Return the sentence for a missing value."""
    return f"Enter a value, e.g. {example}."


def enter_date(example: str) -> str:
    """Return the sentence for a value that is not a date."""
    return f"Enter a date, e.g. {example}."


def negated(label: str) -> str:
    """Return the condition that a property is absent."""
    return f"Not {label.lower()}"


def labeled(label: str, value: str) -> str:
    """Return a condition as its column and its value."""
    return f"{label}: {value}"


def publish_time(publish_id: str) -> str:
    """Return the local time of a publish, such as `4 Nov 2026 14:02`, from its id; the id itself if it has none."""
    try:
        started = datetime.fromtimestamp(int(publish_id.partition("-")[0], 16) / 1e6).astimezone()
    except (ValueError, OverflowError, OSError):
        return escape_control(publish_id)
    return f"{started.day} {started:%b %Y %H:%M}" if started.year >= 2020 else escape_control(publish_id)


def remove_tooltip(condition: str) -> str:
    """Return the tooltip of a chip."""
    return f"{condition}\nRemove this filter"


def more_filters(count: int) -> str:
    """Return the accessible name of the button for filters without a chip."""
    return f"{count} more filters"


def saved_as(name: str) -> str:
    """Return the message after a filter was saved."""
    return f"Filter saved as {escape_control(name)}"


def saved_anew(copy: str) -> str:
    """Return the message after a filter was saved to a new file, since the old one was damaged."""
    return f"Filter saved. The file of saved filters was damaged; its copy is {escape_control(copy)}"


def save_failed(reason: str | None) -> str:
    """Return the message for a filter that could not be saved."""
    return f"Cannot save the filter: {reason}."


def delete_failed(reason: str | None) -> str:
    """Return the message for a filter that could not be deleted."""
    return f"Cannot delete the filter: {reason}."
