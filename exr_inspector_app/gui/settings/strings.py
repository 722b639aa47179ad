"""Labels, hints and messages of the settings page."""

from __future__ import annotations

from collections.abc import Mapping

from exr_inspector_app.text.format import pluralize

TITLE = "Settings"
TEST = "Test connection"
SAVE, CANCEL = "Save", "Cancel"
TESTING = "Testing…"
FIND_SETTING = "Find a setting"
EXPORT, IMPORT = "Export settings", "Import settings"
SECTIONS: Mapping[str, str] = {
    "library": "Library", "targets": "VAST Database", "roots": "Roots", "path_template": "Path template",
    "color": "Color configuration", "limits": "Limits", "appearance": "Appearance",
}  # fmt: skip

LABELS: Mapping[str, str] = {
    "library": "Location", "name": "Name", "endpoint": "Endpoint", "bucket": "Bucket", "schema": "Schema",
    "region": "Region", "access_key": "Access key", "secret_key": "Secret key", "ca_file": "Certificates",
    "viewer": "Viewer", "path_template": "Template", "patience_seconds": "Patience", "picture_cache_mb": "Image cache",
    "decoder_memory_mb": "Decoder memory", "decoder_threads": "Decoder threads",
}  # fmt: skip
HINTS: Mapping[str, str] = {
    "library": "",
    "name": "a name for the menu, e.g. Studio",
    "endpoint": "https://vast.example.com",
    "bucket": "VAST bucket (database view), e.g. renders",
    "schema": "exr_metadata",
    "region": "us-east-1",
    "access_key": "",
    "secret_key": "",
    "ca_file": "optional: CA certificate file (.pem)",
    "patience_seconds": "30 (seconds, for a failing database)",
    "picture_cache_mb": "MB of memory; a quarter of it, at most 2048",
    "decoder_memory_mb": "MB for all decoders together; three quarters of the memory",
    "decoder_threads": "one per core, at most 16",
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
KEYS_NOTE = "Keys are stored in the system keyring, never in a file."
USE_UNTIL_QUIT = "Use these keys until I quit"
CREATE_TABLES = "Create tables"
INIT_COMMAND = "Run `exr-inspector vast init`."
LIMITS_NOTE = "Decoders that start from now on use the new limits."

CHOOSE_LIBRARY, MOVE_LIBRARY, NEW_LIBRARY = "Choose…", "Move…", "New…"
CHOOSE_TITLE, MOVE_TITLE, NEW_TITLE = "Choose a library", "Move the library to", "New library"
LIBRARY_FILTER = "Library (*.duckdb)"
SETTINGS_FILTER = "Settings (*.toml)"
EXPORT_TITLE, IMPORT_TITLE = "Export settings without keys", "Import settings"
MOVE_WHILE_PUBLISHING = "A publish is running. Wait for it or stop it, then move the library."
MOVING = "Moving the library…"
IMPORTED = "Imported. Check the values, then save."

DATABASE, NEW_DATABASE = "Database", "New database"
ADD_DATABASE, REMOVE_DATABASE = "Add database", "Remove"

CONFIGURATION, CHOOSE_FILE = "Configuration", "Choose file…"
CONFIGURATION_FILTER = "OpenColorIO (*.ocio *.ocioz)"
THEME, SCALE = "Theme", "Scale"
SCALE_NOTE = "from the next start"

ANOTHER_EXAMPLE = "Another example"
CLICK_A_WORD = "Click a folder and choose what it is."
NO_EXAMPLE = "Open some files: their folders are shown here, to click what is show, shot, task and version."
ROLES: Mapping[str, str] = {
    "show": "Show", "shot": "Shot", "task": "Task", "version": "Version", "*": "Any", "fixed": "This folder",
    "mixed": "Typed", "": "Not part",
}  # fmt: skip
ROLE_MARKS: Mapping[str, str] = {**ROLES, "*": "", "fixed": "", "": ""}

INVALID_ENDPOINT = "Invalid endpoint. Use https://vast.example.com or https://vast.example.com:8443."
INVALID_BUCKET = "Use a-z, 0-9, dots and dashes, 2 to 63 of them."
INVALID_SCHEMA = "Use a-z, 0-9 and _."
RELATIVE_PATH = "Use a full path, such as ~/library.duckdb."
UNBALANCED_QUOTES = "A quotation mark is not closed."


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


def unknown_placeholder(name: str) -> str:
    """Return the sentence about a placeholder that the viewer command does not have."""
    return f"Unknown placeholder {{{name}}}. Use {{file}}, {{frame}} and {{layer}}."


def too_much_memory(machine: int, most: int) -> str:
    """Return the sentence about a limit that does not fit into the machine, in MB."""
    return f"This machine has {machine:,} MB. At most {most:,} MB; the rest stays for other programs."


def word_with_role(word: str, role: str) -> str:
    """Return the accessible name of a folder of the example path."""
    return f"{word}: {role}"


def word_is(word: str) -> str:
    """Return the label of the roles of a folder."""
    return f"{word} is"


def template_result(names: Mapping[str, str]) -> str:
    """Return the values of the template in the example path."""
    values = "    ".join(f"{ROLES[name]}: {text}" for name, text in names.items())
    return values or "The template does not match this path."


def template_matches(count: int, total: int) -> str:
    """Return how many of the folders with open files a template matches."""
    return f"Matches {count:,} of {pluralize(total, 'folder')} with open files."


def exported(name: str) -> str:
    """Return the sentence about settings that were exported."""
    return f"Exported the saved settings without keys to {name}."


def percent(value: int) -> str:
    """Return a scale in percent."""
    return f"{value} %"


def library_note(files: int | None) -> str:
    """Return the sentence below the location of the library."""
    count = "" if files is None else f"{pluralize(files, 'file')} published. "
    return f"{count}A library is one DuckDB file; all its users publish to the same."
