"""Small set of headers in the manner of real programs, with graded relevance; most real files are bare."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import payload
from tests.benchmarks.real_files import RealFiles, graded
from tests.exr_files import Attributes, Tiles, exr_bytes, integer, real, string, vector

_RGB, _RGBA = ["B", "G", "R"], ["A", "B", "G", "R"]
_HD, _SQUARE = {"width": 1920, "height": 1080}, {"width": 512, "height": 512}
_REC709 = vector("chromaticities", 0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
_AP0 = vector("chromaticities", 0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)


def _nuke(version: str, camera: str = "") -> Attributes:
    plate = {
        "input/exr/cameraModel": string(camera), "input/exr/lensModel": string("LPL 35"),
        "input/exr/isoSpeed": integer(800), "input/timecode": string("10:11:12:13"),
    } if camera else {}  # fmt: skip
    return {"nuke/version": string(version), "nuke/node_hash": string("9f1d0a2c44"), **plate}


def _arnold(samples: int) -> Attributes:
    return {
        "arnold/version": string("Arnold 7.1.3.0 [a8020120] linux"),
        "arnold/AA_samples": integer(samples),
        "arnold/color_space": string("ACEScg"),
        "arnold/camera/near_clip": real(0.1),
        "arnold/stats/time/render": real(samples * 1.7),
    }


def _mitsuba(version: str) -> Attributes:
    return {"generatedBy": string(f"Mitsuba {version}"), "chromaticities": _REC709}


def _blender(engine: str) -> Attributes:
    return {"Software": string("Blender 4.2.1"), "cycles.ViewLayer.samples": string(engine), "chromaticities": _REC709}


_ARNOLD_TILES: dict[str, Any] = {"compression": "zip", **_SQUARE, "tiles": Tiles(64, 64), "kind": "tiledimage"}
_AOVS = [*_RGBA, "N.X", "N.Y", "N.Z", "diffuse.B", "diffuse.G", "diffuse.R"]
_PASSES = [f"ViewLayer.{layer}.{part}" for layer in ("Combined", "DiffDir") for part in "BGR"]
_FLOAT = [(name, "float") for name in _RGB]
_LAT_LONG = {"width": 4096, "height": 2048}
_ACES = {"chromaticities": _AP0, "acesImageContainerFlag": integer(1)}

# Program, production, kind, number of files, channels, attributes, and other facts of their parts.
_SETS: tuple[tuple[str, str, str, int, Sequence[Any], Attributes, dict[str, Any]], ...] = (
    ("Nuke", "plates/a", "rgb", 4, _RGB, _nuke("13.1v3", "ALEXA 35"), {"compression": "piz", **_HD}),
    ("Nuke", "comp/b", "rgb", 3, _RGBA, _nuke("14.0v2"), {"compression": "zip", **_HD}),
    ("Arnold", "tests/c", "rgb", 3, _RGBA, _arnold(3), _ARNOLD_TILES),
    ("Arnold", "show/d", "multi", 3, _AOVS, _arnold(6), {"compression": "zips", **_HD}),
    ("Mitsuba", "scenes/e", "rgb", 4, _RGB, _mitsuba("2.2.1"), {"compression": "piz", **_SQUARE}),
    ("Mitsuba", "paper/f", "rgb", 2, _FLOAT, _mitsuba("3.5.0"), {"compression": "zip", **_SQUARE}),
    ("Cycles", "scenes/g", "multi", 3, _PASSES, _blender("128"), {"compression": "zip", **_HD}),
    ("?", "data/h", "rgb", 4, _RGB, {}, {"compression": "zip", **_SQUARE}),
    ("?", "textures/i", "rgb", 3, _RGB, {}, {"compression": "piz", "width": 1024, "height": 512}),
    ("?", "hdris/j", "rgb", 3, _FLOAT, {"owner": string("a person")}, {"compression": "none", **_LAT_LONG}),
    ("?", "aces/k", "rgb", 2, _RGB, _ACES, {"compression": "zip", **_HD}),
)


@cache
def real_manner() -> RealFiles:
    """Return the set; files of one production differ in their dates and crops."""
    rows, payloads = [], []
    for program, production, kind, count, channels, attributes, facts in _SETS:
        for number in range(count):
            changing = {"capDate": string(f"2026:03:0{number + 1} 10:00:0{number}")} if attributes else {}
            height = facts["height"] - (number if number > 1 else 0)  # of another crop
            part = {**facts, "channels": channels, "attributes": {**attributes, **changing}, "height": height}
            data = exr_bytes((part,))
            name = f"/{production}/file_{'abcd'[number]}.exr"
            payloads.append(payload(inspect_bytes(data, name, len(data))))
            repository = production.partition("/")[0] + production[-1]
            rows.append({"repository": repository, "program": program, "production": production, "kind": kind})
    return graded(rows, payloads)
