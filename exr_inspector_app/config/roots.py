"""Roots of the path map: parser and writer of [[roots]] tables, as settings files and databases contain them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from exr_inspector_app.config.settings_reader import read_settings
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLE = '["P:/", "/mnt/prod"]'


class Root(NamedTuple):
    """Named root of the path map, with the prefixes under which machines mount it."""

    name: str
    prefixes: tuple[str, ...]
    fold_case: bool = False  # compare paths below this root case-insensitively


def parse_roots(rows: object, source: str) -> tuple[Root, ...]:
    """Parse a list of roots.

    Args:
        rows: List of tables with `name`, `prefixes`, and optionally `fold_case`.
        source: Name of the file or database, for error messages.

    Raises:
        ConfigError: A root is invalid.
    """
    if not isinstance(rows, list):
        raise ConfigError(f"{source}: `roots` must be a list of [[roots]] tables.")
    return tuple(_parse_root(row, source) for row in rows)


def read_roots(path: Path) -> tuple[Root, ...]:
    """Read the roots of a TOML file, such as the settings file; its other keys are ignored.

    Raises:
        ConfigError: The file does not exist, is not valid TOML, or has no valid [[roots]] tables.
    """
    if not os.path.isfile(path):
        raise ConfigError(f"{path} does not exist. Name a TOML file with [[roots]] tables.")
    table = read_settings(path)
    if "roots" not in table:
        raise ConfigError(f"{path} has no [[roots]] tables. `roots = []` means none.")
    return parse_roots(table["roots"], str(path))


def format_roots(roots: Sequence[Root]) -> str:
    """Return the roots as TOML, for a settings file."""
    return "\n\n".join(map(_format_root, roots)) if roots else "roots = []"


def _format_root(root: Root) -> str:
    prefixes = ", ".join(map(_quote, root.prefixes))
    lines = ["[[roots]]", f"name = {_quote(root.name)}", f"prefixes = [{prefixes}]"]
    return "\n".join([*lines, "fold_case = true"] if root.fold_case else lines)


def _quote(text: str) -> str:
    """Return a text without control characters as a basic string of TOML, which has the same escapes as JSON."""
    import json  # imported on demand: reading roots does without

    return json.dumps(text, ensure_ascii=False)


def _parse_root(row: object, source: str) -> Root:
    """Parse one [[roots]] table."""
    if not isinstance(row, Mapping):
        raise ConfigError(f"{source}: each of `roots` must be a [[roots]] table.")
    name, prefixes, fold = row.get("name"), row.get("prefixes"), row.get("fold_case", False)
    if not isinstance(name, str) or not name.isidentifier():
        raise ConfigError(f"{source}: a [[roots]] table needs a `name` of letters, digits and _.")
    if not isinstance(prefixes, list) or not all(_is_prefix(prefix) for prefix in prefixes) or not prefixes:
        raise ConfigError(f"{source}: the root {name[:60]} needs `prefixes`, such as {_EXAMPLE}.")
    if not isinstance(fold, bool):
        raise ConfigError(f"{source}: `fold_case` of the root {name[:60]} must be true or false.")
    return Root(name, tuple(prefixes), fold)


def _is_prefix(value: Any) -> bool:
    """Return True for a text without control characters, which TOML and terminals do not take."""
    return (
        isinstance(value, str) and value.strip() != "" and not any(ord(char) < 32 or ord(char) == 127 for char in value)
    )
