"""Saved session: JSON file with the opened paths and the view, replaced after each change."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from exr_inspector_app.config.atomic_file import PRIVATE_FILE, PRIVATE_FOLDER, write_file
from exr_inspector_app.config.paths import state_folder
from exr_inspector_app.config.settings_reader import read_text

MAX_ROOTS = 1000  # a folder counts as one


@dataclass(frozen=True, slots=True)
class SavedSession:
    """Session of a window; no contents of files.

    Attributes:
        roots: Files, folders and patterns as the user opened them.
        selected: Path of the selected file or frame; empty for none.
        page: Tab of the inspector.
        dock_page: Tab of the bottom panel.
        is_dock_folded: Whether only its tabs are visible.
        filter_text: Text of the session filter.
        filter_status: Name of its status.
        order: Sort order, in the format of the session filter.
        grouping: Name of the grouping of the rows.
        columns: Columns of the rows, in the format of their presenter.
        reference: Path of the image that others are compared with, or the marker of the previous version.
        similar: Path of the file that the Similar pane compares with.
        watched: One file of each watched row, and watched folders with a separator at their end.
        layer: Channels of the layer that the user selected, as stored in the file.
        layer_part: Part of that layer.
    """

    roots: tuple[str, ...] = ()
    selected: str = ""
    page: int = 0
    dock_page: int = 0
    is_dock_folded: bool = False
    filter_text: str = ""
    filter_status: str = ""
    order: str = ""
    grouping: str = ""
    columns: str = ""
    reference: str = ""
    similar: str = ""
    watched: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()
    layer_part: int = 0


def load_session() -> SavedSession:
    """Return the saved session; an empty one without a file, or from one that is damaged."""
    try:
        values = json.loads(read_text(_session_file()))
    except (OSError, ValueError, RecursionError):
        return SavedSession()
    return parse_session(values)


def save_session(session: SavedSession) -> None:
    """Replace the saved session; a disk that is full or read-only keeps the old one."""
    path = _session_file()
    with suppress(OSError):
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        write_file(path, json.dumps(session_values(session)).encode(), PRIVATE_FILE)


def _session_file() -> Path:
    return state_folder() / "session.json"


def session_values(session: SavedSession) -> dict[str, Any]:
    """Return the values of a session for JSON."""
    return {**asdict(session), "roots": session.roots[:MAX_ROOTS]}


def parse_session(values: object) -> SavedSession:
    """Return a session from JSON values; values of another type than their field are ignored."""
    default = SavedSession()
    if not isinstance(values, dict):
        return default
    known: dict[str, Any] = {}
    for field in fields(SavedSession):
        value, kind = values.get(field.name), type(getattr(default, field.name))
        if kind is tuple and isinstance(value, list):
            known[field.name] = tuple(item for item in value if isinstance(item, str))[:MAX_ROOTS]
        elif type(value) is kind:
            known[field.name] = value
    session = SavedSession(**known)
    is_path = os.path.isabs(session.selected)
    return session if is_path or not session.selected else SavedSession(**{**known, "selected": ""})
