"""Layers of settings files: the file that is named, the user's, and the site's, with a check for unknown keys."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from exr_inspector_app.config.places import SETTINGS_VARIABLE
from exr_inspector_app.config.settings_reader import read_settings, settings_paths
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TOP_KEYS = (
    *("library", "path_template", "viewer", "shared_library", "patience_seconds", "interpreter"),
    *("picture_cache_mb", "decoder_memory_mb", "decoder_threads"),
    *("roots", "vast", "targets"),
)
VAST_KEYS = (
    *("endpoint", "access_key", "secret_key", "region", "bucket", "schema", "ca_file"),
    *("data_endpoints", "query_endpoint"),
)
TARGET_KEYS = ("name", "endpoint", "bucket", "schema", "region", "ca_file")  # of a database that is not in use
ROOT_KEYS = ("name", "prefixes", "fold_case")


class SettingsLayer(NamedTuple):
    """Settings file with its content."""

    path: str
    table: dict[str, object]


class SettingValue(NamedTuple):
    """Value of a setting, and the file that it comes from."""

    value: object
    path: str


def read_layers(
    environ: Mapping[str, str] = os.environ, settings: str | Path | None = None
) -> tuple[SettingsLayer, ...]:
    """Read the settings files, highest precedence first.

    Args:
        environ: Environment, in which EXR_INSPECTOR_SETTINGS names a file.
        settings: The only file to read; None for all.

    Raises:
        ConfigError: A file cannot be read or is not valid TOML, or the file that is named does not exist.
    """
    named = environ.get(SETTINGS_VARIABLE, "").strip()
    paths = [str(settings)] if settings else settings_paths(environ)
    if named and not settings and not os.path.isfile(paths[0]):
        raise ConfigError(f"The settings file {paths[0]} does not exist. Correct --config-file or {SETTINGS_VARIABLE}.")
    return tuple(SettingsLayer(path, read_settings(path)) for path in paths)


def find_setting(layers: Sequence[SettingsLayer], key: str, section: str = "") -> SettingValue | None:
    """Return the value of a setting from the first file that has it.

    Args:
        layers: Settings files, highest precedence first.
        key: Name of the setting.
        section: Table that contains it, such as `vast`; empty for the top level.
    """
    for layer in layers:
        table = layer.table.get(section) if section else layer.table
        if isinstance(table, dict) and key in table:
            return SettingValue(table[key], layer.path)
    return None


def unknown_key_sentences(layers: Sequence[SettingsLayer]) -> tuple[str, ...]:
    """Return one sentence per key that no setting has, with the nearest one that there is."""
    return tuple(sentence for layer in layers for sentence in _unknown_keys(layer))


def _unknown_keys(layer: SettingsLayer) -> Iterator[str]:
    yield from _compare(layer.path, "", layer.table, TOP_KEYS)
    vast = layer.table.get("vast")
    if isinstance(vast, dict):
        yield from _compare(layer.path, " of [vast]", vast, VAST_KEYS)
    for name, keys in (("roots", ROOT_KEYS), ("targets", TARGET_KEYS)):
        rows = layer.table.get(name)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict):
                yield from _compare(layer.path, f" of [[{name}]]", row, keys)


def _compare(path: str, place: str, table: Mapping[str, object], known: Sequence[str]) -> Iterator[str]:
    for key in table:
        if key not in known:
            from difflib import get_close_matches  # imported on demand: not for files without mistakes

            match = next(iter(get_close_matches(key.lower(), known, n=1, cutoff=0.5)), None)
            hint = f"Did you mean `{match}`?" if match else f"Settings: {', '.join(known)}."
            yield f"{path}: unknown setting `{key}`{place}. {hint}"
