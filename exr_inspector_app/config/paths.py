"""Application paths: settings file, thumbnail cache, commands of worker processes, shipped resources."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from exr_inspector_app.config.places import APP, COLOR_CHECK_ARGUMENT, DECODER_ARGUMENT, SETTINGS_NAME
from exr_inspector_app.config.settings_reader import read_settings, settings_paths
from exr_inspector_app.errors import ConfigError

_DECODER_MODULE = "exr_inspector_app.exr.pixels.worker_main"
_COLOR_CHECK_MODULE = "exr_inspector_app.color.check_process"


def settings_file() -> Path:
    """Return the path of the settings file (TOML) in the platform's configuration folder; it may not exist."""
    return _user_folder("config") / SETTINGS_NAME


def site_settings_file() -> Path:
    """Return the path of the settings file of the site, which all users of a machine share; it may not exist."""
    import platformdirs  # imported on demand, as in `_user_folder`

    return platformdirs.site_config_path(APP, appauthor=False) / SETTINGS_NAME


def thumbnails_folder() -> Path:
    """Return the path of the thumbnail cache; it may not exist, and can be deleted at any time."""
    return _user_folder("cache") / "thumbnails"


def index_folder() -> Path:
    """Return the folder of the similarity indexes; it may not exist, and can be deleted at any time."""
    return _user_folder("cache") / "index"


def state_folder() -> Path:
    """Return the folder of the program's state, such as that of a publish in progress; it may not exist."""
    return _user_folder("state")


def default_library() -> Path:
    """Return the path of the library if no setting names one; it may not exist."""
    return _user_folder("data") / "library.duckdb"


def expand_home(path: str) -> Path:
    """Return a path with its `~` expanded; a user without a home folder keeps it."""
    return Path(os.path.expanduser(path))


def _user_folder(kind: str) -> Path:
    """Return a folder of the user; below the null device for a user without a home, not in the working directory.

    Args:
        kind: Kind of folder as platformdirs names it, such as `cache`.
    """
    import platformdirs  # imported on demand: not for the path of a resource

    locate: Callable[..., Path] = getattr(platformdirs, f"user_{kind}_path")
    try:
        folder = locate(APP, appauthor=False)
    except RuntimeError:  # containers run as user ids that the system does not know, without HOME
        folder = Path(APP)
    return folder if folder.is_absolute() else Path(os.devnull, *folder.parts)


def decoder_command() -> list[str]:
    """Return the command that starts the worker process, without its arguments.

    The interpreter is $EXR_INSPECTOR_PYTHON, else `interpreter` of the settings files, else that of this process; a
    frozen program starts itself.
    """
    return _module_command(_DECODER_MODULE, DECODER_ARGUMENT)


def color_check_command() -> list[str]:
    """Return the command that starts the check of a color configuration; see `decoder_command`."""
    return _module_command(_COLOR_CHECK_MODULE, COLOR_CHECK_ARGUMENT)


def _module_command(module: str, frozen_argument: str) -> list[str]:
    interpreter = os.environ.get("EXR_INSPECTOR_PYTHON") or _interpreter_setting()
    if not interpreter and getattr(sys, "frozen", False):
        return [sys.executable, frozen_argument]
    return [interpreter or sys.executable or "python3", "-P", "-m", module]


def _interpreter_setting() -> str:
    for path in settings_paths():
        try:
            value = read_settings(path).get("interpreter")
        except ConfigError:  # reported where the configuration is loaded
            continue
        if value is not None:
            return os.path.expanduser(value) if isinstance(value, str) else ""
    return ""


def resource(name: str) -> Path:
    """Return the path of a shipped file or folder under `resources/`, in a checkout or an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name
