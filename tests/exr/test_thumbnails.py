"""Thumbnails and their cache on disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from exr_inspector_app.color.colorimetry import rec709_matrix
from exr_inspector_app.color.primaries import NAMED_PRIMARIES
from exr_inspector_app.embedding.look import look_embedding
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.thumbnail_cache import ThumbnailCache
from tests.exr.pictures import Pixels, scene, write_picture, write_tiled
from tests.exr_files import write_exr
from tests.exr_files.values import tile_description
from tests.write_faults import fault


def decode_jpeg(folder: Path, data: bytes) -> Pixels:
    """Return the pixels of a JPEG, from 0 to 255."""
    path = folder / "decoded.jpg"
    path.write_bytes(data)
    return np.asarray(oiio.ImageBuf(str(path)).get_pixels(oiio.UINT8)).astype(int)


def test_thumbnail_is_small_and_in_srgb(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.full((400, 800, 3), [0.5, 0.18, 0.05], np.float32)
    thumbnail = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", pixels)))
    assert thumbnail.size == (267, 134)
    image = decode_jpeg(tmp_path, thumbnail.data)
    assert image.shape == (134, 267, 3)
    assert np.abs(image[60, 100] - [188, 118, 63]).max() <= 3


def test_thumbnail_of_noise_is_at_most_48_kb(decoder: Decoder, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(0, 1, (640, 640, 3)).astype(np.float32)
    assert len(decoder.thumbnail(str(write_picture(tmp_path / "a.exr", noise))).data) <= 48 * 1024


@pytest.mark.parametrize("exposure", [0.002, 1.0, 300.0])
def test_dark_and_bright_pictures_are_exposed(decoder: Decoder, tmp_path: Path, exposure: float) -> None:
    path = write_picture(tmp_path / "a.exr", scene(90, 160) * exposure / 2)
    assert 60 < decode_jpeg(tmp_path, decoder.thumbnail(str(path)).data).mean() < 230


def test_thumbnail_has_square_pixels(decoder: Decoder, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(100, 100), pixelAspectRatio=2.0)
    assert decoder.thumbnail(str(path)).size == (200, 100)


def test_thumbnail_of_a_mipmap_uses_a_smaller_level(decoder: Decoder, tmp_path: Path) -> None:
    path = write_tiled(tmp_path / "mip.exr", scene(512, 1024), levels=True)
    thumbnail = decoder.thumbnail(str(path), max_size=(250, 250))
    assert thumbnail.size == (128, 64)
    assert thumbnail.picture.scale == (8.0, 8.0)


def test_scan_lines_with_a_stray_tiles_attribute_have_a_thumbnail(decoder: Decoder, tmp_path: Path) -> None:
    tiles = {"tiles": tile_description(64, 64, "mipmap_levels", False)}
    path = write_exr(tmp_path / "a.exr", width=800, height=600, attributes=tiles)
    assert decoder.thumbnail(str(path), max_size=(100, 100)).size == (100, 75)


def test_thumbnails_and_looks_of_one_picture_in_two_spaces_agree(
    decoder: Decoder, tmp_path: Path, corpus: Path
) -> None:
    folder = corpus / "openexr-images" / "Chromaticities"
    folder = folder if folder.is_dir() else corpus / "Chromaticities"
    rec709, xyz = (decoder.thumbnail(str(folder / name)) for name in ("Rec709.exr", "XYZ.exr"))
    steps = np.abs(decode_jpeg(tmp_path, rec709.data) - decode_jpeg(tmp_path, xyz.data))
    assert steps.mean() < 0.5
    assert (steps <= 2).mean() > 0.95  # the others are coefficients of the JPEGs that were rounded up and down
    assert np.abs(rec709.picture.pixels - xyz.picture.pixels).max() < 0.01
    assert look_embedding(rec709.picture.pixels) @ look_embedding(xyz.picture.pixels) > 0.9999


def test_thumbnail_keeps_the_colors_of_small_details(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.zeros((90, 160, 3), np.float32)
    pixels[:, ::2, 0] = pixels[:, 1::2, 2] = 1.0  # red and blue columns, of which half the resolution makes purple
    thumbnail = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", pixels)))
    assert np.abs(decode_jpeg(tmp_path, thumbnail.data) - 255.0 * pixels).max() < 8


def test_thumbnail_converts_the_named_space_of_the_file(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.full((40, 60, 3), [0.1, 0.3, 0.1], np.float32)
    plain = decoder.thumbnail(str(write_picture(tmp_path / "a.exr", pixels)))
    named = decoder.thumbnail(str(write_picture(tmp_path / "b.exr", pixels, colorInteropID="lin_ap1_scene")))
    matrix = rec709_matrix(NAMED_PRIMARIES["ACEScg"])
    assert matrix is not None
    assert named.picture.pixels[5, 5, :3] == pytest.approx(matrix @ np.float16([0.1, 0.3, 0.1]), abs=1e-4)
    assert decode_jpeg(tmp_path, named.data)[5, 5, 1] > decode_jpeg(tmp_path, plain.data)[5, 5, 1]
    nonsense = (0.64, 0.33, 0.64, 0.33, 0.64, 0.33, 0.3, 0.0)
    assert rec709_matrix(nonsense) is None


def test_thumbnail_is_decoded_once_until_the_file_changes(decoder: Decoder, tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path / "cache")
    path = write_picture(tmp_path / "a.exr", scene(60, 90))
    first = cache.get(str(path), decoder)
    with pytest.raises(AttributeError):
        cache.get(str(write_picture(tmp_path / "b.exr", scene(60, 90))), None)  # type: ignore[arg-type]
    assert cache.get(str(path), None) == first  # type: ignore[arg-type]
    write_picture(path, scene(60, 90, seed=5) * 3)
    assert cache.get(str(path), decoder) != first


def test_cache_keeps_the_thumbnails_used_last(decoder: Decoder, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    paths = [str(write_picture(tmp_path / f"{n}.exr", scene(60, 90, seed=n))) for n in range(6)]
    size = len(ThumbnailCache(folder).get(paths[0], decoder))
    for path in paths[1:]:
        ThumbnailCache(folder, int(4.5 * size)).get(path, decoder)
        for file in folder.glob("??/*"):  # let time pass
            os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns - 10**9))
    files = list(folder.glob("??/*"))
    assert 2 <= len(files) <= 4
    assert not list(folder.glob("??/.*"))
    ThumbnailCache(folder).get(paths[-1], None)  # type: ignore[arg-type]


def test_thumbnail_is_returned_if_the_cache_cannot_be_written(decoder: Decoder, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    path = write_picture(tmp_path / "a.exr", scene(60, 90))
    assert ThumbnailCache(tmp_path / "cache").get(str(path), decoder).startswith(b"\xff\xd8")
    with pytest.raises(PixelsError, match="no such file"):
        ThumbnailCache(tmp_path / "cache").get(str(tmp_path / "none.exr"), decoder)


def test_cryptomatte_ids_have_separate_colors(decoder: Decoder, tmp_path: Path) -> None:
    ids = np.zeros((300, 600), np.float32)
    ids[:, 201:] = np.float32(3.1e-5)
    ids[:, 401:] = np.float32(-7.7e20)
    coverage = np.where(ids == 0, 0, 1).astype(np.float32)
    channels = {"R": ids, "G": coverage, "B": np.zeros_like(ids), "A": np.zeros_like(ids)}
    path = write_picture(tmp_path / "a.exr", {f"crypto_object00.{name}": values for name, values in channels.items()})
    thumbnail = decoder.thumbnail(str(path))
    assert set(np.unique(thumbnail.picture.pixels[..., 0])) == set(np.unique(ids))
    image = decode_jpeg(tmp_path, thumbnail.data)
    colors = [image[50, x] for x in (20, 133, 250)]
    assert colors[0].max() < 10
    assert np.abs(colors[1] - colors[2]).max() > 40


@pytest.mark.parametrize("kind", ["full", "replace"])
def test_fault_of_the_thumbnail_cache_costs_nothing_but_the_cache(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    path = str(write_exr(tmp_path / "a.exr"))
    decoder.thumbnail(path)  # starts the worker, which the limit would be inherited by
    folder = tmp_path / "thumbnails"
    with fault(kind):
        assert ThumbnailCache(folder).get(path, decoder)
    assert [entry for entry in folder.rglob("*") if entry.is_file()] == []
    assert ThumbnailCache(folder).get(path, decoder)
    (kept,) = folder.rglob("*.jpg")
    modes = [stat.S_IMODE(entry.stat().st_mode) for entry in (folder, kept.parent, kept)]
    assert modes == [0o700, 0o700, 0o600]


def test_planted_link_is_no_thumbnail(decoder: Decoder, tmp_path: Path) -> None:
    path, folder, victim = str(write_exr(tmp_path / "a.exr")), tmp_path / "thumbnails", tmp_path / "victim"
    victim.write_bytes(b"mine")
    data = ThumbnailCache(folder).get(path, decoder)
    (kept,) = folder.rglob("*.jpg")
    kept.unlink()
    kept.symlink_to(victim)
    assert ThumbnailCache(folder).get(path, decoder) == data
    assert victim.read_bytes() == b"mine"
    assert not kept.is_symlink()
