"""Names and errors of OpenImageIO: it accepts Unicode only, and reports the path and codes of OpenEXR."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any, BinaryIO

_EXR_ERROR = re.compile(r"^(?:EXR Error \(.*?\): )?(?:.*?\bEXR_ERR_[A-Z_]+[: ]*)?")  # `EXR Error (PATH): EXR_ERR_X why`


class OiioPath:
    """Name by which OpenImageIO can open a file while this context manager is entered."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> str:
        """Return the name."""
        try:
            self._path.encode("utf-8")
            return self._path
        except UnicodeEncodeError:  # bytes that are not UTF-8, which only POSIX systems have in names
            self._file = open(self._path, "rb")
            return f"/dev/fd/{self._file.fileno()}"

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def channel_name(name: str) -> str:
    """Return the name of a channel with other bytes as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def take_error(source: Any) -> str:
    """Return the first line of OpenImageIO's pending error without path and code of OpenEXR, and clear it."""
    try:
        lines = source.geterror().splitlines()
    except UnicodeDecodeError:
        lines = []
    reason = _EXR_ERROR.sub("", lines[0]).rstrip(". ") if lines else ""
    return reason or "no reason given by the decoder"
