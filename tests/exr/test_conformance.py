"""Conformance rules: well-formed values that OpenEXR rejects are reported, and no others."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import OpenEXR
import pytest

from exr_inspector_app.exr import inspect_file
from tests.exr_files import Tiles, exr_bytes, integer, real, vector
from tests.exr_files.zoo import zoo

FAR = 2**30 - 1
TILED = {"kind": "tiledimage", "tiles": Tiles(4, 4)}


def channel(kind: int = 1, x: int = 1, y: int = 1) -> dict[str, Any]:
    """Return a part with a single channel of any type and sampling."""
    return {"attributes": {"channels": ("chlist", b"Y\0" + struct.pack("<iB3xii", kind, 0, x, y) + b"\0")}}


def window(name: str, *corners: int) -> dict[str, Any]:
    return {"attributes": {name: vector("box2i", *corners)}}


def messages(path: Path) -> list[str]:
    return [finding.message for finding in inspect_file(path).findings if finding.code == "header-invalid"]


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (window("displayWindow", 5, 5, 0, 0), "has no pixels, from 5, 5 to 0, 0;"),
        (window("displayWindow", 0, 0, -1, 7), "The display window has no pixels"),
        (window("dataWindow", 0, 0, -1, 7), "The data window has no pixels"),
        (window("displayWindow", 0, 0, FAR, 7), "is out of range"),
        (window("dataWindow", -FAR, 0, 7 - FAR, 7), "is out of range"),
        (channel(x=0), "does not fit the data window: Y;"),
        (channel(y=-1), "does not fit"),
        (channel(x=3), "does not fit"),
        ({**channel(x=2), "data_window": (1, 0, 8, 7)}, "does not fit"),
        ({**channel(x=2, y=2), **TILED, "attributes": channel(x=2, y=2)["attributes"]}, "does not fit"),
        (channel(kind=3), "Channels with an unknown pixel type: Y;"),
        ({"channels": []}, "The channel list is empty;"),
        ({"kind": "deepscanline", "compression": "zip"}, "Deep pixels are compressed with zip;"),
        ({"kind": "deeptile", "tiles": Tiles(4, 4), "compression": "htj2k32"}, "with htj2k32;"),
        ({"attributes": {"screenWindowWidth": real(-1.0)}}, "screen window is -1;"),
        ({"attributes": {"channels": ("cilist", b"\0")}}, "channels has the type cilist; OpenEXR requires chlist"),
        ({**TILED, "attributes": {"tiles": integer(0)}}, "tiles has the type int;"),
        (
            {**TILED, "attributes": {"tiles": ("tiledesc", struct.pack("<IIB", 4, 4, 0x90))}},
            "Unknown level rounding mode: 9.",
        ),
    ],
)
def test_value_that_openexr_rejects_is_reported(tmp_path: Path, part: dict[str, Any], text: str) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes((part,)))
    (message,) = messages(path)
    assert text in message
    assert message.endswith(".")
    with pytest.raises(RuntimeError), OpenEXR.File(str(path), separate_channels=True, header_only=True):
        pass


@pytest.mark.parametrize(
    "part",
    [
        window("displayWindow", 1 - FAR, 0, FAR - 1, 7),
        channel(x=2, y=2),
        {**channel(x=2), "data_window": (-8, 0, -1, 7)},
        *[{"kind": "deepscanline", "compression": finding} for finding in ("none", "rle", "zips", "zstd")],
    ],
)
def test_value_that_openexr_accepts_has_no_finding(tmp_path: Path, part: dict[str, Any]) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes((part,)))
    assert messages(path) == []
    with OpenEXR.File(str(path), separate_channels=True, header_only=True) as oracle:
        assert len(oracle.parts) == 1


def test_valid_files_have_no_finding(tmp_path: Path) -> None:
    for number, data in enumerate(zoo().values()):
        (tmp_path / f"{number}.exr").write_bytes(data)
    assert {path.name: results for path in tmp_path.iterdir() if (results := messages(path))} == {}


def test_corpus_has_no_finding(corpus: Path) -> None:
    assert {path.name: results for path in corpus.rglob("*.exr") if (results := messages(path))} == {}


def test_value_that_openexr_ignores_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(({"attributes": {"lineOrder": ("lineOrder", b"\x09")}},)))
    assert messages(path) == ["Unknown line order: 9."]


def test_parts_with_an_empty_name_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes([{"attributes": {"name": ("string", b"")}}] * 2))
    (message,) = [finding.message for finding in inspect_file(path).findings if finding.code == "parts-refused"]
    assert message == "Several parts share an empty name."
