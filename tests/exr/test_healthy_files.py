"""Files without issues: headers in the manner of real programs, and real files, have no finding."""

from __future__ import annotations

import csv
import json
import struct
from typing import Any

import pytest

from exr_inspector_app.exr import inspect_bytes, inspect_file
from tests.conftest import CORPUS
from tests.exr_files import Tiles, exr_bytes, integer, real, string, strings, time_code, vector

ZOO = CORPUS.parent.parent / "zoo"
MIN_CLEAN_SHARE = 0.7  # of the real files

RGBA = ["A", "B", "G", "R"]
AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
NAN = float("nan")
RATE = ("rational", struct.pack("<iI", 24000, 1001))


def layer(name: str, components: str, kind: str = "half") -> list[tuple[str, str]]:
    return [(f"{name}.{component}", kind) for component in sorted(components)]


def cryptomatte(key: str, name: str) -> dict[str, tuple[str, bytes]]:
    facts = {
        "name": name,
        "hash": "MurmurHash3_32",
        "conversion": "uint32_to_float32",
        "manifest": json.dumps({"/root/hero/body": "9d416418", "sky": "248bfa47"}),
    }
    return {f"cryptomatte/{key}/{fact}": string(value) for fact, value in facts.items()}


def ranks(name: str, components: str, count: int = 3) -> list[tuple[str, str]]:
    levels = [entry for rank in range(count) for entry in layer(f"{name}{rank:02}", components, "float")]
    return [*layer(name, components, "float"), *levels]


PROGRAMS: dict[str, dict[str, Any]] = {
    "Nuke plate": {
        "channels": ["B", "G", "R"],
        "attributes": {
            "nuke/node_hash": string("5f3a"),
            "nuke/version": string("14.0v5"),
            "framesPerSecond": RATE,
            "timeCode": time_code(10, 2, 3, 4),
            "nuke/input/arri/look/cdl_slope_of_the_camera_original": vector("v3f", NAN, NAN, NAN),
        },
    },
    "Nuke stereo": {
        "channels": [
            *RGBA,
            *layer("depth", "Z", "float"),
            *layer("right", "ABGR"),
            *layer("right.depth", "Z", "float"),
        ],
        "attributes": {"nuke/version": string("13.2v1"), "multiView": strings("left", "right")},
    },
    "Arnold beauty": {
        "channels": [
            *RGBA,
            *layer("N", "XYZ", "float"),
            ("Z", "float"),
            *ranks("crypto_object", "ABGR"),
            *layer("diffuse_direct", "BGR"),
            *layer("motionvector", "GR"),
        ],
        "attributes": {
            "arnold/version": string("7.2.4.1 [c8cf6b1b] linux"),
            "arnold/aovs/diffuse_direct/lpe_expression_of_light_group": string("C<RD>L"),
            **cryptomatte("28322e9", "crypto_object"),
        },
    },
    "Cycles": {
        "channels": [
            *layer("ViewLayer.Combined", "ABGR", "float"),
            *ranks("ViewLayer.CryptoObject", "abgr"),
            *layer("ViewLayer.Depth", "Z", "float"),
            *layer("ViewLayer.Vector", "WXYZ", "float"),
        ],
        "attributes": {
            "BlenderMultiChannel": string("Blender V2.55.1 and newer"),
            "cycles.ViewLayer.samples": string("1024"),
            "cycles.ViewLayer.synchronization_time": string("00:01.22"),
            **cryptomatte("f834d0a", "ViewLayer.CryptoObject"),
        },
    },
    "V-Ray": {
        "channels": [*RGBA, ("Z", "float"), *ranks("cryptomatte", "ABGR"), *layer("VRayDiffuseFilter", "BGR")],
        "attributes": {
            "vrayInfo/vrayversion": string("V-Ray 6.10"),
            **cryptomatte("881c23b", "cryptomatte"),
        },
    },
    "ACES plate": {
        "compression": "none",
        "channels": ["B", "G", "R"],
        "attributes": {
            "acesImageContainerFlag": integer(1),
            "chromaticities": vector("chromaticities", *AP0),
            "adoptedNeutral": vector("v2f", *AP0[6:]),
            "com.arri.camera.CdlSlope": vector("v3f", 1.0, 1.0, 1.0),
            "focus": real(float("inf")),
            "timeCode": time_code(1, 0, 0, 0),
        },
    },
    "environment map": {
        "channels": ["B", "G", "R"],
        "compression": "piz",
        "attributes": {"envmap": ("envmap", b"\0"), "whiteLuminance": real(100.0)},
    },
    "texture": {
        "channels": ["B", "G", "R"],
        "kind": "tiledimage",
        "tiles": Tiles(4, 4, "mipmap_levels"),
        "attributes": {"Software": string("OpenImageIO 2.4"), "wrapmodes": string("periodic,periodic")},
    },
    "grey scale": {"channels": ["Y"]},
    "luminance and chroma": {"channels": ["BY", "RY", "Y"], "sampling": {"BY": 2, "RY": 2}},
}

NOTES = {"Nuke plate": [("note", "not-finite")]}  # the unset look of a camera


@pytest.mark.parametrize("program", PROGRAMS)
def test_usual_header_of_a_program_has_no_finding(program: str) -> None:
    part = {"compression": "zip", **PROGRAMS[program]}
    part["channels"] = sorted(part["channels"], key=lambda channel: channel if isinstance(channel, str) else channel[0])
    file = inspect_bytes(exr_bytes((part,)), "a.exr", None)
    assert file.errors == ()
    assert [(finding.severity, finding.code) for finding in file.findings] == NOTES.get(program, [])


def test_most_real_files_have_no_finding() -> None:
    manifest = ZOO / "manifest.tsv"
    if not manifest.is_file():
        pytest.skip("no real files on this machine")
    with open(manifest, encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter="\t"))
    noisy = []
    for row in rows:
        codes = {finding.code for finding in inspect_file(ZOO / row["file"]).findings}
        if codes - ({"incomplete"} if row["cut"] == "yes" else set()):
            noisy.append(row["file"])
    assert 1 - len(noisy) / len(rows) >= MIN_CLEAN_SHARE
