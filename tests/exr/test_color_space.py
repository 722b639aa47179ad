"""Color space of a part by the evidence of its attributes."""

from __future__ import annotations

from typing import Any

import pytest

from exr_inspector_app.exr.parser.color_space import color_space, is_log_name
from exr_inspector_app.exr.parser.programs import programs_of

REC709 = {"red": [0.64, 0.33], "green": [0.30, 0.60], "blue": [0.15, 0.06], "white": [0.3127, 0.3290]}
AP0 = {"red": [0.7347, 0.2653], "green": [0.0, 1.0], "blue": [0.0001, -0.077], "white": [0.32168, 0.33767]}


@pytest.mark.parametrize(
    ("attributes", "software"),
    [
        ({"arnold/version": "7.2.4.1"}, "Arnold 7.2.4.1"),
        ({"vrayInfo/vrayversion": "V-Ray 6.10.06 for Maya", "writer": "OIIO"}, "V-Ray 6.10.06"),
        ({"vrayInfo/vraycore": "V-Ray Core, version 6.10.06"}, "V-Ray 6.10.06"),
        ({"rman_version": "26.0"}, "RenderMan 26.0"),
        ({"Software": "Redshift 2025.1.0\0"}, "Redshift 2025.1.0"),
        ({"cycles.ViewLayer.samples": "64"}, "Cycles"),
        ({"Software": " ", "owner": "studio"}, None),
    ],
)
def test_render_software(attributes: dict[str, str], software: str | None) -> None:
    assert programs_of(attributes).label == software


@pytest.mark.parametrize(
    ("attributes", "space"),
    [
        ({"colorInteropID": "lin_ap1_scene", "colorSpace": "sRGB"}, "lin_ap1_scene"),
        ({"arnold/color_space": "ACEScg", "chromaticities": REC709}, "ACEScg"),
        ({"oiio:ColorSpace": "scene_linear", "chromaticities": REC709}, "scene_linear"),
        ({"oiio:ColorSpace": "unknown", "chromaticities": REC709}, "Rec.709"),
        ({"ocio/colorspace": "ACES - ACEScct"}, "ACES - ACEScct"),
        ({"karma:color_space": "ACEScg", "chromaticities": REC709}, "ACEScg"),
        ({"nuke/input/colorspace": "sRGB", "chromaticities": AP0}, "ACES2065-1"),
        ({"acesImageContainerFlag": 1}, "ACES2065-1"),
        ({"acesImageContainerFlag": 1, "chromaticities": AP0}, "ACES2065-1"),
        ({"acesImageContainerFlag": 1, "chromaticities": REC709}, "Rec.709"),
        ({"acesImageContainerFlag": 1, "chromaticities": {key: [0.0, 0.0] for key in REC709}}, None),
        ({"chromaticities": b"raw"}, None),
        ({}, None),
    ],
)
def test_color_space_by_evidence(attributes: dict[str, Any], space: str | None) -> None:
    assert color_space(attributes) == space


@pytest.mark.parametrize(
    ("name", "is_log"),
    [
        ("ACEScct.exr", True), ("plate_acescc.0001.exr", True), ("color_palette_arri_logc4.exr", True),
        ("a_LogC.exr", True), ("b.slog3.exr", True), ("c_log3g10.exr", True), ("d_adx10.exr", True), ("log.exr", True),
        ("ACEScg.exr", False), ("catalogue.exr", False), ("logo.exr", False), ("prologue_010.exr", False),
    ],
)  # fmt: skip
def test_log_curves_are_named_in_file_names(name: str, is_log: bool) -> None:
    assert is_log_name(name) == is_log
