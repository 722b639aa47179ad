"""Test zoo: one small valid file of every kind that OpenEXR supports, and of every oddity that it allows."""

from __future__ import annotations

import struct
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR

from tests.exr_files.studio import studio_attributes, studio_channels
from tests.exr_files.values import Attributes, integer, preview, real, string, strings, time_code, vector
from tests.exr_files.writing import CODES, LONG_NAMES, MULTI_PART, Tiles, exr_bytes

DEEP_CHANNELS = ["A", "B", "G", "R", ("Z", "float")]
STRANGE_NAMES = [
    *["R", ".R", "R.", "..", "a.b.c.R", "ViewLayer.Combined.R", "ViewLayer.CryptoObject00.r", "rgba.blue", "red"],
    *["VRayDiffuseFilter.R", "RGB_color.R", "effectsResult.R", "Redshift.Z", "crypto_material01.B", " spaced .R "],
    *["left.R", "depth.left.Z", "N.x", "P.Y", "uv.u", "motion:vector.X", "ä.ö.R", "diffuse/R", "R,G", "x" * 255],
]
LUMINANCE_CHROMA: dict[str, Any] = {
    "width": 8,
    "height": 6,
    "channels": ["BY", "RY", "Y"],
    "sampling": {"BY": 2, "RY": 2},
}


@cache
def zoo() -> dict[str, bytes]:
    """Return the files by name; they are generated once per run and must not be changed."""
    return {**_kinds(), **_windows(), **_names(), **_values(), **_of_openexr()}


def _kinds() -> dict[str, bytes]:
    """Return files of every type, level mode, rounding and compression, of one part and of two."""
    files = {"version 1": exr_bytes(({},), version=1), "a header alone in multi-part form": exr_bytes(flags=MULTI_PART)}
    for compression in CODES:
        files[f"scan lines, {compression}"] = exr_bytes(({"compression": compression, "height": 300, "width": 2},))
    for mode in ("one_level", "mipmap_levels", "ripmap_levels"):
        for up in (False, True):
            facts = {"width": 11, "height": 7, "kind": "tiledimage", "tiles": Tiles(4, 3, mode, up)}
            deep = {**facts, "kind": "deeptile", "channels": DEEP_CHANNELS}
            files[f"tiles, {mode}, rounded {'up' if up else 'down'}"] = exr_bytes((facts,))
            files[f"deep tiles, {mode}, rounded {'up' if up else 'down'}"] = exr_bytes((deep,))
            files[f"two tiled parts, {mode}, rounded {'up' if up else 'down'}"] = exr_bytes((facts, deep))
    deep_lines = {"kind": "deepscanline", "channels": DEEP_CHANNELS, "display_window": (0, 0, 7, 7)}
    files["deep scan lines"] = exr_bytes((deep_lines,))
    low = {"data_window": (0, 2, 7, 4), "display_window": (0, 0, 7, 7)}
    files["deep and flat parts"] = exr_bytes((deep_lines, {"compression": "zip"}, low))
    files["luminance and chroma"] = exr_bytes((LUMINANCE_CHROMA,))
    return files


def _windows() -> dict[str, bytes]:
    """Return files with windows outside, inside and around each other, and far below zero."""
    boxes = {
        "negative": ((-9, -5, -2, -1), (-100, -100, 99, 99)),
        "one pixel": ((0, 0, 0, 0), (0, 0, 0, 0)),
        "overscan": ((-2, -2, 9, 9), (0, 0, 7, 7)),
        "apart": ((20, 20, 23, 23), (0, 0, 7, 7)),
        "far": ((1_000_000, -1_000_000, 1_000_003, -999_997), (0, 0, 7, 7)),
    }
    return {
        f"windows, {name}": exr_bytes(({"data_window": data, "display_window": display},))
        for name, (data, display) in boxes.items()
    }


def _names() -> dict[str, bytes]:
    """Return files with long and unusual names of channels, attributes, parts and views."""
    views = {"multiView": strings("right", "left")}
    left, right = {"view": string("left")}, {"view": string("right"), "name": string("a name of its own")}
    long = {"attributeOf" + "Long" * 50: integer(1), "x" * 255: ("y" * 255, b"z")}
    stereo = ["B", "G", "R", "left.B", "left.G", "left.R"]
    return {
        "strange channel names": exr_bytes(({"channels": sorted(STRANGE_NAMES)},), flags=LONG_NAMES),
        "channels in no order": exr_bytes(({"channels": ["R", "G", "B", ("id", "uint"), ("Z", "float")]},)),
        "a channel twice": exr_bytes(({"channels": ["R", "R"]},)),
        "names that are not UTF-8": exr_bytes(
            ({"channels": ["\udce9.R"], "attributes": {"n\udce9": string("caf\udce9")}},)
        ),
        "long names": exr_bytes(({"attributes": long, "channels": ["c" * 200 + ".R"]},), flags=LONG_NAMES),
        "several views in one part": exr_bytes(({"channels": stereo, "attributes": views},)),
        "a part for each view": exr_bytes(({"attributes": left}, {"attributes": right})),
        "a beauty render": exr_bytes(
            ({"width": 2, "height": 2, "channels": studio_channels(), "attributes": studio_attributes()},)
        ),
    }


