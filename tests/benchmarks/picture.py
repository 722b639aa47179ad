"""Decoding a 4K picture."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from exr_inspector_app.exr.pixels import Decoder, PictureRequest
from tests.benchmarks.measure import Figures, Options, best
from tests.exr.pictures import scene, write_picture


def picture(folder: Path, _options: Options) -> Figures:
    """R, G and B of a 4096 x 2160 half file of four channels, through the child, against OpenImageIO's read_image."""
    import OpenImageIO as oiio

    pixels = np.tile(scene(540, 1024, 4), (4, 4, 1))
    path = str(write_picture(folder / "4k.exr", pixels))

    def theirs() -> None:
        image = oiio.ImageInput.open(path)
        image.read_image(0, 0, 0, 3, "float")
        image.close()

    with closing(Decoder()) as decoder:
        whole = PictureRequest(path, channels=("R", "G", "B"))
        decoder.picture(whole)  # the child has started
        mine, other = best(lambda: decoder.picture(whole)), best(theirs)
        quarter = best(lambda: decoder.picture(PictureRequest(path, channels=("R", "G", "B"), max_size=(1024, 1024))))
        thumbnail = best(lambda: decoder.thumbnail(path))
    figures = {"ours_ms": mine, "openimageio_ms": other, "quarter_ms": quarter, "thumbnail_ms": thumbnail}
    return {"ratio": mine / other, **{name: 1000 * value for name, value in figures.items()}, "goal": 1.3}
