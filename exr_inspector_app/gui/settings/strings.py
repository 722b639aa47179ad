"""Labels, hints and messages of the settings sheet."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "Settings"
LIBRARY_TITLE, VAST_TITLE, FILES_TITLE = "Local library", "VAST Database", "Files"
TEST = "Test connection"
SAVE, CANCEL = "Save", "Cancel"
TESTING = "Testing…"

LABELS: Mapping[str, str] = {
    "endpoint": "Endpoint", "bucket": "Bucket", "schema": "Schema", "region": "Region", "access_key": "Access key",
    "secret_key": "Secret key", "ca_file": "Certificates", "viewer": "Viewer", "path_template": "Path template",
    "patience_seconds": "Patience", "picture_cache_mb": "Image cache",
}  # fmt: skip
HINTS: Mapping[str, str] = {
    "endpoint": "https://vast.example.com",
    "bucket": "VAST bucket (database view), e.g. renders",
    "schema": "exr_metadata",
    "region": "us-east-1",
    "access_key": "",
    "secret_key": "",
    "ca_file": "optional: CA certificate file (.pem)",
    "patience_seconds": "30 (seconds, for a failing database)",
    "picture_cache_mb": "MB of memory; a quarter of it, at most 2048",
    "viewer": "command that opens a file, e.g. rv {file}; also {frame}, {layer}",
    "path_template": "/mnt/prod/{show}/{shot}/{task}/*/{version}",
}
ROOTS_TITLE = "Roots"
ADD_ROOT, REMOVE_ROOT = "Add root", "Remove root"
NAME, PREFIXES, FOLD_CASE = "Name", "Prefixes", "Ignore case"
NAME_HINT, PREFIXES_HINT = "prod", "P:/; /mnt/prod; s3://prod"
EXAMPLE, EXAMPLE_HINT, KEY = "Example", "a path on this machine", "Key"
REKEY = "Give published files their new keys"
READING_ROOTS = "Reading…"
NO_ROOTS = "None yet: the roots in the settings file of each user count."
ROOTS_NOTE = "A file has one key under all prefixes of a root, for all publishers to this target."
LIBRARY_NOTE = "Library file (DuckDB). Set EXR_INSPECTOR_LIBRARY, or “library” in the settings file, to use another."
KEYS_NOTE = "Keys are stored in the system keyring, never in a file."


def roots_of(target: str) -> str:
    """Return the title of the roots of a target."""
    return f"{ROOTS_TITLE} ({target})"


def set_by(name: str) -> str:
    """Return the tooltip of a field whose value comes from the environment variable `name`."""
    return f"Set by {name}"


def session_unreadable(name: str, path: object, reason: str) -> str:
    """Return the sentence about a named session that cannot be read."""
    return f"Cannot open the session “{name}”: {reason} ({path})."


def session_not_saved(name: str, path: object, reason: str) -> str:
    """Return the sentence about a named session that cannot be saved."""
    return f"Cannot save the session “{name}”: {reason} ({path})."


def session_not_renamed(name: str, path: object, reason: str) -> str:
    """Return the sentence about a named session that cannot be renamed."""
    return f"Cannot rename the session “{name}”: {reason} ({path})."


def session_not_deleted(name: str, path: object, reason: str) -> str:
    """Return the sentence about a named session that cannot be deleted."""
    return f"Cannot delete the session “{name}”: {reason} ({path})."


def too_many_sessions(count: int) -> str:
    """Return the sentence about a session beyond the limit."""
    return f"There are {count:,} saved sessions already. Delete one, then save again."
