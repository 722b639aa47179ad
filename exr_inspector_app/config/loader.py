"""Everything the core is told from outside, from the places that may tell it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from exr_inspector_app.config import vast
from exr_inspector_app.config.paths import APP, read_settings, settings_file
from exr_inspector_app.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Root:
    """One named place of the studio and the prefixes by which machines know it."""

    name: str
    prefixes: tuple[str, ...]
    fold_case: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the core is told from outside."""

    library: Path
    roots: tuple[Root, ...] = ()
    publisher: str = ""
    vast: vast.Vast | None = None  # None where no VAST Database is configured
    path_template: str = ""  # such as /mnt/prod/{show}/{shot}/{task}/*/{version}
    viewer: str = ""  # the command that shows a picture, such as `rv {path}`


def load(
    library: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
    settings: Path | None = None,
    event: object = None,
    ctx: object = None,
) -> Config:
    """The configuration: argument, event, ctx.secrets, environment and the settings file, in this order.

    `event` and `ctx` are those of a serverless function; they tell of the VAST Database alone. Raises ConfigError
    with the place and the key where a setting cannot be used.
    """
    path = settings or settings_file()
    table = read_settings(path)
    default = platformdirs.user_data_path(APP, appauthor=False) / "library.duckdb"
    chosen = library or environ.get("EXR_INSPECTOR_LIBRARY") or table.get("library") or default
    if not isinstance(chosen, str | Path):
        raise ConfigError(f"{path}: `library` must be a path in quotes.")
    return Config(
        library=Path(chosen).expanduser(),
        roots=_roots(table.get("roots", []), path),
        publisher=environ.get("EXR_INSPECTOR_PUBLISHER") or _login_name(),
        vast=vast.resolve_vast(event, ctx, environ, table.get("vast", {}), path),
        path_template=_text(table, "path_template", path),
        viewer=_text(table, "viewer", path),
    )


def _text(table: Mapping[str, object], key: str, path: Path) -> str:
    """A setting that is a text, empty where it is not set."""
    found = table.get(key, "")
    if not isinstance(found, str):
        raise ConfigError(f"{path}: `{key}` must be a text in quotes.")
    return found


def _roots(rows: object, path: Path) -> tuple[Root, ...]:
    """The path map of the settings file."""
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: `roots` must be a list of [[roots]] tables.")
    return tuple(_root(row, path) for row in rows)


def _root(row: object, path: Path) -> Root:
    """One [[roots]] table."""
    if not isinstance(row, dict):
        raise ConfigError(f"{path}: each of `roots` must be a [[roots]] table.")
    name, prefixes, fold = row.get("name"), row.get("prefixes"), row.get("fold_case", False)
    if not isinstance(name, str) or not name.isidentifier():
        raise ConfigError(f"{path}: a [[roots]] table needs `name`, a word of letters, digits and _.")
    if not isinstance(prefixes, list) or not all(isinstance(p, str) and p for p in prefixes) or not prefixes:
        raise ConfigError(f'{path}: the root {name} needs `prefixes`, such as ["P:/", "/mnt/prod"].')
    if not isinstance(fold, bool):
        raise ConfigError(f"{path}: `fold_case` of the root {name} must be true or false.")
    return Root(name, tuple(prefixes), fold)


def _login_name() -> str:
    """The login name, or nothing where the machine does not tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
