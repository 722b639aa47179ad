"""Import and export of settings without secrets, as a TOML file for another machine or user."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import NamedTuple

from exr_inspector_app.config.atomic_file import write_file
from exr_inspector_app.config.layers import TARGET_KEYS, SettingsLayer, unknown_key_sentences
from exr_inspector_app.config.loader import load
from exr_inspector_app.config.paths import settings_file
from exr_inspector_app.config.roots import Root, parse_roots
from exr_inspector_app.config.settings_reader import invalid_toml, read_settings, read_text
from exr_inspector_app.errors import ConfigError

_SECRET_KEYS = ("access_key", "secret_key")


class ImportedSettings(NamedTuple):
    """Settings of a file: texts of the top level and of [vast], databases, roots, and sentences on unknown keys."""

    texts: dict[str, str]
    vast: dict[str, str]
    targets: tuple[dict[str, str], ...]
    roots: tuple[Root, ...] | None  # None if the file has none
    notices: tuple[str, ...]


def export_settings(out: Path, settings: Path | None = None) -> None:
    """Write the settings file of the user without its keys to another file; comments stay.

    Args:
        out: File to write, which is replaced.
        settings: Settings file; None for the default one.

    Raises:
        ConfigError: The settings file cannot be read, or `out` cannot be written.
    """
    import tomlkit  # imported on demand, as in the writer
    from tomlkit.exceptions import TOMLKitError

    path = settings or settings_file()
    try:
        document = tomlkit.parse(read_text(path) if os.path.exists(path) else "")
        vast = document.get("vast")
        if isinstance(vast, MutableMapping):
            for key in _SECRET_KEYS:
                vast.pop(key, None)
        write_file(out, tomlkit.dumps(document).encode())
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise invalid_toml(path, error) from error
    except OSError as error:
        raise ConfigError(f"Cannot write {out}: {error.strerror}.") from error


def import_settings(path: Path) -> ImportedSettings:
    """Read the settings of a file; nothing is saved, and keys are left out.

    Raises:
        ConfigError: The file cannot be read, or a setting is invalid.
    """
    if not os.path.isfile(path):
        raise ConfigError(f"{path} does not exist. Choose a settings file (.toml).")
    table = read_settings(path)
    load(environ={}, settings=path)  # rejects whatever the program would reject
    vast = table.get("vast", {})
    return ImportedSettings(
        _texts(table),
        {key: text for key, text in _texts(vast).items() if key not in _SECRET_KEYS},
        read_targets(table),
        parse_roots(table["roots"], str(path)) if "roots" in table else None,
        unknown_key_sentences([SettingsLayer(str(path), table)]),
    )


def read_targets(table: Mapping[str, object]) -> tuple[dict[str, str], ...]:
    """Return the databases in the [[targets]] tables that have a name and an endpoint."""
    rows = table.get("targets")
    databases = [_texts(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(
        {key: row[key] for key in TARGET_KEYS if row.get(key)}
        for row in databases
        if row.get("name") and row.get("endpoint")
    )


def _texts(table: object) -> dict[str, str]:
    """Return texts and numbers of a table as texts; flags and tables are left out."""
    if not isinstance(table, Mapping):
        return {}
    return {
        key: f"{value:g}" if isinstance(value, float) else str(value)
        for key, value in table.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
