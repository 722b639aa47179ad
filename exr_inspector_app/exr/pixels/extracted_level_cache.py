"""The level that was written into a file of its own last: who asks for its pixels again finds it there."""

from __future__ import annotations

import os
import shutil
import tempfile

from exr_inspector_app.exr.pixels.level_extractor import Beat, write_level
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Part


class ExtractedLevelCache:
    """Keeps one level, until another is asked for or its file has changed."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._level: tuple[str, Part] | None = None
        self._folder = ""

    def level(self, path: str, part: Part, number: tuple[int, int], beat: Beat) -> tuple[str, Part]:
        """The file of a level and the one part in it; raises Refused as `write_level` does."""
        try:
            stat = os.stat(path)
        except OSError as error:
            raise PixelRequestError(f"The pixels of a level cannot be set apart: {error.strerror}.") from None
        key = path, stat.st_size, stat.st_mtime_ns, part.index, number
        if self._level is None or key != self._key:
            self._level = None
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = tempfile.mkdtemp()  # gone with all that the process writes
            name = os.path.join(self._folder, "level.exr")
            self._level, self._key = (name, write_level(path, part, number, name, beat)), key
        return self._level