def odd_values() -> Attributes:
    """Return an attribute of every type, including empty, huge, non-finite ones and unknown types."""
    numbers = {f"a_v{n}{kind}": vector(f"v{n}{kind}", *range(1, n + 1)) for n in (2, 3, 4) for kind in "ifd"}
    matrices = {f"a_m{n}{n}{kind}": vector(f"m{n}{n}{kind}", *range(n * n)) for n in (3, 4) for kind in "fd"}
    return {
        **numbers,
        **matrices,
        "anInt": integer(-(2**31)),
        "aFloat": real(0.1),
        "aDouble": ("double", struct.pack("<d", 1e300)),
        "notFinite": vector("v3f", float("nan"), float("inf"), float("-inf")),
        "aBox": vector("box2f", -0.5, 0.0, 1.5, 2.0),
        "someText": string("Zürich, 東京"),
        "latin1": string("Andr\udce9"),
        "noText": string(""),
        "withNul": string("before\0behind"),
        "hugeText": string("manifest " * 8000),
        "someStrings": strings("one", "", "Zürich"),
        "noStrings": strings(),
        "someFloats": ("floatvector", struct.pack("<3f", 0.25, -1.0, 1e30)),
        "noFloats": ("floatvector", b""),
        "aTime": time_code(23, 59, 58, 24),
        "aRate": ("rational", struct.pack("<iI", -24000, 1001)),
        "aKey": ("keycode", struct.pack("<7i", 1, 2, 3, 4, 5, 6, 20)),
        "aSurround": ("envmap", b"\1"),
        "aPreview": preview(3, 2),
        "chromaticities": vector("chromaticities", 0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329),
        "someBytes": ("bytes", struct.pack("<I", 4) + b"hint" + b"\0\1\2"),
        "ofNobody": ("studio:thing", b"\0\1\2\xff"),
        "ofNobodyEmpty": ("studio:thing", b""),
    }


def _values() -> dict[str, bytes]:
    files = {f"attribute {name}": exr_bytes(({"attributes": {name: pair}},)) for name, pair in odd_values().items()}
    listed = {name: pair for name, pair in odd_values().items() if name != "latin1"}  # the binding refuses it
    files["attributes of every type"] = exr_bytes(({"attributes": listed},))
    files["a hundred parts"] = exr_bytes([{"height": 1, "width": 1, "channels": ["Y"]}] * 100)
    return files


def _of_openexr() -> dict[str, bytes]:
    """Return files of the OpenEXR library: every compression, and deep pixels, some without samples."""
    flat = np.random.default_rng(7).random((37, 41)).astype(np.float16)
    deep = np.empty((9, 10), dtype=object)
    for y, x in np.ndindex(deep.shape):
        deep[y, x] = np.arange(x % 3, dtype=np.float32) if x % 3 else None
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for code in CODES:
            facts = {"compression": getattr(OpenEXR, f"{code.upper() if code != 'none' else 'NO'}_COMPRESSION")}
            channels = {"R": flat, "Z": flat.astype(np.float32), "id": flat.astype(np.uint32)}
            files[f"pixels, {code}"] = _written(Path(folder), {**facts, "type": OpenEXR.scanlineimage}, channels)
        tiles = OpenEXR.TileDescription()
        tiles.xSize, tiles.ySize = 16, 8
        for kind in (OpenEXR.deepscanline, OpenEXR.deeptile):
            facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": kind, "tiles": tiles}
            files[f"samples, {kind.name}"] = _written(Path(folder), facts, {"Z": deep})
    return files


def _written(folder: Path, facts: dict[str, Any], channels: dict[str, Any]) -> bytes:
    """Write a file with the OpenEXR library; return its bytes."""
    path = folder / "a.exr"
    with OpenEXR.File(facts, channels) as file:
        file.write(str(path))
    return path.read_bytes()
