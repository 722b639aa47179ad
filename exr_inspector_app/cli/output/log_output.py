"""Log of the options -v and --log-file: records of this program on stderr, and in a rotating file."""

from __future__ import annotations

import logging
import os
import platform
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from exr_inspector_app import __version__
from exr_inspector_app.config.atomic_file import is_image
from exr_inspector_app.errors import UsageError
from exr_inspector_app.text.escape import escape_control

MAX_LOG_BYTES = 5 * 1024 * 1024
KEPT_LOGS = 3  # older files: FILE.1 and so on
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger("exr_inspector_app")


def start_log(path: str, verbosity: int) -> None:
    """Write log records to a file and to stderr from now on; an earlier call is superseded.

    Args:
        path: File to append to; empty for none.
        verbosity: 0 for no records on stderr, 1 for those of level INFO and above, 2 for all.

    Raises:
        UsageError: The file cannot be written.
    """
    for handler in [*log.handlers]:
        log.removeHandler(handler)
        handler.close()
    log.setLevel(logging.DEBUG if verbosity > 1 else logging.INFO)
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)] if verbosity else []
    if path:
        if os.path.isfile(path) and is_image(Path(path)):
            raise UsageError(f"The log {path} is an OpenEXR file. Choose another --log-file.")
        try:
            handlers.append(RotatingFileHandler(path, "a", MAX_LOG_BYTES, KEPT_LOGS, "utf-8"))
        except OSError as error:
            raise UsageError(f"Cannot write the log {path}: {error.strerror}.") from error
    for handler in handlers:
        handler.setFormatter(_EscapingFormatter(_FORMAT))
        log.addHandler(handler)
    log.info("exr-inspector %s, Python %s, %s", __version__, platform.python_version(), platform.platform())
    log.info("Arguments: %s", sys.argv[1:])


class _EscapingFormatter(logging.Formatter):
    """Formatter that escapes control characters of each line, since messages contain names from files."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record."""
        return "\n".join(map(escape_control, super().format(record).splitlines()))
