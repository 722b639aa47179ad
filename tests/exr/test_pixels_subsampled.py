"""Subsampled channels: they are decoded, and never hide the other channels of their file."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import spec_from_file_location
from pathlib import Path

import Imath
import numpy as np
import OpenEXR
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding import library_decoding
from exr_inspector_app.exr.pixels.decoding.subsampled_image import SubsampledImage
from exr_inspector_app.exr.pixels.probe_requests import read_probe
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Box2i
from tests.exr.pictures import Pixels, cut, scene, write_sampled
from tests.exr_files import Tiles, write_exr

HEIGHT, WIDTH = 40, 48


def depth(step: int) -> Pixels:
    """Return depths, another one for each sample."""
    shape = HEIGHT // step, WIDTH // step
    return np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape) + 7


def with_depth(step: int) -> dict[str, tuple[Pixels, int]]:
    """Return R, G and B at full size beside a subsampled Z."""
    colors = {name: (scene(HEIGHT, WIDTH)[..., n].astype(np.float16), 1) for n, name in enumerate("RGB")}
    return {**colors, "Z": (depth(step), step)}


def luminance(prefix: str = "") -> dict[str, tuple[Pixels, int]]:
    """Return luminance at full size beside chroma of half the size, smooth as in photographs."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = (0.5 + 0.4 * np.sin(x / 9) * np.cos(y / 7)).astype(np.float16)
    red = (0.2 + 0.004 * x[::2, ::2]).astype(np.float16)
    blue = (-0.1 - 0.004 * y[::2, ::2]).astype(np.float16)
    return {f"{prefix}Y": (light, 1), f"{prefix}RY": (red, 2), f"{prefix}BY": (blue, 2)}


@pytest.mark.parametrize("compression", ["none", "zips", "zip"])
@pytest.mark.parametrize("step", [2, 4])
def test_subsampled_depth_does_not_hide_the_picture(
    decoder: Decoder, tmp_path: Path, compression: str, step: int
) -> None:
    channels = with_depth(step)
    path = str(write_sampled(tmp_path / "a.exr", (WIDTH, HEIGHT), channels, compression))
    picture = decoder.picture(PictureRequest(path))
    assert (picture.channels, picture.missing, picture.warning) == (("R", "G", "B"), (), "")
    assert np.array_equal(picture.pixels, scene(HEIGHT, WIDTH))
    assert decoder.thumbnail(path).picture.channels == ("R", "G", "B")
    (z,) = np.moveaxis(decoder.picture(PictureRequest(path, channels=("Z",))).pixels, 2, 0)
    assert np.array_equal(z, depth(step).repeat(step, 0).repeat(step, 1))
    assert decoder.pixel(PictureRequest(path, channels=("Z", "G")), (step + 1, step)) == (
        depth(step)[1, 1],
        channels["G"][0][step, step + 1],
    )
    stats = {row.name: row for row in decoder.stats(path)}
    assert (stats["Z"].min, stats["Z"].max, stats["Z"].mean) == (7, depth(step).max(), depth(step).mean())
    assert stats["R"].max == channels["R"][0].max()


