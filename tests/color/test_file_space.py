"""File space: evidence in its order, and the meaning of names of spaces."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.color.file_space import FileSpace, choose_space, decide_space
from exr_inspector_app.color.primaries import NAMED_PRIMARIES
from exr_inspector_app.color.scene_light import to_rec709
from exr_inspector_app.color.transfer_curves import CURVES, to_linear

AP1, AP0, P3 = (NAMED_PRIMARIES[name] for name in ("ACEScg", "ACES2065-1", "P3-D65"))


def test_evidence_has_an_order() -> None:
    named = decide_space(("lin_ap1_scene", "colorInteropID"), P3, is_aces_container=True)
    assert (named.evidence, named.primaries) == ("colorInteropID", AP1)
    flagged = decide_space(None, None, is_aces_container=True)
    assert flagged == FileSpace("ACES2065-1", "acesImageContainerFlag", AP0)
    contradicted = decide_space(None, P3, is_aces_container=True)
    assert (contradicted.name, contradicted.evidence) == ("Linear P3-D65", "chromaticities")
    assert decide_space(None, None) == FileSpace("Linear Rec.709", "assumed")


@pytest.mark.parametrize(
    ("name", "gamut", "curve"),
    [
        ("ACES - ACEScg", "ACEScg", "linear"),
        ("Scene Linear ACEScg (AP1)", "ACEScg", "linear"),
        ("linear_rec2020", "Rec.2020", "linear"),
        ("Utility - Linear - sRGB", "Rec.709", "linear"),
        ("srgb_rec709_scene", "Rec.709", "srgb"),
        ("sRGB", "Rec.709", "srgb"),
        ("ARRI LogC4", "ARRI Wide Gamut 4", "logc4"),
        ("ACEScct", "ACEScg", "acescct"),
    ],
)
def test_names_tell_primaries_and_curve(name: str, gamut: str, curve: str) -> None:
    space = choose_space(name)
    assert (space.primaries, space.curve, space.is_known) == (NAMED_PRIMARIES[gamut], curve, True)


def test_unknown_name_leaves_the_chromaticities() -> None:
    space = decide_space(("show_working", "arnold/color_space"), AP1)
    assert (space.name, space.primaries, space.is_known) == ("show_working", AP1, False)
    assert decide_space(("scene_linear", "colorSpace"), AP1).primaries == AP1


def test_curves_begin_at_black_and_have_middle_gray_where_their_makers_say() -> None:
    codes = {
        "acescc": 0.4135884, "acescct": 0.4135884, "logc3": 0.391007, "logc4": 0.2783958, "slog3": 420 / 1023,
        "vlog": 0.42331, "log3g10": 1 / 3, "srgb": 0.4613561,
    }  # fmt: skip
    assert codes.keys() <= CURVES.keys()
    for curve, code in codes.items():
        assert to_linear(np.array([code], np.float32), curve)[0] == pytest.approx(0.18, rel=2e-3), curve
        ramp = to_linear(np.linspace(0, 1, 500, dtype=np.float32), curve)
        assert (np.diff(ramp) > 0).all(), curve


def test_conversion_is_absolute() -> None:
    white = to_rec709(np.ones((1, 1, 3), np.float32), choose_space("CIE XYZ"))[0, 0]
    assert white == pytest.approx([1.2048, 0.9483, 0.9089], abs=2e-3)  # the illuminant E keeps its color
    hostile = np.array([[[np.nan, np.inf, -np.inf]]], np.float32)
    assert np.isfinite(to_rec709(hostile, choose_space("ACEScg"))).all()
