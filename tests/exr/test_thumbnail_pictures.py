"""Thumbnails as pictures: which layer they show, its framing, its exposure, and data layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import Thumbnail
from exr_inspector_app.exr.pixels.decoder import Decoder
from tests.exr.pictures import Pixels, scene, write_picture
from tests.exr.test_thumbnails import decode_jpeg

HEIGHT, WIDTH = 180, 320
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH]
ORANGE = np.float32([0.5, 0.3, 0.2])
BLACK = np.zeros((HEIGHT, WIDTH), np.float32)


def disc(radius: int, x: int = 160, y: int = 90) -> Pixels:
    return (X - x) ** 2 + (Y - y) ** 2 < radius**2


def named(prefix: str, pixels: Pixels, components: str = "RGB") -> dict[str, Pixels]:
    return {f"{prefix}{name}": pixels[..., index].astype(np.float16) for index, name in enumerate(components)}


def shown(decoder: Decoder, tmp_path: Path, channels: dict[str, Pixels]) -> tuple[Thumbnail, Pixels]:
    thumbnail = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", channels)))  # type: ignore[arg-type]
    return thumbnail, decode_jpeg(tmp_path, thumbnail.data)


@pytest.mark.parametrize("ground", [0.0, 2e-5, 2e-4])
@pytest.mark.parametrize("radius", [6, 15, 50, 90])
def test_subject_before_a_black_ground_keeps_its_exposure(
    decoder: Decoder, tmp_path: Path, ground: float, radius: int
) -> None:
    pixels = np.where(disc(radius)[..., None], ORANGE, np.float32(ground))
    _, image = shown(decoder, tmp_path, named("", pixels))
    assert np.abs(image[90, 160] - [188, 149, 124]).max() <= 12
    assert image[10, 10].max() < 10


@pytest.mark.parametrize(("ground", "radius"), [(1e-3, 8), (2e-3, 15), (2e-3, 50), (1e-2, 50)])
def test_subject_before_a_dark_ground_is_not_burnt_out(
    decoder: Decoder, tmp_path: Path, ground: float, radius: int
) -> None:
    _, image = shown(decoder, tmp_path, named("", np.where(disc(radius)[..., None], ORANGE, np.float32(ground))))
    red, green, blue = image[90, 160]
    assert red > green + 10 > blue + 20


def test_lamps_do_not_keep_a_night_picture_dark(decoder: Decoder, tmp_path: Path) -> None:
    night = scene(HEIGHT, WIDTH) * 0.004
    night[disc(3, 60, 40)] = 9
    _, image = shown(decoder, tmp_path, named("", night))
    assert image[100:].mean() > 60


def test_black_layer_gives_way_to_the_next_one(decoder: Decoder, tmp_path: Path) -> None:
    alpha = {"A": np.ones_like(BLACK)}
    thumbnail, image = shown(
        decoder, tmp_path, {**named("", np.dstack([BLACK] * 3)), **alpha, **named("diffuse.", scene(HEIGHT, WIDTH))}
    )
    assert thumbnail.picture.channels == ("diffuse.R", "diffuse.G", "diffuse.B")
    assert thumbnail.picture.selection is not None
    assert thumbnail.picture.selection.layer == "diffuse"
    assert image.mean() > 60


def test_thumbnail_of_black_layers_is_that_of_the_first(decoder: Decoder, tmp_path: Path) -> None:
    black = np.dstack([BLACK] * 3)
    thumbnail, image = shown(decoder, tmp_path, {**named("", black), **named("ao.", black)})
    assert thumbnail.picture.channels == ("R", "G", "B")
    assert image.max() < 10


@pytest.mark.parametrize("beauty", [False, True])
def test_cryptomatte_is_shown_behind_black_previews(decoder: Decoder, tmp_path: Path, beauty: bool) -> None:
    ids = np.where(disc(60), np.float32(3.1e-5), np.where(X < 100, np.float32(-7.7e20), 0)).astype(np.float32)
    coverage = np.where(ids == 0, 0, 1).astype(np.float32)
    ranks = dict(zip((f"crypto_object00.{name}" for name in "RGBA"), (ids, coverage, BLACK, BLACK), strict=True))
    previews = {f"{prefix}{name}": BLACK for prefix in ("crypto_object.", *[""] * beauty) for name in "RGB"}
    path = write_picture(tmp_path / "a.exr", {**ranks, **previews})  # type: ignore[arg-type]
    thumbnail = decoder.thumbnail(str(path))
    assert thumbnail.picture.channels[0] == "crypto_object00.R"
    image = decode_jpeg(tmp_path, thumbnail.data)
    assert np.abs(image[90, 160] - image[90, 20]).max() > 40
    assert image[10, 300].max() < 10


def write_parts(path: Path, parts: dict[str, dict[str, Pixels]]) -> Path:
    facts = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File([OpenEXR.Part(dict(facts), channels, name) for name, channels in parts.items()]).write(str(path))
    return path


def test_picture_is_chosen_over_all_parts(decoder: Decoder, tmp_path: Path) -> None:
    colors = {name: np.ascontiguousarray(values) for name, values in named("", scene(HEIGHT, WIDTH)).items()}
    path = str(write_parts(tmp_path / "a.exr", {"depth": {"Z": X.astype(np.float32)}, "rgba": colors}))
    for picture in (decoder.picture(PictureRequest(path)), decoder.thumbnail(path).picture):
        assert picture.channels == ("R", "G", "B")
        assert picture.selection is not None
        assert (picture.selection.part_index, picture.selection.kind) == (1, "colour")
    assert decoder.picture(PictureRequest(path, 0)).channels == ("Z",)
    assert decoder.thumbnail(path, 0).picture.channels == ("Z",)
    assert decoder.pixel(PictureRequest(path), (3, 4)) == tuple(scene(HEIGHT, WIDTH)[4, 3])


def test_auto_cropped_frame_keeps_its_framing(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.full((61, 80, 3), ORANGE)
    windows = {"dataWindow": ((37, 30), (116, 90)), "displayWindow": ((0, 0), (639, 359))}
    thumbnail = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", pixels, "RGB", **windows)))
    assert thumbnail.size == (320, 180)
    image = decode_jpeg(tmp_path, thumbnail.data)
    assert np.abs(image[30, 40] - [188, 149, 124]).max() <= 6
    inside = image.max(axis=2) > 90
    assert [inside[:, 40].argmax(), inside[30].argmax()] == [15, 18]
    assert inside.sum() == pytest.approx(30.5 * 40, rel=0.1)
    linear = thumbnail.picture.pixels
    assert linear[20:40, 25:50] == pytest.approx(np.full((20, 25, 3), np.float16(ORANGE)))
    assert linear[30, 18] == pytest.approx(np.float16(ORANGE) / 2)  # the picture begins within this block


def test_overscan_is_cropped(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(220, 400)
    windows = {"dataWindow": ((-40, -20), (359, 199)), "displayWindow": ((0, 0), (319, 179))}
    thumbnail = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", pixels, "RGB", **windows)))
    assert np.array_equal(thumbnail.picture.pixels, pixels[20:200, 40:360])


@pytest.mark.parametrize("left", [1000, 319])
def test_picture_outside_the_display_window_is_shown(decoder: Decoder, tmp_path: Path, left: int) -> None:
    windows = {"dataWindow": ((left, 0), (left + 199, 99)), "displayWindow": ((0, 0), (319, 179))}
    pixels = scene(100, 200)
    thumbnail = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", pixels, "RGB", **windows)))
    assert np.array_equal(thumbnail.picture.pixels, pixels)


@pytest.mark.parametrize("background", [1e30, np.inf, 0.0])
@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_near_depth_is_bright_and_no_surface_is_black(
    decoder: Decoder, tmp_path: Path, background: float, scale: float
) -> None:
    depth = np.where(disc(60), (100 + X) * scale, background).astype(np.float32)
    thumbnail, image = shown(decoder, tmp_path, {"Z": depth})
    assert thumbnail.picture.channels == ("Z",)
    assert image[90, 105, 0] > image[90, 160, 0] + 40 > image[90, 215, 0] + 80
    assert image[90, 215, 0] > 20
    assert image[10, 10].max() < 10


def test_normals_and_vectors_show_their_directions(decoder: Decoder, tmp_path: Path) -> None:
    x, y = (X - 160) / 60, (90 - Y) / 60
    normals = np.where(disc(60)[..., None], np.dstack([x, y, np.sqrt(np.clip(1 - x * x - y * y, 0, 1))]), 0)
    _, image = shown(decoder, tmp_path, named("N.", normals, "XYZ"))
    assert image[90, 160] == pytest.approx([128, 128, 255], abs=8)
    assert image[90, 210, 0] > 200 > 60 > image[90, 110, 0]
    assert image[10, 10].max() < 10
    _, image = shown(decoder, tmp_path, named("motionvector.", 30 * normals, "XY"))
    assert image[90, 210, 0] > image[90, 160, 0] + 60 > image[90, 110, 0] + 120  # signed, zero is grey
    assert image[40, 160, 1] > image[80, 160, 1] + 60
    assert image[10, 10] == pytest.approx([128] * 3, abs=8)


def test_ids_have_separate_colors(decoder: Decoder, tmp_path: Path) -> None:
    _, image = shown(decoder, tmp_path, {"id": (X // 80).astype(np.uint32)})
    colors = [image[90, x] for x in (120, 200, 280)]
    assert image[90, 40].max() < 10
    assert min(np.abs(colors[a] - colors[b]).max() for a, b in ((0, 1), (1, 2), (0, 2))) > 40
