"""A request that is cancelled at any message leaves nothing to the next one of the same worker."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from exr_inspector_app.errors import DecodeCancelledError
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from tests.exr.pictures import scene, write_picture


def test_pixels_after_a_cancelled_request_are_those_of_the_file(tmp_path: Path) -> None:
    small, large = scene(32, 48), scene(90, 160)
    first, second = (
        PictureRequest(str(write_picture(tmp_path / f"{len(pixels)}.exr", pixels, "RGB")), 0, ("R", "G", "B"))
        for pixels in (small, large)
    )
    with closing(Decoder()) as decoder:
        for count in range(1, 9):
            calls = iter(range(count))
            with suppress(DecodeCancelledError):
                decoder.picture(first, stop=lambda calls=calls: next(calls, None) is None)
            assert np.array_equal(decoder.picture(second).pixels, large), count
