"""Pictures in the types of the file: half, uint and float, drafts of large pictures, and layers in one pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.layer_batch import read_layers
from exr_inspector_app.exr.pixels.level_reduction import reduce_means
from exr_inspector_app.model import Box2i
from tests.exr.pictures import cut, scene, write_picture


def test_pixels_keep_the_type_of_their_channels(decoder: Decoder, tmp_path: Path) -> None:
    shape = (20, 31)
    channels = {
        "R": scene(*shape)[..., 0].astype(np.float16),
        "G": np.full(shape, np.nan, np.float16),
        "Z": np.full(shape, 0.1, np.float32),
        "id": np.full(shape, 4_294_967_295, np.uint32),
    }
    path = str(write_picture(tmp_path / "a.exr", channels))
    for names, kind in ((("G", "R"), np.float16), (("Z",), np.float32), (("id",), np.uint32), (("R", "Z"), np.float32)):
        picture = decoder.picture(PictureRequest(path, channels=names, keeps_type=True))
        assert picture.pixels.dtype == kind
        stored = np.stack([channels[name].astype(kind) for name in names], axis=2)
        assert np.array_equal(picture.pixels, stored, equal_nan=True)
    mixed = decoder.picture(PictureRequest(path, channels=("R", "id"), keeps_type=True))
    assert (mixed.pixels.dtype, mixed.pixels[0, 0, 1]) == (np.float32, 2**32)
    reduced = decoder.picture(PictureRequest(path, channels=("R",), max_size=(8, 8), keeps_type=True))
    assert reduced.pixels.dtype == np.float32
    samples = decoder.picture(PictureRequest(path, channels=("id",), max_size=(8, 8), keeps_type=True))
    assert (samples.pixels.dtype, samples.pixels[1, 1, 0]) == (np.uint32, 4_294_967_295)


def test_draft_of_a_large_picture_shows_its_rows(decoder: Decoder, tmp_path: Path) -> None:
    column = np.linspace(0, 1, 2048, dtype=np.float32)
    pixels = np.broadcast_to(column[:, None, None], (2048, 1536, 1)).astype(np.float16)
    path = write_picture(tmp_path / "a.exr", {"Y": pixels[..., 0]}, compression="zip")
    drafts: list[Picture] = []
    request = PictureRequest(str(path), channels=("Y",), keeps_type=True)
    picture = decoder.picture(request, on_draft=drafts.append)
    assert np.array_equal(picture.pixels, pixels)
    (draft,) = drafts
    assert (draft.is_draft, draft.factor, draft.pixels.shape) == (True, 2, (1024, 768, 1))
    assert (draft.data_window, draft.scale) == (picture.data_window, (2, 2))
    assert np.abs(draft.pixels[:, 0, 0].astype(np.float32) - column[1::2]).max() < 66 / 2048  # four chunks away
    decoder.picture(PictureRequest(str(path), channels=("Y",), max_size=(64, 64)), on_draft=drafts.append)
    assert len(drafts) == 1
    broken = decoder.picture(PictureRequest(str(cut(path, 0.5)), channels=("Y",)), on_draft=drafts.append)
    top = broken.missing[0].min_y
    assert broken.missing == (Box2i(0, top, 1535, 2047),)
    assert np.array_equal(broken.pixels[:top], pixels[:top].astype(np.float32))
    assert not broken.pixels[top:].any()


def test_layers_of_a_part_come_in_one_pass(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(40, 60, 4)
    channels = dict(zip("RGBA", np.moveaxis(pixels.astype(np.float16), 2, 0), strict=True))
    ids = np.arange(2400, dtype=np.uint32).reshape(40, 60) + 2**31
    path = str(write_picture(tmp_path / "a.exr", channels | {"id": ids, "Z": pixels[..., 0]}))
    colors, identifiers, depth, alpha = read_layers(decoder, path, 0, (("B", "G", "R"), ("id",), ("Z",), ("A",)))
    assert np.array_equal(colors.pixels, pixels[..., 2::-1].astype(np.float16))
    assert (colors.channels, colors.scale, colors.factor) == (("B", "G", "R"), (1, 1), 1)
    assert (identifiers.pixels.dtype, depth.pixels.dtype, alpha.pixels.dtype) == (np.uint32, np.float32, np.float16)
    assert np.array_equal(identifiers.pixels[..., 0], ids)
    assert np.array_equal(depth.pixels[..., 0], pixels[..., 0])
    assert identifiers.selection is not None
    assert identifiers.selection.kind == "id"
    with pytest.raises(PixelsError, match="no channel"):
        read_layers(decoder, path, 0, (("R",), ("X",)))


@pytest.mark.parametrize("compression", ["zip", "zips", "piz"])
def test_level_and_counts_come_with_the_picture(decoder: Decoder, tmp_path: Path, compression: str) -> None:
    pixels = np.tile(scene(67, 101, 3), (31, 15, 1)).astype(np.float16)  # large enough for a draft
    pixels[5, 7, 1], pixels[2000, 9, 0], pixels[1000:1003, 3, 2] = np.nan, -np.inf, -0.5
    path = str(write_picture(tmp_path / "a.exr", pixels, "RGB", compression=compression))
    drafts: list[Picture] = []
    request = PictureRequest(path, channels=("R", "G", "B"), keeps_type=True, step=4)
    picture = decoder.picture(request, on_draft=drafts.append)
    assert (len(drafts), drafts[0].reduced) == (1, None)
    assert np.array_equal(picture.pixels, pixels, equal_nan=True)
    assert picture.reduced is not None
    assert np.array_equal(picture.reduced, reduce_means(pixels, 4, is_finite=False))
    assert picture.special == (1, 1, 4, 0)
    large = decoder.picture(replace(request, step=2**11))
    assert large.reduced is not None
    assert large.reduced.shape == (1, 1, 3)
    assert decoder.picture(replace(request, step=1)).reduced is None
    assert decoder.picture(replace(request, step=0)).special is None
