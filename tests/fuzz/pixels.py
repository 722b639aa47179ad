"""What must hold for the pixels of every file, however damaged."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.chunks.levels import level_sizes
from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest
from exr_inspector_app.model import ExrFile
from tests.fuzz.checks import Broken

PATIENCE = 4  # seconds that a child may be silent, so that two requests stay below the ten of a file
SIZE = (256, 256)  # of a picture, as the window asks for one that fits


class Pixels:
    """One decoder, as the window has it, and what became of the files it was given."""

    def __init__(self) -> None:
        self._decoder = Decoder(memory_limit_mb=1024, timeout=PATIENCE)
        self._folder = tempfile.TemporaryDirectory()
        self.counts: Counter[str] = Counter()

    def check(self, data: bytes, file: ExrFile) -> None:
        """A picture of one level and the statistics of one part, or one clear sentence each."""
        path = Path(self._folder.name) / "damaged.exr"
        path.write_bytes(data)
        part = len(data) % max(1, len(file.parts))
        sizes = level_sizes(file.parts[part]) if file.parts else []
        level = sizes[len(data) // 3 % len(sizes)][:2] if sizes else (0, 0)
        try:
            picture = self._decoder.picture(PictureRequest(str(path), part, level=level, max_size=SIZE))
        except PixelsError as error:
            self._refused("picture", error)
        else:
            height, width, channels = picture.pixels.shape
            if width > SIZE[0] or height > SIZE[1] or channels != len(picture.channels):
                raise Broken(f"a picture of {width} × {height} with {channels} channels")
            self.counts["pictures"] += 1
        try:
            rows = self._decoder.stats(str(path), part)
        except PixelsError as error:
            self._refused("statistics", error)
        else:
            if any(row.nan_count < 0 or np.isinf(row.mean) for row in rows):
                raise Broken(f"impossible statistics: {rows}")
            self.counts["statistics"] += 1

    def _refused(self, what: str, error: PixelsError) -> None:
        """The reason is one clear sentence; a child may be ended by a signal, but leaves for no fault of its own."""
        if not error.sentence.endswith(".") or "\n" in error.sentence or "exited with code" in error.sentence:
            raise Broken(f"no clear sentence: {error.sentence!r}")
        kinds = {"crashed": "crashes", "was killed": "crashes", "timed out": "hangs"}
        self.counts[next((kinds[word] for word in kinds if word in error.sentence), f"{what} refused")] += 1

    def close(self) -> None:
        """The child and its file are gone."""
        self._decoder.close()
        self._folder.cleanup()
