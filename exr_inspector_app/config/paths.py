"""Where the settings file and the shipped files lie, and the settings as they are written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import platformdirs

from exr_inspector_app.errors import ConfigError

APP = "exr-inspector"


def settings_file() -> Path:
    """The settings file (TOML) in the platform's configuration folder; it need not exist."""
    return platformdirs.user_config_path(APP, appauthor=False) / "settings.toml"


def thumbnails_folder() -> Path:
    """Where thumbnails are kept, in the platform's cache folder; it need not exist and may be removed."""
    return platformdirs.user_cache_path(APP, appauthor=False) / "thumbnails"


def resource(name: str) -> Path:
    """A shipped file or folder under `resources/`, in a checkout and in an installed wheel alike."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources" / name
    return inside if inside.exists() else package.parent / "resources" / name


def read_settings(path: Path) -> dict[str, object]:
    """The settings table, empty where there is no file; ConfigError for one that cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # TOML and UTF-8 errors both are
        raise ConfigError(f"The settings file {path} is not valid TOML: {error}. Mend or remove it.") from error
