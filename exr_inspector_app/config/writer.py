"""Settings writer: saves texts to the settings file, and keys to the system keyring."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from exr_inspector_app.config.atomic_file import PRIVATE_FILE, write_file
from exr_inspector_app.config.paths import settings_file
from exr_inspector_app.config.places import APP
from exr_inspector_app.config.settings_reader import invalid_toml, read_text
from exr_inspector_app.config.vast import Secret
from exr_inspector_app.errors import ConfigError


def save_settings(
    texts: Mapping[str, str],
    vast: Mapping[str, str],
    settings: Path | None = None,
    targets: Sequence[Mapping[str, str]] | None = None,
) -> None:
    """Save settings atomically. Everything else in the file, comments included, stays unchanged.

    Args:
        texts: Top-level settings; an empty text removes the setting.
        vast: Settings of the [vast] table; an empty text removes the setting.
        settings: Settings file; None for the default one.
        targets: [[targets]] tables, the databases that can be chosen; None leaves them unchanged.

    Raises:
        ConfigError: The file is not valid TOML or cannot be written.
    """
    import tomlkit  # imported on demand: 20 ms that a window does not need to open
    from tomlkit.exceptions import TOMLKitError

    path = settings or settings_file()
    try:
        document = tomlkit.parse(_read_existing(path))
        table = document.get("vast")
        if table is None:
            table = tomlkit.table()
        if not isinstance(table, MutableMapping):
            raise ConfigError(f"{path}: `vast` must be a [vast] table.")
        _update_table(document, texts)
        _update_table(table, vast)
        if "vast" not in document and len(table):
            document["vast"] = table
        if targets is not None:
            _replace_targets(document, targets)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, tomlkit.dumps(document).encode(), PRIVATE_FILE)
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise invalid_toml(path, error) from error
    except OSError as error:
        raise ConfigError(f"Cannot write {path}: {error.strerror}.") from error


def save_keys(endpoint: str, access_key: str, secret_key: Secret) -> None:
    """Save both keys of an endpoint in the system keyring.

    Raises:
        ConfigError: There is no keyring, or it does not accept the keys.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(f"{APP} {endpoint}", "access_key", access_key)
        keyring.set_password(f"{APP} {endpoint}", "secret_key", secret_key.reveal())
    except (KeyringError, RuntimeError, OSError):
        raise ConfigError(
            "No keyring on this machine, so the keys cannot be saved. Set VAST_DB_ACCESS_KEY and VAST_DB_SECRET_KEY "
            "instead."
        ) from None  # the message of a keyring error may contain the keys


def _read_existing(path: Path) -> str:
    """Return the content of the settings file, empty if it does not exist."""
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""


def _update_table(table: MutableMapping[str, Any], texts: Mapping[str, str]) -> None:
    for key, text in texts.items():
        if text:
            table[key] = text
        elif key in table:
            del table[key]


def _replace_targets(document: MutableMapping[str, Any], targets: Sequence[Mapping[str, str]]) -> None:
    """Replace the [[targets]] tables if they differ, so that comments in equal ones stay."""
    import tomlkit

    present = document.get("targets")
    rows = [{key: text for key, text in target.items() if text} for target in targets]
    if (present.unwrap() if present is not None else []) == rows:
        return
    if present is not None:
        del document["targets"]
    if rows:
        tables = tomlkit.aot()
        for row in rows:
            table = tomlkit.table()
            table.update(row)
            tables.append(table)
        document["targets"] = tables
