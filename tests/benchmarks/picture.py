"""Decoding of a 4K image."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from tests.benchmarks.measure import Figures, Options, best, race
from tests.exr.pictures import scene, write_picture

COMPRESSIONS = ("none", "zip", "piz", "dwaa")
RGB = ("R", "G", "B")


def picture(folder: Path, _options: Options) -> Figures:
    """Measure R, G and B of a 4096 x 2160 half file with four channels, relative to OpenImageIO's read_image.

    The ratio is the worst compression's. As in a window that steps through frames, the earlier image is released
    before the next one; `COMPRESSION_first` is the ratio while all earlier images are kept.
    """
    pixels = np.tile(scene(540, 1024, 4), (4, 4, 1))
    figures: Figures = {}
    with closing(Decoder()) as decoder:
        for kind in COMPRESSIONS:
            path = str(write_picture(folder / f"{kind}.exr", pixels, compression=kind))
            request = PictureRequest(path, channels=RGB)
            images = [decoder.picture(request)]  # starts the worker process
            fresh = partial(lambda images, request: images.append(decoder.picture(request)), images, request)
            first, other = race([fresh, partial(_theirs, path)])
            images.clear()
            mine, again = race([partial(decoder.picture, request), partial(_theirs, path)])
            figures |= {kind: mine / again, f"{kind}_first": first / other}
            figures |= {f"{kind}_ms": 1000 * mine, f"{kind}_openimageio_ms": 1000 * again}
        path = str(folder / "zip.exr")
        quarter = best(lambda: decoder.picture(PictureRequest(path, channels=RGB, max_size=(1024, 1024))))
        thumbnail = best(lambda: decoder.thumbnail(path))
    figures |= {"quarter_ms": 1000 * quarter, "thumbnail_ms": 1000 * thumbnail}
    return {"ratio": max(figures[kind] for kind in COMPRESSIONS), **figures, "goal": 1.3}


def _theirs(path: str) -> None:
    import OpenImageIO as oiio

    image = oiio.ImageInput.open(path)
    image.read_image(0, 0, 0, 3, "float")
    image.close()
