"""Origins of settings: the value in force of each setting, and the source that it comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from exr_inspector_app.config.layers import VAST_KEYS, SettingsLayer, find_setting, read_layers
from exr_inspector_app.config.loader import load
from exr_inspector_app.config.vast import Vast, key_of_keyring, texts_in_force

_VARIABLES = {"library": "EXR_INSPECTOR_LIBRARY", "publisher": "EXR_INSPECTOR_PUBLISHER"}
MASK = "***"


class SettingOrigin(NamedTuple):
    """Setting with its value as text, *** for keys, and its source: a variable, a file, `keyring`, or `default`."""

    name: str
    value: str
    origin: str


def setting_origins(environ: Mapping[str, str] = os.environ, settings: Path | None = None) -> list[SettingOrigin]:
    """Return all settings with their values in force and their origins.

    Raises:
        ConfigError: A setting is invalid.
    """
    layers, config = read_layers(environ, settings), load(environ=environ, settings=settings)
    interpreter = find_setting(layers, "interpreter")
    roots = ", ".join(f"{root.name} ({', '.join(root.prefixes)})" for root in config.roots)
    values = {
        "library": str(config.library),
        "publisher": config.publisher,
        "path_template": config.path_template,
        "viewer": config.viewer,
        "shared_library": str(config.shared_library).lower(),
        "patience_seconds": "" if config.patience_seconds is None else f"{config.patience_seconds:g}",
        "picture_cache_mb": "" if config.picture_cache_mb is None else str(config.picture_cache_mb),
        "decoder_memory_mb": "" if config.decoder_memory_mb is None else str(config.decoder_memory_mb),
        "decoder_threads": "" if config.decoder_threads is None else str(config.decoder_threads),
        "interpreter": environ.get("EXR_INSPECTOR_PYTHON") or str((interpreter.value if interpreter else "") or ""),
        "roots": roots,
    }
    variables = {**_VARIABLES, "interpreter": "EXR_INSPECTOR_PYTHON", "patience_seconds": "EXR_INSPECTOR_PATIENCE"}
    rows = [
        SettingOrigin(name, value, _origin(name, variables.get(name, ""), environ, layers))
        for name, value in values.items()
    ]
    rows += [_vast_origin(key, config.vast, environ, layers) for key in VAST_KEYS]
    return rows


def _vast_origin(
    key: str, vast: Vast | None, environ: Mapping[str, str], layers: Sequence[SettingsLayer]
) -> SettingOrigin:
    """Return a setting of [vast]; without an endpoint it is the text that an endpoint would be used with."""
    value = getattr(vast, key) if vast else texts_in_force(environ, layers)[key]
    value = ", ".join(value) if isinstance(value, tuple) else str(value or "")
    origin = _origin(key, f"VAST_DB_{key.upper()}", environ, layers, "vast")
    fallback = f"S3_{key.upper()}"
    if origin == "default" and value and environ.get(fallback, "").strip():
        origin = f"${fallback}"
    if not key.endswith("_key"):
        return SettingOrigin(f"vast.{key}", value, origin)
    if vast and not value and key_of_keyring(vast.endpoint, key):
        return SettingOrigin(f"vast.{key}", MASK, "keyring")
    return SettingOrigin(f"vast.{key}", MASK if value else "", origin)


def _origin(
    name: str, variable: str, environ: Mapping[str, str], layers: Sequence[SettingsLayer], section: str = ""
) -> str:
    if variable and environ.get(variable, "").strip():
        return f"${variable}"
    setting = find_setting(layers, name, section)
    return str(setting.path) if setting and setting.value else "default"
