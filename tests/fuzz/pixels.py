"""Invariants of the pixel decoder for damaged files."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.chunks.levels import level_sizes
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.model import ExrFile
from tests.fuzz.checks import InvariantError, TimeLimitError

TIMEOUT_S = 4  # without a reply of the worker, so that two requests take less than the ten of a file
SIZE = (256, 256)  # of an image, as the window requests it


class PixelChecker:
    """Decoder as in the window, with a count of its results."""

    def __init__(self) -> None:
        self._decoder = Decoder(memory_limit_mb=1024, timeout=TIMEOUT_S)
        self._folder = tempfile.TemporaryDirectory()
        self.counts: Counter[str] = Counter()

    def check(self, data: bytes, file: ExrFile) -> None:
        """Check that one level and the statistics of one part are decoded, or refused in one sentence."""
        path = Path(self._folder.name) / "damaged.exr"
        path.write_bytes(data)
        part = len(data) % max(1, len(file.parts))
        sizes = level_sizes(file.parts[part]) if file.parts else []
        level = sizes[len(data) // 3 % len(sizes)][:2] if sizes else (0, 0)
        try:
            picture = self._decoder.picture(PictureRequest(str(path), part, level=level, max_size=SIZE))
        except PixelsError as error:
            self._count_refusal("picture", error)
        else:
            height, width, channels = picture.pixels.shape
            if width > SIZE[0] or height > SIZE[1] or channels != len(picture.channels):
                raise InvariantError(f"a picture of {width} × {height} with {channels} channels")
            self.counts["pictures"] += 1
        try:
            rows = self._decoder.stats(str(path), part)
        except PixelsError as error:
            self._count_refusal("statistics", error)
        else:
            if any(row.nan_count < 0 or np.isinf(row.mean) for row in rows):
                raise InvariantError(f"impossible statistics: {rows}")
            self.counts["statistics"] += 1

    def _count_refusal(self, what: str, error: PixelsError) -> None:
        """Count a refusal; check that its reason is one sentence, and that the worker did not exit with a code."""
        if not error.sentence.endswith(".") or "\n" in error.sentence or "exited with code" in error.sentence:
            raise InvariantError(f"no clear sentence: {error.sentence!r}")
        if "timed out" in error.sentence:
            raise TimeLimitError(f"the worker does not reply for {TIMEOUT_S} s while it decodes: {what}")
        kinds = {"crashed": "crashes", "was killed": "crashes"}
        self.counts[next((kinds[phrase] for phrase in kinds if phrase in error.sentence), f"{what} refused")] += 1

    def close(self) -> None:
        """Terminate the worker and remove its file."""
        self._decoder.close()
        self._folder.cleanup()
