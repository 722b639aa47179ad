"""Channel statistics against numpy over the same pixels."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.parser.header import parse_header
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.decoding.strip_reader import STRIP_BYTES, Strip
from exr_inspector_app.exr.pixels.pixel_checks import measure
from exr_inspector_app.model import ChannelStats, payload
from exr_inspector_app.text.format import format_statistics
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr_files import Tiles, write_exr


def row_of(stats: tuple[ChannelStats, ...], name: str) -> ChannelStats:
    return next(row for row in stats if row.name == name)


def test_statistics_are_those_of_all_pixels(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.float32(np.float16(scene(300, 200) - 1))
    stats = decoder.stats(str(write_picture(tmp_path / "a.exr", pixels)))
    assert [row.name for row in stats] == ["B", "G", "R"]
    for index, name in enumerate("RGB"):
        row, values = row_of(stats, name), pixels[..., index].astype(np.float64)
        assert (row.min, row.max) == (values.min(), values.max())
        assert row.mean == pytest.approx(values.mean())
        assert row.stddev == pytest.approx(values.std())
        assert row.negative_count == np.count_nonzero(values < 0)
        first = np.argwhere(values < 0)[0] if row.negative_count else None
        assert row.first_negative == (None if first is None else (first[1], first[0]))
        assert (row.nan_count, row.inf_count, row.first_nan, row.first_inf) == (0, 0, None, None)


def test_variance_is_merged_over_strips() -> None:
    accumulator = ChannelAccumulator()
    for y, value in enumerate([0.0, 10.0]):
        accumulator.add(Strip(y, np.full((1, 4, 1), value, np.float32), ()), 0, 0)
    row = accumulator.stats(0, "Y")
    assert (row.min, row.max, row.mean, row.stddev) == (0.0, 10.0, 5.0, 5.0)


def test_statistics_of_several_strips_are_those_of_all_pixels(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.zeros((1200, 4000, 1), np.float32)
    pixels[:700] += np.linspace(0, 1, 4000, dtype=np.float16).astype(np.float32)[:, None]
    pixels[700:] += 8
    assert pixels.nbytes > 2 * STRIP_BYTES
    path = write_picture(tmp_path / "a.exr", pixels, "Y", compression="none")
    (row,) = decoder.stats(str(path))
    assert row.mean == pytest.approx(pixels.mean(dtype=np.float64))
    assert row.stddev == pytest.approx(pixels.std(dtype=np.float64))


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=9), min_size=1, max_size=6))
def test_statistics_do_not_depend_on_the_strips(strips: list[list[float]]) -> None:
    accumulator = ChannelAccumulator()
    for y, values in enumerate(strips):
        accumulator.add(Strip(y, np.array(values, np.float32).reshape(1, -1, 1), ()), 0, 0)
    every = np.concatenate([np.array(values, np.float32) for values in strips]).astype(np.float64)
    row = accumulator.stats(0, "Y")
    assert row.mean == pytest.approx(every.mean(), rel=1e-9, abs=1e-6)
    assert row.stddev == pytest.approx(every.std(), rel=1e-6, abs=1e-6)


def test_nan_and_infinities_are_counted_and_located(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(300, 200)
    pixels[250, 7, 0] = pixels[250, 3, 0] = np.nan
    pixels[260, 0, 0] = np.inf
    pixels[2, 199, 0] = -np.inf
    windows = {"dataWindow": ((10, -20), (209, 279)), "displayWindow": ((0, 0), (99, 99))}
    red = row_of(decoder.stats(str(write_picture(tmp_path / "a.exr", pixels, **windows))), "R")
    finite = pixels[..., 0][np.isfinite(pixels[..., 0])]
    assert (red.nan_count, red.inf_count, red.minus_inf_count, red.negative_count) == (2, 2, 1, 1)
    assert (red.first_nan, red.first_inf, red.first_negative) == ((13, 230), (209, -18), (209, -18))
    assert (red.min, red.max) == (finite.min(), finite.max())


def test_missing_pixels_do_not_count(decoder: Decoder, tmp_path: Path) -> None:
    path = cut(write_picture(tmp_path / "a.exr", scene(200, 90) + 5), 0.5)
    assert all(row.min > 4 for row in decoder.stats(str(path)))
    (file,) = measure([inspect_file(str(path))])
    assert file.errors == ()  # reported as incomplete


def test_a_channel_without_a_finite_pixel_has_no_range(decoder: Decoder, tmp_path: Path) -> None:
    (row,) = decoder.stats(str(write_picture(tmp_path / "a.exr", np.full((4, 5, 1), np.nan), "Y")))
    assert np.isnan([row.min, row.max, row.mean, row.stddev]).all()
    assert (row.nan_count, row.first_nan) == (20, (0, 0))


@pytest.mark.parametrize("tiles", [None, 32])
def test_damaged_pixels_are_an_error_with_their_position(tmp_path: Path, tiles: int | None) -> None:
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
    lost, position = ("1,536 of 7,680", "0, 32") if tiles is None else ("1,024 of 7,680", "64, 0")
    assert problem.message.startswith(f"{lost} pixels of part 0 are damaged (first at {position}).")
    assert (problem.code, problem.part_index, problem.byte_offset) == ("pixels-damaged", 0, start)
    assert [row.lost_count for row in file.stats] == [int(lost.split()[0].replace(",", ""))] * 3
    assert payload(file)["errors"][0]["byte_offset"] == start


def test_part_that_cannot_be_decoded_does_not_affect_others(tmp_path: Path) -> None:
    sparse = {"channels": ["X", "Y"], "sampling": {"X": 2}, "kind": "tiledimage", "tiles": Tiles(16, 16)}
    path = write_exr(tmp_path / "a.exr", parts=[{}, sparse, {"channels": ["Z"]}])
    (file,) = measure([inspect_file(str(path))])
    assert [(row.part_index, row.name) for row in file.stats] == [(0, "B"), (0, "G"), (0, "R"), (2, "Z")]
    (problem,) = file.errors
    assert (problem.part_index, problem.message) == (
        1,
        "Cannot decode part 1: OpenEXR does not define subsampled channels in tiles.",
    )


@pytest.mark.parametrize("cut_at", [1.0, 0.6])
def test_uint_statistics_are_exact(decoder: Decoder, tmp_path: Path, cut_at: float) -> None:
    ids = np.random.default_rng(3).integers(2**31, 2**32, (64, 90), np.uint32)
    ids[0, 0], ids[0, 1] = 2**24 + 1, 2**32 - 1
    path = cut(write_picture(tmp_path / "a.exr", {"id": ids, "R": np.ones((64, 90), np.float16)}), cut_at)
    row = row_of(decoder.stats(str(path)), "id")
    assert (row.min, row.max, row.lost_count > 0) == (2**24 + 1, 2**32 - 1, cut_at < 1)
    assert decoder.pixel(PictureRequest(str(path), channels=("id",)), (0, 0)) == (2**24 + 1,)


def test_text_of_whole_numbers_is_exact(decoder: Decoder, tmp_path: Path) -> None:
    ids = np.array([[7, 2**32 - 1, 16_777_217]], np.uint32)
    (row,) = decoder.stats(str(write_picture(tmp_path / "a.exr", {"id": ids})))
    assert format_statistics(row).startswith("7 to 4294967295, mean 1437248173 ± ")
    assert ", mean 4294967207.5 ± 2" in format_statistics(row._replace(mean=2**32 - 88.5, stddev=2.0))


def test_text_of_unwritten_pixels_has_no_numbers(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", present=0)
    (file,) = measure([inspect_file(str(path))])
    assert [format_statistics(row) for row in file.stats] == ["no pixels yet, 64 lost from 0, 0"] * 3
    assert payload(file)["stats"]["channels"][0]["min"] is None


def test_text_of_pixels_without_finite_values_has_no_numbers(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.full((4, 4), np.nan, np.float32)
    (row,) = decoder.stats(str(write_picture(tmp_path / "a.exr", {"Z": pixels})))
    assert format_statistics(row) == "no finite pixels, 16 NaN from 0, 0"
