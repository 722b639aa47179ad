"""Application paths: settings file, thumbnail cache, shipped resources; and the settings file reader."""

from __future__ import annotations

import tomllib
from pathlib import Path

import platformdirs

from exr_inspector_app.errors import ConfigError

APP = "exr-inspector"


def settings_file() -> Path:
    """Return the path of the settings file (TOML) in the platform's configuration folder; it may not exist."""
    return platformdirs.user_config_path(APP, appauthor=False) / "settings.toml"


def thumbnails_folder() -> Path:
    """Return the path of the thumbnail cache; it may not exist, and can be deleted at any time."""
    return platformdirs.user_cache_path(APP, appauthor=False) / "thumbnails"


def resource(name: str) -> Path:
    """Return the path of a shipped file or folder under `resources/`, in a checkout or an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name


def read_settings(path: Path) -> dict[str, object]:
    """Read the settings file; a missing file gives an empty table.

    Raises:
        ConfigError: The file cannot be read or is not valid TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:  # raised for invalid TOML and invalid UTF-8
        raise ConfigError(f"Cannot read {path}: not valid TOML ({error}). Fix or delete the file.") from error
