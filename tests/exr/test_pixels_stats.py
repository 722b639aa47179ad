"""Statistics of channels against numpy over the same pixels."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.parser.header import parse_header
from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest
from exr_inspector_app.exr.pixels.pixel_checks import measure
from exr_inspector_app.model import ChannelStats, payload
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr_files import write_exr


def of(stats: tuple[ChannelStats, ...], name: str) -> ChannelStats:
    return next(one for one in stats if one.name == name)


def test_statistics_are_those_of_all_pixels(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.float32(np.float16(scene(300, 200) - 1))
    stats = decoder.stats(str(write_picture(tmp_path / "a.exr", pixels)))
    assert [one.name for one in stats] == ["B", "G", "R"]
    for place, name in enumerate("RGB"):
        one, values = of(stats, name), pixels[..., place].astype(np.float64)
        assert (one.min, one.max) == (values.min(), values.max())
        assert one.mean == pytest.approx(values.mean())
        assert one.stddev == pytest.approx(values.std())
        assert one.negative_count == np.count_nonzero(values < 0)
        below = np.argwhere(values < 0)[0] if one.negative_count else None
        assert one.first_negative == (None if below is None else (below[1], below[0]))
        assert (one.nan_count, one.inf_count, one.first_nan, one.first_inf) == (0, 0, None, None)


def test_odd_numbers_are_counted_and_found(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(300, 200)
    pixels[250, 7, 0] = pixels[250, 3, 0] = np.nan
    pixels[260, 0, 0] = np.inf
    pixels[2, 199, 0] = -np.inf
    windows = {"dataWindow": ((10, -20), (209, 279)), "displayWindow": ((0, 0), (99, 99))}
    red = of(decoder.stats(str(write_picture(tmp_path / "a.exr", pixels, **windows))), "R")
    finite = pixels[..., 0][np.isfinite(pixels[..., 0])]
    assert (red.nan_count, red.inf_count, red.negative_count) == (2, 2, 1)
    assert (red.first_nan, red.first_inf, red.first_negative) == ((13, 230), (209, -18), (209, -18))
    assert (red.min, red.max) == (finite.min(), finite.max())


def test_pixels_that_are_missing_do_not_count(decoder: Decoder, tmp_path: Path) -> None:
    path = cut(write_picture(tmp_path / "a.exr", scene(200, 90) + 5), 0.5)
    assert all(one.min > 4 for one in decoder.stats(str(path)))
    (file,) = measure([inspect_file(str(path))])
    assert file.errors == ()  # told of as incomplete


def test_a_channel_without_a_finite_pixel_has_no_range(decoder: Decoder, tmp_path: Path) -> None:
    (one,) = decoder.stats(str(write_picture(tmp_path / "a.exr", np.full((4, 5, 1), np.nan), "Y")))
    assert np.isnan([one.min, one.max, one.mean, one.stddev]).all()
    assert (one.nan_count, one.first_nan) == (20, (0, 0))


@pytest.mark.parametrize("tiles", [None, 32])
def test_pixels_that_are_there_but_cannot_be_decoded_are_an_error_with_their_place(
    tmp_path: Path, tiles: int | None
) -> None:
    path, pixels = tmp_path / "a.exr", scene(80, 96)
    _ = write_tiled(path, pixels, tiles) if tiles else write_picture(path, pixels)
    data = bytearray(path.read_bytes())
    header = parse_header(bytes(data), len(data))
    assert header.end is not None
    (start,) = struct.unpack_from("<Q", data, header.end + 8 * 2)  # the third chunk
    data[start + 60 : start + 160] = bytes(100)
    path.write_bytes(data)
    (file,) = measure([inspect_file(str(path))])
    (problem,) = file.errors
    lost, at = ("1,536 of 7,680", "0, 32") if tiles is None else ("1,024 of 7,680", "64, 0")
    assert problem.message.startswith(f"{lost} pixels of part 0 are damaged (first at {at}).")
    assert (problem.code, problem.part_index, problem.byte_offset) == ("pixels-damaged", 0, start)
    assert [one.lost_count for one in file.stats] == [int(lost.split()[0].replace(",", ""))] * 3
    assert payload(file)["errors"][0]["byte_offset"] == start


def test_a_part_that_cannot_be_decoded_leaves_the_others_their_statistics(tmp_path: Path) -> None:
    sparse = {"channels": ["X", "Y"], "sampling": {"X": 2}}
    path = write_exr(tmp_path / "a.exr", parts=[{}, sparse, {"channels": ["Z"]}])
    (file,) = measure([inspect_file(str(path))])
    assert [(one.part_index, one.name) for one in file.stats] == [(0, "B"), (0, "G"), (0, "R"), (2, "Z")]
    (problem,) = file.errors
    assert (problem.part_index, problem.message) == (
        1,
        "Cannot decode part 1: the decoder does not find it.",
    )


@pytest.mark.parametrize("cut_at", [1.0, 0.6])
def test_whole_numbers_are_told_exactly_however_large(decoder: Decoder, tmp_path: Path, cut_at: float) -> None:
    ids = np.random.default_rng(3).integers(2**31, 2**32, (64, 90), np.uint32)
    ids[0, 0], ids[0, 1] = 2**24 + 1, 2**32 - 1
    path = cut(write_picture(tmp_path / "a.exr", {"id": ids, "R": np.ones((64, 90), np.float16)}), cut_at)
    one = of(decoder.stats(str(path)), "id")
    assert (one.min, one.max, one.lost_count > 0) == (2**24 + 1, 2**32 - 1, cut_at < 1)
    assert decoder.pixel(PictureRequest(str(path), channels=("id",)), (0, 0)) == (2**24 + 1,)
