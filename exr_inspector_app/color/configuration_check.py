"""Check of a configuration file in a process with limits, before this process loads the same file."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import time
from collections.abc import Mapping

from exr_inspector_app.color.errors import UnusableConfigurationError
from exr_inspector_app.config import color_check_command
from exr_inspector_app.contracts import StopCheck, never_stop

MAX_CONFIGURATION_BYTES = 512 * 2**20  # of an .ocioz archive with its LUTs
MAX_SCANNED_BYTES = 4 * 2**20  # of the text that is searched for variables
CHECK_TIMEOUT_S = 15.0
MAX_ANSWER_BYTES = 4096
_POLL_INTERVAL_S = 0.1
_ALLOWED = frozenset(
    """
    PATH LANG LC_ALL LC_CTYPE HOME TMPDIR TEMP TMP PYTHONHOME PYTHONPATH PYTHONNOUSERSITE PYTHONUTF8
    PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX __PYVENV_LAUNCHER__ LD_LIBRARY_PATH DYLD_LIBRARY_PATH NIX_LD
    NIX_LD_LIBRARY_PATH SYSTEMROOT WINDIR SYSTEMDRIVE USERPROFILE
    """.split()
)
_SECRET = re.compile(r"secret|token|passw|credential|(?:^|_)key|^vast_|^aws_", re.IGNORECASE)
_VARIABLE = re.compile(rb"\$\{?(\w{1,64})|%(\w{1,64})%")


def check_configuration(
    path: str, source: str = "", display: str = "", view: str = "", stop: StopCheck = never_stop
) -> None:
    """Load a configuration in another process, and build one transform of it there.

    Args:
        path: The file.
        source: Color space of the file's pixels; empty for any.
        display: Empty for the default display.
        view: Empty for the default view.
        stop: Polled while the process runs.

    Raises:
        UnusableConfigurationError: The process failed, crashed, or needed more than its limits.
    """
    _require_plain_file(path)
    request = json.dumps({"path": os.path.abspath(path), "source": source, "display": display, "view": view})
    try:
        code, output, errors = _run(request.encode(), check_environment(path, os.environ), stop)
    except OSError as error:
        raise UnusableConfigurationError(f"its check cannot start ({error.strerror})") from error
    if code:
        lines = errors[-MAX_ANSWER_BYTES:].decode("utf-8", "replace").split("\n")
        reason = next((line for line in reversed(lines) if line.strip()), "") if code == 1 else ""
        raise UnusableConfigurationError(reason or "OpenColorIO crashes on it, or needs more than its limits")
    answer = output[:MAX_ANSWER_BYTES].decode("utf-8", "replace").strip()
    if answer != "ok":
        raise UnusableConfigurationError(answer or "OpenColorIO gives no reason")


def _run(request: bytes, environment: Mapping[str, str], stop: StopCheck) -> tuple[int, bytes, bytes]:
    """Return exit code, output and errors of the process.

    Raises:
        OSError: It cannot be started.
        UnusableConfigurationError: It takes too long, or `stop` returned True.
    """
    with subprocess.Popen(
        color_check_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        started, pending = time.monotonic(), request
        while True:
            try:
                output, errors = process.communicate(pending, timeout=_POLL_INTERVAL_S)
                return process.returncode, output, errors
            except subprocess.TimeoutExpired:
                pending = b""  # `communicate` keeps the input that it has not written yet
            except BaseException:
                process.kill()
                raise
            is_late = time.monotonic() - started > CHECK_TIMEOUT_S
            if is_late or stop():
                process.kill()
                raise UnusableConfigurationError(
                    f"loading it takes longer than {CHECK_TIMEOUT_S:g} s" if is_late else "loading it was stopped"
                )


def check_environment(path: str, parent: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the check: what an interpreter needs, and the variables that the file names."""
    with open(path, "rb") as file:
        text = file.read(MAX_SCANNED_BYTES)
    named = {(match[1] or match[2]).decode("ascii", "ignore") for match in _VARIABLE.finditer(text)}
    named = {name for name in named if not _SECRET.search(name)}
    return {name: value for name, value in parent.items() if name.upper() in _ALLOWED or name in named}


def _require_plain_file(path: str) -> None:
    try:
        facts = os.stat(path)
    except OSError as error:
        raise UnusableConfigurationError(error.strerror or "it cannot be read") from error
    if not stat.S_ISREG(facts.st_mode):
        raise UnusableConfigurationError("it is not a file")
    if facts.st_size > MAX_CONFIGURATION_BYTES:
        raise UnusableConfigurationError("it is too large")
    if not os.access(path, os.R_OK):
        raise UnusableConfigurationError("Permission denied")
