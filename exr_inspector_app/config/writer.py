"""Settings writer: saves texts to the settings file, and keys to the system keyring."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from exr_inspector_app.config.paths import APP, settings_file
from exr_inspector_app.config.vast import Secret
from exr_inspector_app.errors import ConfigError

if TYPE_CHECKING:
    import tomlkit


def save_settings(texts: Mapping[str, str], vast: Mapping[str, str], settings: Path | None = None) -> None:
    """Save settings atomically. Everything else in the file, comments included, stays unchanged.

    Args:
        texts: Top-level settings; an empty text removes the setting.
        vast: Settings of the [vast] table; an empty text removes the setting.
        settings: Settings file; None for the default one.

    Raises:
        ConfigError: The file is not valid TOML or cannot be written.
    """
    import tomlkit  # imported on demand: 20 ms that a window does not need to open
    from tomlkit.exceptions import TOMLKitError

    path = settings or settings_file()
    try:
        content = path.read_text(encoding="utf-8") if path.exists() else ""
        document = tomlkit.parse(content)
        table = document.get("vast")
        if table is None:
            table = tomlkit.table()
        _update_table(document, texts)
        _update_table(table, vast)
        if "vast" not in document and len(table):
            document["vast"] = table
        _replace_file(path, tomlkit.dumps(document))
    except (TOMLKitError, ValueError) as error:
        raise ConfigError(f"Cannot read {path}: not valid TOML ({error}). Fix or delete the file.") from error
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


def _update_table(table: tomlkit.TOMLDocument | tomlkit.items.Table, texts: Mapping[str, str]) -> None:
    for key, text in texts.items():
        if text:
            table[key] = text
        elif key in table:
            del table[key]


def _replace_file(path: Path, content: str) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
