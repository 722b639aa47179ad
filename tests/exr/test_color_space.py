"""Render software of a file, from the attributes of each program."""

from __future__ import annotations

import pytest

from exr_inspector_app.exr.parser.color_space import render_software


@pytest.mark.parametrize(
    ("attributes", "software"),
    [
        ({"arnold/version": "7.2.4.1"}, "Arnold 7.2.4.1"),
        ({"vrayInfo/vrayversion": "V-Ray 6.10.06 for Maya", "writer": "OIIO"}, "V-Ray 6.10.06 for Maya"),
        ({"vrayInfo/vraycore": "V-Ray Core, version 6.10.06"}, "V-Ray Core, version 6.10.06"),
        ({"rman_version": "26.0"}, "RenderMan 26.0"),
        ({"Software": "Redshift 2025.1.0\0"}, "Redshift 2025.1.0"),
        ({"cycles.ViewLayer.samples": "64"}, "Cycles"),
        ({"Software": " ", "owner": "studio"}, None),
    ],
)
def test_render_software(attributes: dict[str, str], software: str | None) -> None:
    assert render_software(attributes) == software
