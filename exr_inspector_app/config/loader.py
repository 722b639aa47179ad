"""Configuration loader: resolves settings from arguments, events, environment, and the settings file."""

from __future__ import annotations

import getpass
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exr_inspector_app.config import vast
from exr_inspector_app.config.paths import default_library, expand_home, read_settings, settings_file
from exr_inspector_app.config.roots import Root, parse_roots
from exr_inspector_app.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Config:
    """Configuration of the application."""

    library: Path
    roots: tuple[Root, ...] = ()  # to open paths, and for keys in a store without roots
    publisher: str = ""
    vast: vast.Vast | None = None  # None if no VAST Database is configured
    path_template: str = ""  # such as /mnt/prod/{show}/{shot}/{task}/*/{version}
    viewer: str = ""  # command that opens an image, such as `rv {path}`
    shared_library: bool = False  # a new library gets the permissions of the umask, not those of this user alone
    patience_seconds: float | None = None  # for a database that fails during a publish; None for the default


def load(
    library: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
    settings: Path | None = None,
    event: object = None,
    ctx: object = None,
) -> Config:
    """Load the configuration. Precedence, highest first: argument, event, secrets, environment, settings file.

    Args:
        library: Library file.
        environ: Environment variables.
        settings: Settings file; None for the default one.
        event: Event of a serverless function, which configures the VAST Database only.
        ctx: Context of a serverless function, whose `secrets` configure the VAST Database only.

    Raises:
        ConfigError: A setting is invalid; the message names its source and key.
    """
    path = settings or settings_file()
    table = read_settings(path)
    library_path = library or environ.get("EXR_INSPECTOR_LIBRARY") or table.get("library") or default_library()
    if not isinstance(library_path, str | Path):
        raise ConfigError(f"{path}: `library` must be a path in quotes.")
    return Config(
        library=expand_home(str(library_path)),
        roots=parse_roots(table.get("roots", []), str(path)),
        publisher=environ.get("EXR_INSPECTOR_PUBLISHER") or _login_name(),
        vast=vast.resolve_vast(event, ctx, environ, table.get("vast", {}), path),
        path_template=_text_setting(table, "path_template", path),
        viewer=_text_setting(table, "viewer", path),
        shared_library=_flag_setting(table, "shared_library", path),
        patience_seconds=_parse_patience(environ, table, path),
    )


def _text_setting(table: Mapping[str, object], key: str, path: Path) -> str:
    """Return a text setting, empty if it is not set."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{path}: `{key}` must be a text in quotes.")
    return value


def _flag_setting(table: Mapping[str, object], key: str, path: Path) -> bool:
    """Return a setting that is on or off, off if it is not set."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{path}: `{key}` must be true or false.")
    return value


def _parse_patience(environ: Mapping[str, str], table: Mapping[str, object], path: Path) -> float | None:
    """Return the seconds for which a publish waits for a database that fails, or None if they are not set."""
    text = environ.get("EXR_INSPECTOR_PATIENCE", "").strip()
    value = text or table.get("patience_seconds")
    if value is None:
        return None
    source = "EXR_INSPECTOR_PATIENCE" if text else f"{path}: `patience_seconds`"
    try:
        seconds = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ConfigError(f"{source} must be a number of seconds, 0 or more.")
    return seconds


def _login_name() -> str:
    """Return the login name, or an empty text if the system does not provide one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
