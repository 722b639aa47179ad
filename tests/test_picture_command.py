"""Command `picture`: colors against other maths, choice of layers, sizes, messages and exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio
import pytest

from exr_inspector_app.__main__ import main
from exr_inspector_app.color.primaries import NAMED_PRIMARIES, Primaries
from exr_inspector_app.exr.pixels.decoder import Decoder
from tests.exr.pictures import scene, write_picture
from tests.exr.test_thumbnail_pictures import write_parts

Image = npt.NDArray[np.int64]


class KeptDecoder(Decoder):
    """Decoder whose process serves all tests of this module."""

    def close(self) -> None:
        """Keep the process for the next command."""


@pytest.fixture(scope="module")
def kept_decoder() -> Iterator[KeptDecoder]:
    decoder = KeptDecoder()
    yield decoder
    Decoder.close(decoder)


@pytest.fixture(autouse=True)
def one_decoder(kept_decoder: KeptDecoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exr_inspector_app.exr.pixels.decoder.Decoder", lambda: kept_decoder)


def picture(path: Path, *options: str | Path) -> Image:
    """Run the command, and return the colors of the PNG."""
    out = path.parent / "out.png"
    assert main(["picture", str(path), "--out", str(out), *map(str, options)]) == 0
    buffer = oiio.ImageBuf(str(out))
    assert buffer.spec().nchannels == 3
    return np.asarray(buffer.get_pixels(oiio.UINT8), np.int64)


def srgb(light: npt.NDArray[np.floating]) -> Image:
    """Return linear light of Rec.709 as bytes of sRGB."""
    light = np.clip(light, 0, 1)
    curved = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * curved).astype(np.int64)


def to_xyz(primaries: Primaries) -> npt.NDArray[np.float64]:
    xy = np.array(primaries).reshape(4, 2)
    columns = np.stack([xy[:, 0] / xy[:, 1], np.ones(4), (1 - xy.sum(1)) / xy[:, 1]])
    return columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3])


@pytest.mark.parametrize("gamut", ["Rec.709", "P3-D65", "Rec.2020", "ACEScg", "ACES2065-1"])
def test_gamuts_are_converted_within_one_step(tmp_path: Path, gamut: str) -> None:
    primaries = NAMED_PRIMARIES[gamut]
    pixels = scene(40, 60) * np.float32([0.6, 0.3, 0.1])
    path = write_picture(tmp_path / "a.exr", pixels, "RGB", chromaticities=primaries)
    light = np.float16(pixels).astype(float) @ np.linalg.solve(to_xyz(NAMED_PRIMARIES["Rec.709"]), to_xyz(primaries)).T
    assert np.abs(picture(path) - srgb(light)).max() <= 1
    assert np.abs(picture(path, "--exposure", "-1.5") - srgb(light * 2**-1.5)).max() <= 1


def test_one_picture_in_two_spaces_is_shown_alike(tmp_path: Path, corpus: Path) -> None:
    images = []
    for name in ("Rec709.exr", "XYZ.exr"):
        (found,) = corpus.glob(f"**/Chromaticities/{name}")
        link = tmp_path / name
        link.symlink_to(found)
        images.append(picture(link, "--full"))
    assert np.abs(images[0] - images[1]).max() <= 2


def test_configuration_display_and_view_are_those_of_openimageio(tmp_path: Path) -> None:
    pixels = scene(30, 50)
    path = write_picture(tmp_path / "a.exr", pixels, "RGB", colorInteropID="lin_ap1_scene")
    names = "Display P3 - Display", "Un-tone-mapped"
    actual = picture(path, "--config", "cg", "--display", names[0], "--view", names[1])
    source = oiio.ImageBuf(np.float16(pixels).astype(np.float32))
    expected = oiio.ImageBufAlgo.ociodisplay(source, *names, "ACEScg", colorconfig="ocio://cg-config-latest")
    assert np.abs(actual - np.rint(255 * np.clip(expected.get_pixels(oiio.FLOAT), 0, 1))).max() <= 1


def test_configuration_that_cannot_be_used_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_picture(tmp_path / "a.exr", scene(30, 50), "RGB")
    plain = picture(path)
    assert np.array_equal(picture(path, "--config", tmp_path / "none.ocio", "--display", "Studio"), plain)
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        f"Cannot use the OpenColorIO configuration {tmp_path}/none.ocio: No such file or directory. "
        "Colors are shown without it."
    ]
    assert captured.out == ""


def test_sizes(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(120, 400), "RGB")
    assert picture(path).shape == (120, 400, 3)
    assert picture(path, "--size", "150").shape == (45, 150, 3)
    assert picture(path, "--size", "800x30").shape == (30, 100, 3)
    assert picture(path, "--size", "9000").shape == (120, 400, 3)
    constant = write_picture(tmp_path / "b.exr", np.full((90, 2500, 3), 0.18), "RGB")
    reduced = picture(constant)
    assert reduced.shape == (74, 2048, 3)
    assert (reduced == srgb(np.float16([0.18]))).all()
    assert picture(constant, "--full").shape == (90, 2500, 3)
    wide = write_picture(tmp_path / "c.exr", scene(40, 50), "RGB", pixelAspectRatio=2.0)
    assert picture(wide).shape == (40, 100, 3)


def test_windows_are_held_by_the_picture(tmp_path: Path) -> None:
    windows = {"dataWindow": ((-10, 5), (29, 24)), "displayWindow": ((0, 0), (39, 29))}
    image = picture(write_picture(tmp_path / "a.exr", np.full((20, 40, 3), 1.0), "RGB", **windows))
    expected = np.zeros((30, 50, 3), int)
    expected[5:25, :40] = 255
    assert np.array_equal(image, expected)


def layered(tmp_path: Path) -> Path:
    color = scene(30, 40).astype(np.float16)
    depth = np.linspace(10, 500, 1200, dtype=np.float32).reshape(30, 40)
    parts: dict[str, dict[str, npt.NDArray[np.generic]]] = {
        "rgba": {letter: np.ascontiguousarray(color[..., at]) for at, letter in enumerate("RGB")},
        "data": {
            "depth.Z": depth,
            **{f"diffuse.{letter}": np.ascontiguousarray(color[..., at] / 2) for at, letter in enumerate("RGB")},
        },
    }
    return write_parts(tmp_path / "a.exr", parts)  # type: ignore[arg-type]


def test_layers_are_chosen_by_name_and_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = layered(tmp_path)
    light = scene(30, 40)
    assert np.abs(picture(path) - srgb(light)).max() <= 1
    assert np.abs(picture(path, "--layer", "DIFFUSE") - srgb(light / 2)).max() <= 1
    assert np.abs(picture(path, "--part", "1") - srgb(light / 2)).max() <= 1
    assert np.abs(picture(path, "--layer", "G")[..., 0] - srgb(light)[..., 1]).max() <= 1
    depth = picture(path, "--layer", "depth", "--exposure", "3", "--config", "cg")
    assert (depth[0, 0] > depth[29, 39]).all()
    assert np.ptp(depth, axis=2).max() == 0  # data are not managed
    near = picture(path, "--layer", "depth", "--range", "0,40")
    assert near[0, 0, 0] > depth[29, 39, 0]
    assert (near[5:] == near[29, 39]).all()
    assert picture(path, "--layer", "diffuse", "--range", "-4,4").min() > 100
    normalized = picture(path, "--range", "auto")
    assert normalized.max() == 255
    sheet = picture(path, "--sheet", "--size", "400x300")
    assert sheet.shape[1] <= 400
    assert sheet.shape[0] <= 300
    assert capsys.readouterr().out.splitlines() == ["1,1\t0\trgba", "1,2\t1\tdiffuse", "2,1\t1\tdepth"]
    assert len(np.unique(sheet.reshape(-1, 3), axis=0)) > 100


def data_passes(path: Path) -> Path:
    """Write data of every kind, with what renderers store where there is nothing, and a Cryptomatte with a sidecar."""
    row, column = np.mgrid[0:60, 0:80].astype(np.float32)
    is_empty = row < 20
    hashes = np.where(column < 40, np.uint32(0x9D416418), np.uint32(0x248BFA47))
    hashes[is_empty] = 0
    channels = {
        "depth.Z": np.where(is_empty, np.float32(1e30), 3000 + 1800 * column),
        "P.X": 500 * column - 12_000,
        "P.Y": 10 * row,
        "P.Z": -90_000 - 20 * column,
        "motion.u": np.where(is_empty, 0, column - 40),
        "motion.v": np.where(is_empty, 0, 40 - row),
        "object.id": np.where(is_empty, 0, 65_504 + column // 8).astype(np.uint32),
        "crypto_object00.R": hashes.view(np.float32),
        "crypto_object00.G": np.where(is_empty, 0, 0.75),
        "crypto_object00.B": (hashes[:, ::-1].copy()).view(np.float32),
        "crypto_object00.A": np.where(is_empty, 0, 0.25),
    }
    arrays = {
        name: values if values.dtype == np.uint32 else values.astype(np.float32) for name, values in channels.items()
    }
    (path.parent / "names.json").write_text('{"box": "9d416418", "/set/Tree": "248bfa47"}')
    group = {"name": "crypto_object", "hash": "MurmurHash3_32", "manif_file": "names.json"}
    return write_picture(path, arrays, **{f"cryptomatte/3ae39a5/{key}": value for key, value in group.items()})  # type: ignore[arg-type]


def test_data_show_structure_at_first_sight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = data_passes(tmp_path / "a.exr")
    empties = {"depth": 0, "P": None, "motion": 128, "object": 0, "crypto_object": 0}
    for layer, empty in empties.items():
        image = picture(path, "--layer", layer)
        line = image[40]
        assert len(np.unique(line, axis=0)) >= (2 if layer == "crypto_object" else 10), layer
        assert np.ptp(line, axis=0).max() > (40 if layer == "crypto_object" else 100), layer
        assert empty is None or (image[:20] == empty).all(), layer
    mako = picture(path, "--layer", "depth", "--map", "mako")
    assert mako[40, 0].min() > 200
    assert mako[40, 70, 2] > mako[40, 70, 1] + 20  # dark blue
    matte = picture(path, "--layer", "crypto_object")
    isolated = picture(path, "--isolate", "/set/tree")  # names in any case, and the layer that has them
    assert isolated[40, 60].max() > 0.6 * matte[40, 60].max()
    assert isolated[40, 10].max() < 0.6 * matte[40, 10].max()
    assert np.array_equal(picture(path, "--isolate", "0x248bfa47"), isolated)
    with pytest.raises(SystemExit, match="2"):
        picture(path, "--map", "rainbow")
    assert main(["picture", str(path), "--out", str(tmp_path / "b.png"), "--isolate", "car"]) == 2
    assert capsys.readouterr().err.strip().endswith("There is no object car.")


def test_false_color_shows_exposure(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", np.float32([[[0.18] * 3, [1.5] * 3]]), "RGB")
    image = picture(path, "--map", "false-color")
    assert image[0].tolist() == [[0x80] * 3, [0xDD, 0x84, 0x36]]
    assert picture(path, "--map", "false-color", "--exposure", "-8")[0, 0].tolist() == [0x1B, 0x10, 0x33]


def test_eyes_of_a_stereo_file(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8, 6), np.float32)
    pixels[..., 3:] = 1.0
    names = ("R", "G", "B", "right.R", "right.G", "right.B")
    path = write_picture(tmp_path / "a.exr", pixels, names, multiView=["left", "right"])
    assert [picture(path, "--eye", eye).max() for eye in ("left", "right")] == [0, 255]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--layer", "spec"], 2, "There is no layer spec; choose one of:"),
        (["--part", "7"], 2, "There is no part 7"),
        (["--eye", "left"], 2, "There is no view left"),
        (["--display", "Cinema"], 2, "Unknown display: Cinema. Choose one of: sRGB"),
        (["--config", "cg", "--view", "Film"], 2, "has no view Film. Choose one of: ACES"),
        (["--out", "a.jpg"], 2, "--out must end in .png"),
        (["--out", "-"], 2, "--out must end in .png"),
        (["--size", "0x9"], 2, "is no size"),
        (["--range", "5,1"], 2, "is no range"),
        (["--size", "9", "--full"], 2, "not allowed with"),
        (["--out", "no/such/folder.png"], 1, "Cannot write no/such/folder.png: No such file or directory."),
    ],
)
def test_mistakes_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, words: str
) -> None:
    path = layered(tmp_path)
    arguments = ["picture", str(path), "--out", str(tmp_path / "out.png"), *options]
    try:
        result: object = main(arguments)
    except SystemExit as exit_of_argparse:
        result = exit_of_argparse.code
    assert result == code
    assert words in capsys.readouterr().err
    assert not list(tmp_path.glob("*.png"))


def test_folders_and_damaged_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shot").mkdir()
    for frame in (1002, 1001):
        write_picture(tmp_path / "shot" / f"b.{frame}.exr", np.full((8, 8, 3), (frame - 1001) / 2), "RGB")
    out = tmp_path / "out.png"
    assert main(["picture", str(tmp_path / "shot"), "--out", str(out)]) == 0
    assert capsys.readouterr().err == f"Showing {tmp_path}/shot/b.1001.exr.\n"
    assert oiio.ImageBuf(str(out)).get_pixels(oiio.UINT8).max() == 0
    before = out.read_bytes()
    for name, content in {
        "text.exr": b"no picture",
        "cut.exr": (tmp_path / "shot" / "b.1002.exr").read_bytes()[:300],
    }.items():
        (tmp_path / name).write_bytes(content)
        assert main(["picture", str(tmp_path / name), "--out", str(out)]) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["picture", str(tmp_path / "none"), "--out", str(out)]) == 1
    assert out.read_bytes() == before
