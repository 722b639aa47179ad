"""Names of files and channels as OpenImageIO takes them, which knows Unicode alone."""

from __future__ import annotations


class OiioPath:
    """A name by which a file can be opened as long as this object lives."""

    def __init__(self, path: str) -> None:
        self.name = path
        self._file = None
        try:
            path.encode("utf-8")
        except UnicodeEncodeError:  # bytes that are not UTF-8, which only POSIX systems have in names
            self._file = open(path, "rb")  # noqa: SIM115
            self.name = f"/dev/fd/{self._file.fileno()}"

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()


def channel_name(name: str) -> str:
    """The name of a channel, in which other bytes are spelled out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
