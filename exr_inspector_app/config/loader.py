"""Configuration loader: resolves settings from arguments, events, environment, and the settings files."""

from __future__ import annotations

import getpass
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exr_inspector_app.config import vast
from exr_inspector_app.config.layers import SettingsLayer, find_setting, read_layers, unknown_key_sentences
from exr_inspector_app.config.paths import default_library, expand_home
from exr_inspector_app.config.roots import Root, parse_roots
from exr_inspector_app.errors import ConfigError

MAX_CACHE_DIGITS = 7  # of a size in MB
MIN_DECODER_MB = 256  # with less, ordinary pictures cannot be decoded


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
    picture_cache_mb: int | None = None  # of the pictures that the window keeps; None for the default
    decoder_memory_mb: int | None = None  # of all decoders of the window together; None for the default
    decoder_threads: int | None = None  # of one decoder of the window; None for one per core
    notices: tuple[str, ...] = ()  # sentences about settings files, such as one on an unknown key


def load(
    library: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
    settings: Path | None = None,
    event: object = None,
    ctx: object = None,
) -> Config:
    """Load the configuration. Precedence, highest first: argument, event, secrets, environment, settings files.

    Args:
        library: Library file.
        environ: Environment variables.
        settings: The only settings file to read; None for the file that EXR_INSPECTOR_SETTINGS names, the user's, and
            the site's, in this order.
        event: Event of a serverless function, which configures the VAST Database only.
        ctx: Context of a serverless function, whose `secrets` configure the VAST Database only.

    Raises:
        ConfigError: A setting is invalid; the message names its source and key.
    """
    layers = read_layers(environ, settings)
    roots = find_setting(layers, "roots")
    return Config(
        library=_library_path(library or environ.get("EXR_INSPECTOR_LIBRARY"), layers),
        roots=parse_roots(roots.value, str(roots.path)) if roots else (),
        publisher=environ.get("EXR_INSPECTOR_PUBLISHER") or _login_name(),
        vast=vast.resolve_vast(event, ctx, environ, layers),
        path_template=_text_setting(layers, "path_template"),
        viewer=_text_setting(layers, "viewer"),
        shared_library=_flag_setting(layers, "shared_library"),
        patience_seconds=_parse_patience(environ, layers),
        picture_cache_mb=_picture_cache(layers),
        decoder_memory_mb=_count_setting(layers, "decoder_memory_mb", MIN_DECODER_MB),
        decoder_threads=_count_setting(layers, "decoder_threads", 1),
        notices=unknown_key_sentences(layers),
    )


def load_defaults(environ: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration without settings files and database, so that the window starts if `load` fails."""
    library = expand_home(environ.get("EXR_INSPECTOR_LIBRARY") or str(default_library()))
    return Config(library, publisher=environ.get("EXR_INSPECTOR_PUBLISHER") or _login_name())


def _library_path(chosen: str | Path | None, layers: Sequence[SettingsLayer]) -> Path:
    """Return the library: the chosen one, that of the settings files, or the default one."""
    return expand_home(str(chosen or _text_setting(layers, "library", "a path") or default_library()))


def _text_setting(layers: Sequence[SettingsLayer], key: str, noun: str = "a text") -> str:
    """Return a text setting, empty if it is not set."""
    setting = find_setting(layers, key)
    if setting is None:
        return ""
    if not isinstance(setting.value, str):
        raise ConfigError(f"{setting.path}: `{key}` must be {noun} in quotes.")
    if "\0" in setting.value:
        raise ConfigError(f"{setting.path}: `{key}` has a NUL, which no path and no program takes.")
    return setting.value


def _flag_setting(layers: Sequence[SettingsLayer], key: str) -> bool:
    """Return a setting that is on or off, off if it is not set."""
    setting = find_setting(layers, key)
    if setting is None:
        return False
    if not isinstance(setting.value, bool):
        raise ConfigError(f"{setting.path}: `{key}` must be true or false.")
    return setting.value


def _parse_patience(environ: Mapping[str, str], layers: Sequence[SettingsLayer]) -> float | None:
    """Return the seconds for which a publish waits for a database that fails, or None if they are not set."""
    text = environ.get("EXR_INSPECTOR_PATIENCE", "").strip()
    setting = find_setting(layers, "patience_seconds")
    value = text or (setting.value if setting else None)
    if value is None:
        return None
    return parse_patience(
        value, "EXR_INSPECTOR_PATIENCE" if text else f"{setting.path if setting else ''}: `patience_seconds`"
    )


def parse_patience(value: object, source: str) -> float:
    """Return a number of seconds.

    Args:
        value: Number, or the text of one.
        source: Name of the setting, for the message.

    Raises:
        ConfigError: It is no number of seconds.
    """
    try:
        seconds = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ConfigError(f"{source} must be a number of seconds, 0 or more.")
    return seconds


def _picture_cache(layers: Sequence[SettingsLayer]) -> int | None:
    setting = find_setting(layers, "picture_cache_mb")
    return parse_picture_cache(setting.value, f"{setting.path}: `picture_cache_mb`") if setting else None


def parse_picture_cache(value: object, source: str) -> int | None:
    """Return a size in MB, None for an empty text.

    Args:
        value: Whole number, or the text of one.
        source: Name of the setting, for the message.

    Raises:
        ConfigError: It is no size.
    """
    text = str(value).strip()
    if not text:
        return None
    if isinstance(value, bool) or not text.isdecimal() or len(text) > MAX_CACHE_DIGITS:
        raise ConfigError(f"{source} must be a whole number of MB, 0 or more.")
    return int(text)


def _count_setting(layers: Sequence[SettingsLayer], key: str, minimum: int) -> int | None:
    setting = find_setting(layers, key)
    return parse_count(setting.value, f"{setting.path}: `{key}`", minimum) if setting else None


def parse_count(value: object, source: str, minimum: int) -> int | None:
    """Return a whole number, None for an empty text.

    Args:
        value: Whole number, or the text of one.
        source: Name of the setting, for the message.
        minimum: Smallest number.

    Raises:
        ConfigError: It is no such number.
    """
    text = str(value).strip()
    if not text:
        return None
    if isinstance(value, bool) or not text.isdecimal() or len(text) > MAX_CACHE_DIGITS or int(text) < minimum:
        raise ConfigError(f"{source} must be a whole number, {minimum} or more.")
    return int(text)


def _login_name() -> str:
    """Return the login name, or an empty text if the system does not provide one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
