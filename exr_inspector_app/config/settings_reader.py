"""Settings file reader: paths of the settings files and their content.

`inspect` reads settings at every start: packages that take long to import are used only where the system or a file
needs them.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Mapping

from exr_inspector_app.config.places import APP, SETTINGS_NAME, SETTINGS_VARIABLE
from exr_inspector_app.config.plain_toml import parse_plain_toml
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_TEXT_BYTES = 8 * 2**20  # of a settings file
TABLE_NAMES, LIST_NAMES = ("vast",), ("roots", "targets")


def settings_paths(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the settings files, highest precedence first: the one that is named, the user's, the site's.

    Args:
        environ: Environment, in which EXR_INSPECTOR_SETTINGS names a file.
    """
    named = environ.get(SETTINGS_VARIABLE, "").strip()
    return [*([os.path.expanduser(named)] if named else []), *(_xdg_paths() or _platform_paths())]


def _xdg_paths() -> list[str]:
    """Return the settings files of the user and of the site on Linux; none if platformdirs must decide.

    They follow the XDG Base Directory Specification, https://specifications.freedesktop.org/basedir-spec/latest/.
    platformdirs does, too, but takes half of the time of bare Python to import.
    """
    if sys.platform != "linux" or "ANDROID_ROOT" in os.environ:
        return []
    user = os.environ.get("XDG_CONFIG_HOME", "").strip() or os.path.expanduser("~/.config")
    site = (os.environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg").split(os.pathsep)[0]
    if not os.path.isabs(user) or not os.path.isabs(site):
        return []
    return [os.path.join(folder, APP, SETTINGS_NAME) for folder in (user, site)]


def _platform_paths() -> list[str]:
    from exr_inspector_app.config.paths import settings_file, site_settings_file  # imported on demand: pathlib

    return [str(settings_file()), str(site_settings_file())]


def read_settings(path: str | Path) -> dict[str, object]:
    """Read the settings file; a missing file, or one below a home that is no folder, gives an empty table.

    Raises:
        ConfigError: The file cannot be read or is not valid TOML.
    """
    try:
        text = read_text(path)
        plain = parse_plain_toml(text, TABLE_NAMES, LIST_NAMES)
        if plain is not None:
            return plain
        import tomllib  # imported on demand: most settings files are plain

        return tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        is_hidden = isinstance(error, PermissionError) and not os.access(os.path.dirname(path), os.X_OK)
        if is_hidden:  # the home of another user
            return {}
        raise ConfigError(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:  # invalid TOML, invalid UTF-8, or deep nesting
        raise invalid_toml(path, error) from error


def invalid_toml(path: str | Path, error: Exception) -> ConfigError:
    """Return the error about a settings file that is not TOML."""
    reason = "nested too deeply" if isinstance(error, RecursionError) else error
    return ConfigError(f"Cannot read {path}: not valid TOML ({reason}). Fix or delete the file.")


def read_text(path: str | Path) -> str:
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
        data = file.read(MAX_TEXT_BYTES)
    return data.removeprefix(b"\xef\xbb\xbf").decode()
