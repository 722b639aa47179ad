"""Origins of settings: the value in force of each setting, and the source that it comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from exr_inspector_app.config.loader import load
from exr_inspector_app.config.paths import read_settings, settings_file

_VARIABLES = {"library": "EXR_INSPECTOR_LIBRARY", "publisher": "EXR_INSPECTOR_PUBLISHER"}
_VAST_KEYS = (
    *("endpoint", "access_key", "secret_key", "region", "bucket", "schema", "ca_file"),
    *("data_endpoints", "query_endpoint"),
)
MASK = "***"


class SettingOrigin(NamedTuple):
    """Setting with its value as text, *** for keys, and its source: a variable, a file, or `default`."""

    name: str
    value: str
    origin: str


def setting_origins(environ: Mapping[str, str] = os.environ, settings: Path | None = None) -> list[SettingOrigin]:
    """Return all settings with their values in force and their origins.

    Raises:
        ConfigError: A setting is invalid.
    """
    path = settings or settings_file()
    table, config = read_settings(path), load(environ=environ, settings=path)
    vast = config.vast
    roots = ", ".join(f"{root.name} ({', '.join(root.prefixes)})" for root in config.roots)
    values = {
        "library": str(config.library),
        "publisher": config.publisher,
        "path_template": config.path_template,
        "viewer": config.viewer,
        "shared_library": str(config.shared_library).lower(),
        "patience_seconds": "" if config.patience_seconds is None else f"{config.patience_seconds:g}",
        "interpreter": environ.get("EXR_INSPECTOR_PYTHON") or str(table.get("interpreter") or ""),
        "roots": roots,
    }
    variables = {**_VARIABLES, "interpreter": "EXR_INSPECTOR_PYTHON", "patience_seconds": "EXR_INSPECTOR_PATIENCE"}
    rows = [
        SettingOrigin(name, value, _origin(name, variables.get(name, ""), environ, table, path))
        for name, value in values.items()
    ]
    section = table.get("vast")
    section = section if isinstance(section, dict) else {}
    for key in _VAST_KEYS:
        is_secret = key.endswith("_key")
        value = getattr(vast, key) if vast else ""
        value = ", ".join(value) if isinstance(value, tuple) else str(value or "")
        shown = MASK if is_secret and value else value
        origin = _origin(key, f"VAST_DB_{key.upper()}", environ, section, path)
        fallback = f"S3_{key.upper()}"
        if origin == "default" and shown and environ.get(fallback, "").strip():
            origin = f"${fallback}"
        rows.append(SettingOrigin(f"vast.{key}", shown, origin))
    return rows


def _origin(name: str, variable: str, environ: Mapping[str, str], table: Mapping[str, object], path: Path) -> str:
    if variable and environ.get(variable, "").strip():
        return f"${variable}"
    return str(path) if table.get(name) else "default"
