"""Pixel diff: figures against independent maths, and `diff --pixels` over all layers of two files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exr_inspector_app.__main__ import main
from exr_inspector_app.cli.output.pixel_table import result_json
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.services import pixel_diff
from exr_inspector_app.services.pixel_diff import LayerDifference
from tests.exr.pictures import Pixels, cut, scene, write_picture, write_tiled

LAYERS = ("R", "G", "B", "A", "key.R", "key.G", "key.B", "Z")


def write_layers(path: Path, pixels: Pixels, names: tuple[str, ...] = LAYERS, **more: Any) -> Path:
    return write_picture(path, pixels, names, **more)


def compare(decoder: Decoder, *paths: Path) -> list[LayerDifference]:
    first, second = (inspect_file(str(path)) for path in paths)
    return list(pixel_diff.diff_layers((first, second), decoder))


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with closing(Decoder()) as shared:
        yield shared


def diff(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["diff", "--pixels", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_figures_of_every_layer_equal_independent_maths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, decoder: Decoder
) -> None:
    a = scene(40, 60, 8)
    b = a.copy()
    b[10:20, 30:50, 4:7] *= 2  # the key light is one stop brighter there
    b[25, 7, 7] = np.nan  # Z
    b[3, 5, 3] += 0.0005  # below the step
    a, b = (pixels.astype(np.float16).astype(np.float32) for pixels in (a, b))
    a[30, 1, 7] = b[30, 1, 7] = np.nan  # NaN in both is no change
    paths = [write_layers(tmp_path / name, pixels) for name, pixels in (("a.exr", a), ("b.exr", b))]
    extra = write_layers(
        tmp_path / "c.exr", np.concatenate([b, b[..., :1]], axis=2), (*LAYERS, "mask.A"), compression="piz"
    )
    code, out, _ = diff(capsys, *paths, "--json")
    result = json.loads(out)
    assert (code, result["same"], result["files"]) == (0, False, [str(path) for path in paths])
    assert [layer["layer"] or layer["kind"] for layer in result["layers"]] == ["depth", "key", "color"]
    depth, key, color = (layer["figures"] for layer in result["layers"])
    errors = np.abs(b[..., 4:7].astype(np.float64) - a[..., 4:7])
    row, column = np.unravel_index(errors.max(axis=2).argmax(), errors.shape[:2])
    assert key["mae"] == pytest.approx(errors.mean())
    assert key["rmse"] == pytest.approx(math.sqrt((errors**2).mean()))
    assert key["psnr"] == pytest.approx(-20 * math.log10(key["rmse"]))
    assert (key["max"], key["max_at"]) == (errors.max(), [column, row])
    assert (key["changed"], key["first"]) == (200, [30, 10])
    assert (depth["changed"], depth["non_finite"], depth["first"], depth["mae"]) == (1, 1, [7, 25], 0)
    assert (color["changed"], color["first"], color["max_at"]) == (0, None, [5, 3])
    assert color["max"] > 0
    monkeypatch.setattr(pixel_diff, "MAX_BATCH_BYTES", 1)  # channel by channel
    single = sorted(compare(decoder, *paths), key=lambda result: result.order)
    assert [json.loads(json.dumps(result_json(layer))) for layer in single] == result["layers"]
    assert single[1].thumbnail is not None
    assert (single[1].thumbnail.shape, single[1].thumbnail.max()) == ((40, 60), 1)
    code, out, _ = diff(capsys, *paths[1:], extra)
    assert out.splitlines()[2:] == [
        "0 of 3 layers differ by more than 0.001",
        "",
        "Only in B: mask.A",
        "",
        "No change: RGBA, Z, key",
    ]
    assert code == 0


def test_windows_and_missing_pixels_are_left_out_with_a_sentence(tmp_path: Path, decoder: Decoder) -> None:
    pixels = scene(32, 48)
    a = write_picture(tmp_path / "a.exr", pixels, "RGB")
    moved = {"dataWindow": (np.array([16, 8], np.int32), np.array([63, 39], np.int32))}
    b = write_picture(tmp_path / "b.exr", np.roll(pixels, (-8, -16), (0, 1)), "RGB", **moved)
    (layer,) = compare(decoder, a, b)
    assert layer.is_equal
    assert layer.note == (
        "The data windows differ (48 × 32 and 48 × 32 at 16, 8); compared where they overlap, 32 × 24 at 16, 8."
    )
    far = {"dataWindow": (np.array([500, 0], np.int32), np.array([547, 31], np.int32))}
    (layer,) = compare(decoder, a, write_picture(tmp_path / "far.exr", pixels, "RGB", **far))
    assert layer.error == "The data windows do not overlap."
    tiled = write_tiled(tmp_path / "t.exr", scene(64, 64))
    (layer,) = compare(decoder, tiled, cut(tiled, 0.6))
    assert layer.figures is not None
    assert (layer.figures.changed_count, 0 < layer.figures.pixel_count < 64 * 64) == (0, True)


def test_whole_numbers_are_compared_exactly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = np.full((4, 4), 2**32 - 2, np.uint32)
    depth = np.zeros((4, 4), np.float16)
    paths = []
    for name, change in (("a.exr", 0), ("b.exr", 1)):
        planes = {"id": ids.copy(), "Z": depth, "x.R": depth, "x.G": depth, "x.B": ids.copy()}
        planes["id"][1, 2] += change
        planes["x.B"][3, 3] -= change * 2**24 + change
        paths.append(write_picture(tmp_path / name, planes))
    code, out, _ = diff(capsys, *paths, "--json")
    figures = {layer["layer"] or layer["a"]["channels"][0]: layer["figures"] for layer in json.loads(out)["layers"]}
    assert (code, figures["id"]["max"], figures["id"]["changed"], figures["id"]["first"]) == (0, 1, 1, [2, 1])
    assert (figures["Z"]["max"], figures["x"]["max"], figures["x"]["max_at"]) == (0, 2**24 + 1, [3, 3])
    assert " 16777217 " in diff(capsys, *paths)[1]


def test_sequences_are_compared_frame_by_frame(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for version, count in (("v1", 3), ("v2", 2)):
        (tmp_path / version).mkdir()
        for frame in range(1001, 1001 + count):
            write_picture(tmp_path / version / f"x.{frame}.exr", scene(8, 8) * (2 if frame == 1002 else 1), "RGB")
    code, out, err = diff(capsys, tmp_path / "v1", tmp_path / "v2", "--json")
    assert (code, json.loads(out)["same"], len(json.loads(out)["pairs"])) == (0, True, 2)
    assert "Skipped 1 frame of one sequence only." in err
    assert main(["diff", "--step", "1", str(tmp_path / "v1")]) == 2
    assert diff(capsys, tmp_path / "v1")[0] == 2


def test_layers_of_one_part_match_the_parts_of_another_file(corpus_pair: tuple[Path, Path]) -> None:
    pairs = pixel_diff.pair_layers(*(inspect_file(str(path)) for path in corpus_pair))
    assert all(pair.a and pair.b for pair in pairs)


@pytest.fixture
def corpus_pair(tmp_path: Path) -> tuple[Path, Path]:
    import OpenEXR

    pixels = np.zeros((4, 4), np.float16)
    single = write_picture(tmp_path / "s.exr", {name: pixels for name in (*LAYERS, "N.X", "N.Y", "N.Z")})
    header = {"type": OpenEXR.scanlineimage}
    groups = {"beauty": "RGBA", "key": "RGB", "depth": "Z", "N": "XYZ"}
    parts = [
        OpenEXR.Part({**header, "name": name}, {letter: pixels.copy() for letter in letters})
        for name, letters in groups.items()
    ]
    OpenEXR.File(parts).write(str(tmp_path / "m.exr"))
    return single, tmp_path / "m.exr"
