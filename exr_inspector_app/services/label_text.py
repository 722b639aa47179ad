"""Bitmap text for labels in pictures that are made without a window.

The glyphs are those of JetBrains Mono at 13 px (SIL Open Font License 1.1), one per printable ASCII character.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from exr_inspector_app.config import resource

Bytes = npt.NDArray[np.uint8]

GLYPH_WIDTH, GLYPH_HEIGHT = 8, 17  # px
_FIRST, _LAST, _OTHER = " ", "~", "?"
_DOTS = ".."


@cache
def _glyphs() -> Bytes:
    """Return the coverage of each glyph, (characters, height, width)."""
    return np.asarray(np.load(resource("fonts") / "labels-8x17.npy", allow_pickle=False), np.uint8)


def draw_text(image: Bytes, left: int, top: int, width: int, text: str, gray: int) -> None:
    """Draw one line of text into an image, shortened in the middle to a width.

    Args:
        image: (height, width, 3) uint8; text outside is cut off.
        left: First column.
        top: First row.
        width: Columns for the text.
        text: Characters that are not printable ASCII become question marks.
        gray: Gray of the text.
    """
    shown = shorten(text, width // GLYPH_WIDTH)
    codes = [ord(char if _FIRST <= char <= _LAST else _OTHER) - ord(_FIRST) for char in shown]
    if not codes:
        return
    coverage = np.concatenate(list(_glyphs()[codes]), axis=1)
    target = image[top : top + GLYPH_HEIGHT, left : left + coverage.shape[1]]
    share = coverage[: target.shape[0], : target.shape[1], None].astype(np.float32) / 255
    target[...] = np.rint(target * (1 - share) + gray * share).astype(np.uint8)


def shorten(text: str, count: int) -> str:
    """Return at most `count` characters, without those in the middle of a longer text."""
    if len(text) <= count:
        return text
    if count <= len(_DOTS) + 1:
        return text[: max(count, 0)]
    head = (count - len(_DOTS) + 1) // 2
    return text[:head] + _DOTS + text[len(text) - (count - len(_DOTS) - head) :]