def write_packed(path: Path, compression: str) -> Path:
    """Write R, G and B beside a Z with a quarter of the lines, with OpenEXR's compressors.

    The module can write channels that have all columns only.
    """
    half, single = Imath.PixelType(Imath.PixelType.HALF), Imath.PixelType(Imath.PixelType.FLOAT)
    header = OpenEXR.Header(WIDTH, HEIGHT)
    header["compression"] = Imath.Compression(getattr(Imath.Compression, f"{compression}_COMPRESSION"))
    header["channels"] = {name: Imath.Channel(half) for name in "RGB"} | {"Z": Imath.Channel(single, 1, 4)}
    file = OpenEXR.OutputFile(str(path), header)
    colors = {name: scene(HEIGHT, WIDTH)[..., n].astype(np.float16).tobytes() for n, name in enumerate("RGB")}
    file.writePixels({**colors, "Z": depth(1)[: HEIGHT // 4].tobytes()})
    file.close()
    return path


@pytest.mark.parametrize("compression", ["PIZ", "B44", "B44A", "DWAA", "DWAB", "HTJ2K256", "HTJ2K32"])
def test_subsampled_depth_hides_nothing_in_any_compression(decoder: Decoder, tmp_path: Path, compression: str) -> None:
    path = str(write_packed(tmp_path / "a.exr", compression))
    picture = decoder.picture(PictureRequest(path))
    assert (picture.channels, picture.missing) == (("R", "G", "B"), ())
    lossless = compression in ("PIZ", "HTJ2K256", "HTJ2K32")
    assert np.abs(picture.pixels - scene(HEIGHT, WIDTH)).max() <= (0 if lossless else 0.05)
    assert decoder.thumbnail(path).picture.channels == ("R", "G", "B")
    z = decoder.picture(PictureRequest(path, channels=("Z",))).pixels[..., 0]
    assert np.array_equal(z, depth(1)[: HEIGHT // 4].repeat(4, 0))
    assert [(row.name, row.lost_count) for row in decoder.stats(path)] == [("B", 0), ("G", 0), ("R", 0), ("Z", 0)]


@pytest.mark.parametrize("compression", ["zip", "PIZ"])
def test_damaged_chunk_costs_its_own_rows_only(decoder: Decoder, tmp_path: Path, compression: str) -> None:
    path = tmp_path / "a.exr"
    if compression == "zip":
        write_sampled(path, (WIDTH, HEIGHT), with_depth(4), "zip")
    else:
        write_packed(path, compression)
    picture = decoder.picture(PictureRequest(str(cut(path, 0.9))))
    assert picture.missing == (Box2i(0, 32, WIDTH - 1, HEIGHT - 1),)
    assert np.array_equal(picture.pixels[:32], scene(HEIGHT, WIDTH)[:32])


def test_first_part_with_subsampled_channels_does_not_hide_other_parts(decoder: Decoder, tmp_path: Path) -> None:
    sparse = {"channels": ["X", "Y"], "sampling": {"X": 2}, "kind": "tiledimage", "tiles": Tiles(16, 16)}
    path = str(write_exr(tmp_path / "a.exr", parts=[sparse, {"channels": ["B", "G", "R"]}]))
    assert decoder.picture(PictureRequest(path)).channels == ("R", "G", "B")
    assert [row.name for row in decoder.stats(path, 1)] == ["B", "G", "R"]
    with pytest.raises(PixelsError, match="does not define subsampled channels in tiles"):
        decoder.picture(PictureRequest(path, 0))


@pytest.mark.parametrize("prefix", ["left.", "beauty.left."])
def test_luminance_and_chroma_of_a_named_layer_are_decoded_as_those_of_the_unnamed_one(
    decoder: Decoder, tmp_path: Path, prefix: str
) -> None:
    unnamed = write_sampled(tmp_path / "a.exr", (WIDTH, HEIGHT), luminance(), "zip")
    named = str(write_sampled(tmp_path / "b.exr", (WIDTH, HEIGHT), luminance(prefix), "zip"))
    expected = decoder.picture(PictureRequest(str(unnamed)))
    request = PictureRequest(named, channels=(f"{prefix}Y", f"{prefix}RY", f"{prefix}BY"))
    for picture in (decoder.picture(PictureRequest(named)), decoder.picture(request)):
        assert picture.channels == (f"{prefix}R", f"{prefix}G", f"{prefix}B")
        assert np.array_equal(picture.pixels, expected.pixels)
        assert picture.warning == expected.warning == "Luminance/chroma is shown as RGB."
    assert [row.name for row in decoder.stats(named)] == [f"{prefix}{color}" for color in "RGB"]
    with pytest.raises(PixelsError, match="can only be read as RGB"):
        decoder.picture(PictureRequest(named, channels=(f"{prefix}RY",)))


@pytest.mark.parametrize("prefix", ["", "left."])
def test_probe_reads_luminance_and_chroma_as_stored(decoder: Decoder, tmp_path: Path, prefix: str) -> None:
    channels = luminance(prefix)
    path = write_sampled(tmp_path / "a.exr", (WIDTH, HEIGHT), channels, "zip")
    (part,) = read_probe(decoder, str(path), (11, 7))
    expected = {name: float(samples[7 // step, 11 // step]) for name, (samples, step) in channels.items()}
    assert dict(zip(part.channels, part.values, strict=True)) == expected


@pytest.mark.parametrize("prefix", ["", "left."])
@pytest.mark.parametrize("corner", [(0, 0), (4, 2), (-6, -8)])
def test_luminance_and_chroma_of_a_cropped_picture_are_decoded(
    decoder: Decoder, tmp_path: Path, prefix: str, corner: tuple[int, int]
) -> None:
    whole = decoder.picture(PictureRequest(str(write_sampled(tmp_path / "a.exr", (WIDTH, HEIGHT), luminance(), "zip"))))
    left, top = corner
    windows = {
        "data_window": (left, top, left + WIDTH - 1, top + HEIGHT - 1),
        "display_window": (0, 0, 2 * WIDTH - 1, 2 * HEIGHT - 1),
    }
    path = str(write_sampled(tmp_path / "b.exr", (WIDTH, HEIGHT), luminance(prefix), "none", **windows))
    picture = decoder.picture(PictureRequest(path))
    assert (picture.channels, picture.missing) == (tuple(f"{prefix}{color}" for color in "RGB"), ())
    inner = np.s_[4:-4, 4:-4]
    assert np.abs(picture.pixels[inner] - whole.pixels[inner]).max() < 0.02
    assert decoder.thumbnail(path).picture.display_window == Box2i(0, 0, 2 * WIDTH - 1, 2 * HEIGHT - 1)


@pytest.mark.parametrize("prefix", ["", "left."])
def test_luminance_and_chroma_beside_other_channels_are_decoded(decoder: Decoder, tmp_path: Path, prefix: str) -> None:
    expected = decoder.picture(
        PictureRequest(str(write_sampled(tmp_path / "a.exr", (WIDTH, HEIGHT), luminance(), "zip")))
    )
    channels = {**luminance(prefix), "id": (np.full((HEIGHT, WIDTH), 2**31 + 1, np.uint32), 1), "Z": (depth(4), 4)}
    path = str(write_sampled(tmp_path / "b.exr", (WIDTH, HEIGHT), channels, "zips"))
    picture = decoder.picture(PictureRequest(path))
    assert picture.channels == (f"{prefix}R", f"{prefix}G", f"{prefix}B")
    inner = np.s_[4:-4, 4:-4]
    assert np.abs(picture.pixels[inner] - expected.pixels[inner]).max() < 0.02
    assert decoder.pixel(PictureRequest(path, channels=("id", "Z")), (0, 0)) == (2**31 + 1, 7)
    names = [f"{prefix}{color}" for color in "RGB"]
    assert [row.name for row in decoder.stats(path)] == [*names, "Z", "id"]


@pytest.mark.parametrize("compression", ["NO", "RLE", "ZIPS", "ZIP", "PXR24"])
@pytest.mark.parametrize("smooth", [True, False])
def test_chunks_are_unpacked_as_by_the_library(tmp_path: Path, compression: str, smooth: bool) -> None:
    path, random = tmp_path / "a.exr", np.random.default_rng(6)
    shape = 37, 51
    values = np.linspace(-3, 9, 37 * 51).reshape(shape) if smooth else random.normal(0, 1, shape)
    ids = (np.arange(37 * 51).reshape(shape) // 9 + 2**31) if smooth else random.integers(0, 2**32, shape)
    flat = np.full(shape, 0.5, np.float16)
    channels = {"H": values.astype(np.float16), "F": values.astype(np.float32), "id": ids.astype(np.uint32), "c": flat}
    facts = {"compression": getattr(OpenEXR, f"{compression}_COMPRESSION"), "type": OpenEXR.scanlineimage}
    OpenEXR.File(facts, channels).write(str(path))
    expected = OpenEXR.File(str(path), separate_channels=True).channels()
    (part,) = inspect_file(str(path)).parts
    image = SubsampledImage(str(path), part, ("id", "F", "H", "c"))
    rows = image.read(image.box)
    assert rows is not None
    for index, name in enumerate(("id", "F", "H", "c")):
        assert np.array_equal(rows[..., index], expected[name].pixels)


def test_library_is_loaded_with_the_first_part_that_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = "import sys, exr_inspector_app.exr.pixels.worker_main; print('OpenEXR' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout == "False\n"
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"no library")
    monkeypatch.setattr(library_decoding, "_SPEC", spec_from_file_location("OpenEXR", broken))
    monkeypatch.setattr(library_decoding, "_library", library_decoding._library.__wrapped__)
    with pytest.raises(PixelRequestError, match="Reinstall exr-inspector") as caught:
        library_decoding._read("a.exr")
    assert caught.value.code == "decoder-start"
