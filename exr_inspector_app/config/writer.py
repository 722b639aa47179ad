"""What a person enters on the settings page, kept: words in the settings file, keys in the keyring."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from exr_inspector_app.config.paths import APP, settings_file
from exr_inspector_app.config.secret import Secret
from exr_inspector_app.errors import ConfigError

if TYPE_CHECKING:
    import tomlkit


def save_settings(words: Mapping[str, str], vast: Mapping[str, str], settings: Path | None = None) -> None:
    """The settings file holds these words, and those of `vast` in its [vast] table; an empty one is taken out.

    Everything else in the file stays as it is, comments too. Raises ConfigError where it cannot be written.
    """
    import tomlkit  # 20 ms: not for a window that is only opened
    from tomlkit.exceptions import TOMLKitError

    path = settings or settings_file()
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        table = document.get("vast")
        if table is None:
            table = tomlkit.table()
        _put(document, words)
        _put(table, vast)
        if "vast" not in document and len(table):
            document["vast"] = table
        _replace(path, tomlkit.dumps(document))
    except (TOMLKitError, ValueError) as error:
        raise ConfigError(f"The settings file {path} is not valid TOML: {error}. Mend or remove it.") from error
    except OSError as error:
        raise ConfigError(f"The settings file {path} cannot be written: {error.strerror}.") from error


def save_keys(endpoint: str, access_key: str, secret_key: Secret) -> None:
    """The system's keyring keeps both keys for this endpoint; ConfigError where there is none that does."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(f"{APP} {endpoint}", "access_key", access_key)
        keyring.set_password(f"{APP} {endpoint}", "secret_key", secret_key.reveal())
    except (KeyringError, RuntimeError, OSError):
        raise ConfigError(
            "This machine has no keyring that takes the keys; set VAST_DB_ACCESS_KEY and VAST_DB_SECRET_KEY in the "
            "environment instead."
        ) from None  # a keyring's own error may repeat what it was given


def _put(table: tomlkit.TOMLDocument | tomlkit.items.Table, words: Mapping[str, str]) -> None:
    for key, word in words.items():
        if word:
            table[key] = word
        elif key in table:
            del table[key]


def _replace(path: Path, text: str) -> None:
    """The file holds the text, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
