"""Names of the program in the system, and the check for settings files without the packages that read them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

APP = "exr-inspector"
SETTINGS_NAME = "settings.toml"
SETTINGS_VARIABLE = "EXR_INSPECTOR_SETTINGS"  # names a settings file that wins over those of user and site
DECODER_ARGUMENT = "--decoder"  # hidden first argument of the program, which then runs as the worker process
WINDOW_CHECK_ARGUMENT = "--check-window"  # as DECODER_ARGUMENT, for the process that `doctor` starts Qt in
COLOR_CHECK_ARGUMENT = "--check-color"  # as DECODER_ARGUMENT, for the process that checks color configurations


def may_have_settings(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Return False where it is certain that no settings file exists, True otherwise.

    Most machines have none, and platformdirs takes a tenth of the time of `inspect` to import. On Linux its folders are
    those of the XDG Base Directory Specification, https://specifications.freedesktop.org/basedir-spec/latest/.

    Args:
        environ: Environment.
        platform: Name of the system, as in `sys.platform`.
    """
    if platform != "linux" or "ANDROID_ROOT" in environ or environ.get(SETTINGS_VARIABLE, "").strip():
        return True
    user = environ.get("XDG_CONFIG_HOME", "").strip() or os.path.expanduser("~/.config")
    sites = (environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg").split(os.pathsep)
    return any(not os.path.isabs(folder) or _may_exist(folder) for folder in (user, *sites))


def _may_exist(folder: str) -> bool:
    """Return False only if a folder certainly has no settings file."""
    try:
        os.stat(os.path.join(folder, APP, SETTINGS_NAME))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):  # it may be there
        return True
    return True
