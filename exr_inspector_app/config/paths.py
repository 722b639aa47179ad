"""Application paths: settings file, thumbnail cache, shipped resources; and the settings file reader."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from exr_inspector_app.config.places import (
    APP,
    COLOR_CHECK_ARGUMENT,
    DECODER_ARGUMENT,
    SETTINGS_NAME,
    SETTINGS_VARIABLE,
)
from exr_inspector_app.errors import ConfigError

MAX_TEXT_BYTES = 8 * 2**20  # of a settings file
_DECODER_MODULE = "exr_inspector_app.exr.pixels.worker_main"
_COLOR_CHECK_MODULE = "exr_inspector_app.color.check_process"


def settings_file() -> Path:
    """Return the path of the settings file (TOML) in the platform's configuration folder; it may not exist."""
    return _user_folder("config") / SETTINGS_NAME


def site_settings_file() -> Path:
    """Return the path of the settings file of the site, which all users of a machine share; it may not exist."""
    import platformdirs  # imported on demand, as in `_user_folder`

    return platformdirs.site_config_path(APP, appauthor=False) / SETTINGS_NAME


def settings_files(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the settings files, highest precedence first: the one that is named, the user's, the site's.

    Args:
        environ: Environment, in which EXR_INSPECTOR_SETTINGS names a file.
    """
    named = environ.get(SETTINGS_VARIABLE, "").strip()
    return [*([expand_home(named)] if named else []), settings_file(), site_settings_file()]


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
    for path in settings_files():
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


def read_settings(path: Path) -> dict[str, object]:
    """Read the settings file; a missing file, or one below a home that is no folder, gives an empty table.

    Raises:
        ConfigError: The file cannot be read or is not valid TOML.
    """
    try:
        text = read_text(path)
        import tomllib  # imported on demand: not without a settings file

        return tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        if isinstance(error, PermissionError) and not os.access(path.parent, os.X_OK):  # the home of another user
            return {}
        raise ConfigError(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:  # invalid TOML, invalid UTF-8, or deep nesting
        raise invalid_toml(path, error) from error


def invalid_toml(path: Path, error: Exception) -> ConfigError:
    """Return the error about a settings file that is not TOML."""
    reason = "nested too deeply" if isinstance(error, RecursionError) else error
    return ConfigError(f"Cannot read {path}: not valid TOML ({reason}). Fix or delete the file.")


def read_text(path: Path) -> str:
    """Read a small UTF-8 file of the user, with or without a byte order mark.

    Raises:
        OSError: The file cannot be read, is larger than MAX_TEXT_BYTES, or is a device or a pipe, which may never end.
        ValueError: The file is not UTF-8.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(path))
        if facts.st_size > MAX_TEXT_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return file.read(MAX_TEXT_BYTES).decode("utf-8-sig")
