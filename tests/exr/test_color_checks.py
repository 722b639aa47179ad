"""Color checks: chromaticities, white luminance, and the ACES container flag."""

from __future__ import annotations

from typing import Any

import pytest

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import Finding
from tests.exr_files import Tiles, exr_bytes, integer, real, string, vector

REC_709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
ACES_CG = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
XYZ = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.3127, 0.3290)
WIDE_GAMUT_3 = (0.684, 0.313, 0.221, 0.848, 0.0861, -0.102, 0.3127, 0.3290)
DAVINCI_WIDE_GAMUT = (0.8, 0.313, 0.1682, 0.9877, 0.079, -0.1155, 0.3127, 0.3290)
FLAG = integer(1)


def primaries(*numbers: float) -> tuple[str, bytes]:
    return vector("chromaticities", *numbers)


def findings(attributes: dict[str, tuple[str, bytes]], **part: Any) -> list[Finding]:
    compression = "none" if "acesImageContainerFlag" in attributes else "zip"
    listed = {"compression": compression, "channels": ["B", "G", "R"], **part, "attributes": attributes}
    return list(inspect_bytes(exr_bytes((listed,)), "a.exr", None).findings)


@pytest.mark.parametrize("numbers", [REC_709, AP0, ACES_CG, XYZ, WIDE_GAMUT_3, DAVINCI_WIDE_GAMUT])
def test_primaries_of_known_spaces_have_no_finding(numbers: tuple[float, ...]) -> None:
    assert findings({"chromaticities": primaries(*numbers), "whiteLuminance": real(100.0)}) == []


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.0,) * 8, "all are zero"),
        ((*REC_709[:6], 0.0, 0.0), "y of white is 0"),
        ((*REC_709[:6], 0.3, -0.1), "y of white is -0.1"),
        ((0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3), "on a line"),
        ((0.1, 0.1, 0.3, 0.3, 0.5, 0.5, 0.3, 0.3), "on a line"),
        ((640.0, 330.0, *REC_709[2:]), "out of range"),
        ((*REC_709[:6], 0.9, 0.9), "outside the triangle"),
    ],
)
def test_primaries_that_are_no_colors_are_reported(numbers: tuple[float, ...], text: str) -> None:
    (finding,) = findings({"chromaticities": primaries(*numbers)})
    assert (finding.severity, finding.code, finding.part_index) == ("warning", "chromaticities-invalid", 0)
    assert text in finding.message


def test_primaries_that_are_not_finite_are_one_finding() -> None:
    numbers = (float("nan"), *REC_709[1:])
    assert [finding.code for finding in findings({"chromaticities": primaries(*numbers)})] == ["not-finite"]


@pytest.mark.parametrize("luminance", [0.0, -1.0])
def test_white_luminance_must_be_positive(luminance: float) -> None:
    (finding,) = findings({"whiteLuminance": real(luminance)})
    assert (finding.severity, finding.code) == ("warning", "white-luminance-invalid")
    assert finding.message == f"The white luminance is {luminance:g}; it must be positive."


def test_values_of_other_types_are_not_judged() -> None:
    listed = {"chromaticities": string("0 0"), "whiteLuminance": string("0"), "acesImageContainerFlag": string("1")}
    assert findings(listed, compression="zip") == []


def test_flag_of_a_true_aces_container_has_no_finding() -> None:
    assert findings({"acesImageContainerFlag": FLAG, "chromaticities": primaries(*AP0)}) == []
    unset = {"acesImageContainerFlag": integer(0), "chromaticities": primaries(*REC_709)}
    assert findings(unset, compression="zip") == []


@pytest.mark.parametrize("numbers", [REC_709, ACES_CG])
def test_flag_beside_other_primaries_is_a_warning(numbers: tuple[float, ...]) -> None:
    (finding,) = findings({"acesImageContainerFlag": FLAG, "chromaticities": primaries(*numbers)}, compression="zip")
    assert (finding.severity, finding.code) == ("warning", "aces-flag-mismatch")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"compression": "piz"}, "piz compression"),
        ({"kind": "tiledimage", "tiles": Tiles(4, 4)}, "tiles"),
        ({"channels": ["B", "G", ("R", "float")]}, "channels other than half"),
        ({"channels": ["B", "G", "R", "Z"]}, "channels other than R, G, B and A"),
        ({"channels": ["B", "G", "R", "spec.B", "spec.G", "spec.R"]}, "channels other than R, G, B and A"),
    ],
)
def test_contents_that_an_aces_container_forbids_are_a_note(part: dict[str, Any], text: str) -> None:
    (finding,) = findings({"acesImageContainerFlag": FLAG, "chromaticities": primaries(*AP0)}, **part)
    assert (finding.severity, finding.code) == ("note", "aces-flag-mismatch")
    assert finding.message.endswith(f"{text}.")


def test_aces_container_without_chromaticities_is_a_note() -> None:
    (finding,) = findings({"acesImageContainerFlag": FLAG})
    assert (finding.severity, finding.message.split(": ")[1]) == ("note", "no chromaticities.")
