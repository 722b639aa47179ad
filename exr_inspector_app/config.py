"""Where things are and who is asked: arguments, environment and the settings file, in this order."""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from exr_inspector_app.errors import ConfigError

APP = "exr-inspector"


class Secret:
    """A word that must not be seen: it prints as *** everywhere, and only `reveal()` gives it out."""

    __slots__ = ("_word",)

    def __init__(self, word: str) -> None:
        self._word = word

    def reveal(self) -> str:
        """The word itself, for the call that needs it."""
        return self._word

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._word == self._word

    def __hash__(self) -> int:
        return hash(self._word)


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


def settings_file() -> Path:
    """The settings file (TOML) in the platform's configuration folder; it need not exist."""
    return platformdirs.user_config_path(APP, appauthor=False) / "settings.toml"


def resource(name: str) -> Path:
    """A shipped file or folder under `resources/`, in a checkout and in an installed wheel alike."""
    here = Path(__file__).resolve().parent
    inside = here / "resources" / name
    return inside if inside.exists() else here.parent / "resources" / name


def load(
    library: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
    settings: Path | None = None,
) -> Config:
    """The configuration: argument, then environment (`EXR_INSPECTOR_LIBRARY`), then the settings file.

    Raises ConfigError with the place and the key where a setting cannot be used.
    """
    path = settings or settings_file()
    table = _read(path)
    default = platformdirs.user_data_path(APP, appauthor=False) / "library.duckdb"
    chosen = library or environ.get("EXR_INSPECTOR_LIBRARY") or table.get("library") or default
    if not isinstance(chosen, str | Path):
        raise ConfigError(f"{path}: `library` must be a path in quotes.")
    return Config(
        library=Path(chosen).expanduser(),
        roots=_roots(table.get("roots", []), path),
        publisher=environ.get("EXR_INSPECTOR_PUBLISHER") or _login_name(),
    )


def _read(path: Path) -> dict[str, object]:
    """The settings table, empty where there is no file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # TOML and UTF-8 errors both are
        raise ConfigError(f"The settings file {path} is not valid TOML: {error}. Mend or remove it.") from error


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
