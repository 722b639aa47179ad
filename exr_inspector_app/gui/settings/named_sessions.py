"""Store of named sessions: one private JSON file per session, in a folder next to the saved session."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from exr_inspector_app.config.atomic_file import PRIVATE_FILE, PRIVATE_FOLDER, write_file
from exr_inspector_app.config.paths import state_folder
from exr_inspector_app.config.settings_reader import read_text
from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.saved_session import SavedSession, parse_session, session_values

MAX_SESSIONS = 100  # files that are listed; further ones cannot be saved
MAX_NAME_CHARS = 80
MAX_FILES = 10**9  # of a count that is believed


class NamedSession(NamedTuple):
    """Entry of the list of sessions.

    Attributes:
        name: As the user entered it.
        files: Number of files when it was saved.
        used: When it was last saved or opened, in ns.
    """

    name: str
    files: int
    used: int


def clean_name(name: str) -> str:
    """Return the name under which a session is saved; empty for a blank one."""
    text = name.encode("utf-8", "ignore").decode()
    return " ".join(text.split())[:MAX_NAME_CHARS].rstrip()


def list_sessions() -> list[NamedSession]:
    """Return the sessions, last used first; skip files that are damaged or not named by their content."""
    sessions: list[NamedSession] = []
    with suppress(OSError):
        for path in islice(_folder().glob("*.json"), MAX_SESSIONS):
            with suppress(OSError, ValueError, RecursionError):
                values = _read(path)
                files = values.get("files")
                count = files if isinstance(files, int) and 0 <= files <= MAX_FILES else 0
                sessions.append(NamedSession(values["name"], int(count), path.stat().st_mtime_ns))
    return sorted(sessions, key=lambda session: (-session.used, session.name))


def load_named(name: str) -> SavedSession:
    """Return a session, and note that it was used.

    Raises:
        KnownError: The session was deleted, or its file cannot be read.
    """
    path = _path(name)
    try:
        session = parse_session(_read(path).get("session"))
    except (OSError, ValueError, RecursionError) as error:
        raise KnownError(strings.session_unreadable(name, path, _reason(error))) from error
    with suppress(OSError):  # a disk that is read-only
        os.utime(path)
    return session


def save_named(name: str, session: SavedSession, files: int) -> None:
    """Save a session; one of this name is replaced.

    Raises:
        KnownError: The file cannot be written, or there are too many sessions.
    """
    path = _path(name)
    values = {"name": name, "files": files, "session": session_values(session)}
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if not path.exists() and sum(1 for _ in islice(path.parent.glob("*.json"), MAX_SESSIONS)) == MAX_SESSIONS:
            raise KnownError(strings.too_many_sessions(MAX_SESSIONS))
        write_file(path, json.dumps(values).encode(), PRIVATE_FILE)
    except OSError as error:
        raise KnownError(strings.session_not_saved(name, path, _reason(error))) from error


def rename_session(name: str, new_name: str) -> None:
    """Rename a session; one of the new name is replaced.

    Raises:
        KnownError: The session was deleted, or a file cannot be read or written.
    """
    if name == new_name:
        return
    path, new_path = _path(name), _path(new_name)
    try:
        values = {**_read(path), "name": new_name}
        used = path.stat().st_mtime_ns
        write_file(new_path, json.dumps(values).encode(), PRIVATE_FILE)
        os.utime(new_path, ns=(used, used))
        path.unlink(missing_ok=True)
    except (OSError, ValueError, RecursionError) as error:
        raise KnownError(strings.session_not_renamed(name, path, _reason(error))) from error


def delete_session(name: str) -> None:
    """Delete a session; its files stay.

    Raises:
        KnownError: The file cannot be deleted.
    """
    path = _path(name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(strings.session_not_deleted(name, path, _reason(error))) from error


def _folder() -> Path:
    return state_folder() / "sessions"


def _path(name: str) -> Path:
    """Return the file of a session; any name gives a file name that all systems take."""
    return _folder() / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> Mapping[str, Any]:
    """Return the values of a file.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file is damaged, or belongs to another name.
    """
    values = json.loads(read_text(path))
    name = values.get("name") if isinstance(values, dict) else None
    if not isinstance(name, str) or not name or clean_name(name) != name or _path(name) != path:
        raise ValueError("not a saved session")
    return dict(values)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "the file is damaged"
