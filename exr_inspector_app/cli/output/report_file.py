"""Writer of reports to files: atomic for regular files, and never over an OpenEXR file."""

from __future__ import annotations

import os
from pathlib import Path

from exr_inspector_app.config.atomic_file import write_file


def write_report(path: Path, text: str) -> None:
    """Write a report; names in it that are not UTF-8 are escaped.

    Args:
        path: File to replace or to create, or a pipe or device.
        text: The report.

    Raises:
        OSError: The file cannot be written, or it is an OpenEXR file.
    """
    data = text.encode("utf-8", "backslashreplace")
    if os.path.exists(path) and not os.path.isfile(path):
        path.write_bytes(data)  # raises for a folder
    else:
        write_file(path, data)
