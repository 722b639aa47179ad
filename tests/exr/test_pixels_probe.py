"""Values of all channels at one pixel, samples of deep pixels, and statistics of a region, by the worker."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding import probe_reading
from exr_inspector_app.exr.pixels.probe_requests import measure_region, read_probe
from exr_inspector_app.model import Box2i
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr.test_pixels_deep import write_unsorted


def test_probe_reads_every_channel_of_every_part(decoder: Decoder, tmp_path: Path) -> None:
    colors = np.float16(scene(20, 30, 3))
    planes = {name: np.ascontiguousarray(colors[..., index]) for index, name in enumerate("RGB")}
    ids = np.full((8, 8), 4_294_967_295, np.uint32)
    window = (np.array([0, 0], np.int32), np.array([29, 19], np.int32))
    origin = {"dataWindow": (np.array([4, 2], np.int32), np.array([11, 9], np.int32))}
    parts = [
        OpenEXR.Part({"compression": OpenEXR.PIZ_COMPRESSION}, planes),
        OpenEXR.Part(origin, {"id": ids, "Z": np.full((8, 8), 123_456.79, np.float32)}),
    ]
    for part, name in zip(parts, ("rgb", "data"), strict=True):
        part.header |= {"name": name, "type": OpenEXR.scanlineimage, "displayWindow": window}
    OpenEXR.File(parts).write(str(path := tmp_path / "a.exr"))
    rgb, data = read_probe(decoder, str(path), (5, 3))
    assert dict(zip(rgb.channels, rgb.values, strict=True)) == dict(zip("RGB", colors[3, 5].tolist(), strict=True))
    assert dict(zip(data.channels, data.values, strict=True)) == {
        "id": 4_294_967_295,
        "Z": float(np.float32(123_456.79)),
    }
    rgb, data = read_probe(decoder, str(path), (20, 15))
    assert len(rgb.values) == 3
    assert (data.values, data.problem) == ((), "outside the data window")


def test_probe_reads_channels_in_bounded_batches(
    decoder: Decoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = scene(20, 30, 4)
    path = write_picture(tmp_path / "a.exr", pixels)
    (whole,) = read_probe(decoder, str(path), (7, 9))
    opened: list[tuple[str, ...]] = []

    class Image:
        box, chunk_size, channel_count, dtype = Box2i(0, 0, 29, 19), (30, 10), 2, np.float32

        def __init__(self, names: tuple[str, ...]) -> None:
            opened.append(names)
            self.rows = np.stack([pixels[..., "RGBA".index(name)] for name in names], axis=2)

        def read(self, box: Box2i) -> np.ndarray | None:
            return self.rows[box.min_y : box.max_y + 1, box.min_x : box.max_x + 1]

        def is_absent(self, box: Box2i) -> bool:
            return False

    monkeypatch.setattr(probe_reading, "_MAX_BATCH_BYTES", 2 * 8 * 300)
    (part,) = probe_reading.read_values(
        str(path), (7, 9), lambda _path, _part, _level, names: Image(names), lambda: None
    )
    assert [len(names) for names in opened[1:]] == [2, 2]
    assert part == whole


def test_probe_lists_the_samples_of_a_deep_pixel(
    decoder: Decoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_unsorted(path := tmp_path / "deep.exr", "RGBAZ")
    (part,) = read_probe(decoder, str(path), (5, 6))
    assert part.deep is not None
    depth = part.deep.channels.index("Z")
    assert [row[depth] for row in part.deep.samples] == [35.0, 16.0, 20.0]
    assert dict(zip(part.channels, part.values, strict=True))["R"] == pytest.approx(1 / 16)
    (empty,) = read_probe(decoder, str(path), (4, 4))
    assert empty.deep == (part.deep.channels, (), 0)
    (cut_off,) = read_probe(decoder, str(cut(path, 0.5)), (5, 18))
    assert (cut_off.values, cut_off.deep, bool(cut_off.problem)) == ((), None, True)


@pytest.mark.parametrize("is_tiled", [False, True])
def test_region_statistics_are_those_of_its_pixels(decoder: Decoder, tmp_path: Path, is_tiled: bool) -> None:
    pixels = np.float32(np.float16(scene(90, 120) - 0.5))
    pixels[40, 50, 0], pixels[41, 50, 1], pixels[0, 0, 2] = np.nan, -np.inf, np.nan
    path = tmp_path / "a.exr"
    path = write_tiled(path, pixels) if is_tiled else write_picture(path, pixels, compression="zip")
    request = PictureRequest(str(path), 0, ("B", "R", "G"))
    rows = measure_region(decoder, request, Box2i(37, 25, 83, 66))
    inside = pixels[25:67, 37:84].astype(np.float64)
    for row, channel in zip(rows, (2, 0, 1), strict=True):
        values = inside[..., channel]
        finite = values[np.isfinite(values)]
        assert (row.name, row.min, row.max) == ("RGB"[channel], finite.min(), finite.max())
        assert (row.mean, row.stddev) == (pytest.approx(finite.mean()), pytest.approx(finite.std()))
        assert (row.nan_count, row.inf_count) == (int(np.isnan(values).sum()), int(np.isinf(values).sum()))
        assert row.negative_count == np.count_nonzero(values < 0)
    (single,) = measure_region(decoder, PictureRequest(str(path), 0, ("R",)), Box2i(119, 89, 500, 500))
    assert (single.min, single.max, single.stddev) == (pixels[89, 119, 0], pixels[89, 119, 0], 0.0)
    with pytest.raises(PixelsError, match="outside the data window"):
        measure_region(decoder, request, Box2i(-9, -9, -1, -1))


def test_region_without_its_chunks_counts_lost_pixels(decoder: Decoder, tmp_path: Path) -> None:
    path = cut(write_tiled(tmp_path / "a.exr", scene(64, 64)), 0.6)
    (row, *_) = measure_region(decoder, PictureRequest(str(path), 0, ("R", "G", "B")), Box2i(50, 50, 63, 63))
    assert row.lost_count > 0
    assert row.lost_count == 14 * 14 or not math.isnan(row.mean)
