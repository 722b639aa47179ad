"""Header checks: the findings of readable files, and the explanation of every code in the help."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.findings import SEVERITIES
from exr_inspector_app.exr.parser.header import parse_header
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.pixel_checks import add_stats, check_stats
from exr_inspector_app.model import ChannelStats, Finding
from tests.exr_files import exr_bytes, real, string, strings, time_code, vector

HELP = Path(__file__).resolve().parent.parent.parent / "resources" / "help" / "checks.md"
PICTURE = ["A", "B", "G", "R"]


def findings(*parts: dict[str, Any], present: int | None = None) -> list[Finding]:
    """Return the findings of a file with these parts, which by default are compressed and have an image."""
    complete = [{"compression": "zip", "channels": PICTURE, **part} for part in parts or ({},)]
    return list(inspect_bytes(exr_bytes(complete, present=present), "a.exr", None).findings)


def codes(*parts: dict[str, Any]) -> list[str]:
    return [finding.code for finding in findings(*parts)]


def test_typical_file_has_no_finding() -> None:
    assert findings() == []


def test_help_explains_exactly_the_codes() -> None:
    explained = re.findall(r"^### `([a-z-]+)` \((\w+)\)$", HELP.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(explained) == SEVERITIES
    assert len(explained) == len(SEVERITIES)


@pytest.mark.parametrize(
    ("part", "code", "text"),
    [
        ({"channels": [*PICTURE, "spec.B", "spec.R"]}, "colour-missing", "The layer spec has no G."),
        ({"channels": [*PICTURE, "spec.B", "spec.R", "sss.B", "sss.G"]}, "colour-missing", "spec (no G), sss (no R)."),
        ({"channels": ["Z"]}, "no-picture", "show nothing"),
        ({"channels": ["N.X", "N.Y", "N.Z"]}, "no-picture", "show nothing"),
        ({"data_window": (-2, 0, 9, 7), "display_window": (0, 0, 7, 7)}, "window-overscan", "2 left, 2 right."),
        ({"data_window": (0, 0, 3, 3), "display_window": (0, 0, 7, 7)}, "window-smaller", "25 %"),
        ({"data_window": (9, 9, 12, 12), "display_window": (0, 0, 7, 7)}, "window-apart", "outside"),
        ({"attributes": {"pixelAspectRatio": real(2.0)}}, "pixel-aspect", "2 times as wide as high"),
        ({"attributes": {"pixelAspectRatio": real(0.0)}}, "pixel-aspect", "Invalid pixel aspect ratio: 0."),
        ({"compression": "b44"}, "compression-unusual", "B44"),
        ({"compression": "none"}, "compression-unusual", "not compressed"),
        ({"attributes": {"compression": ("compression", b"\x63")}}, "compression-unusual", "Unknown compression: 99."),
        ({"compression": "htj2k256", "height": 256}, "compression-new", "OpenEXR 3.4"),
        ({"compression": "zstd"}, "compression-new", "OpenEXR 3.5"),
        (
            {"compression": "dwaa", "channels": [*PICTURE, ("CryptoMaterial00.R", "float")]},
            "compression-of-ids",
            "CryptoMaterial00",
        ),
        ({"attributes": {"m": vector("v3f", 0.0, float("nan"), 1.0)}}, "not-finite", "m holds"),
        ({"attributes": {"d": ("double", struct.pack("<d", float("-inf")))}}, "not-finite", "d holds"),
        ({"channels": [*PICTURE, "R"]}, "channel-twice", "Duplicate channels: R;"),
        ({"channels": ["R", "G", "B", "A"]}, "channels-unsorted", "(R, G, B and 1 more)"),
        ({"channels": [*PICTURE, "é", "z"]}, "channels-unsorted", "A, B, G and 3 more"),
        ({"attributes": {"multiView": string("left,right")}}, "view-type-invalid", "multiView is string, not stringv"),
        ({"attributes": {"view": strings("left")}}, "view-type-invalid", "view is stringvector, not string."),
        ({"attributes": {"a": real(float("nan")), "b": real(float("inf"))}}, "not-finite", "a, b hold NaN"),
    ],
)
def test_part_findings(part: dict[str, Any], code: str, text: str) -> None:
    (result,) = [finding for finding in findings(part) if finding.code == code]
    assert (result.severity, result.part_index) == (SEVERITIES[code], None if code == "no-picture" else 0)
    assert text in result.message
    assert result.message.endswith(".")


def test_duplicate_attribute_is_reported() -> None:
    data = exr_bytes(({"attributes": {"ownerA": string("a"), "ownerB": string("b")}},))
    results = inspect_bytes(data.replace(b"ownerB\0", b"ownerA\0"), "a.exr", None).findings
    (message,) = [finding.message for finding in results if finding.code == "attribute-twice"]
    assert message == "Duplicate attributes, read differently by different programs: ownerA."


def test_incomplete_file_reports_its_scan_lines() -> None:
    results = findings({"height": 1080, "compression": "zip"}, present=38)
    assert [finding.message.split(";")[0] for finding in results] == ["608 of 1,080 scan lines present"]


@pytest.mark.parametrize("listed", [0, 3])
def test_empty_chunk_table_is_reported_where_the_chunks_are_there(listed: int) -> None:
    data = exr_bytes(({"channels": PICTURE, "compression": "zips"},))
    end = parse_header(data, len(data)).end
    assert end is not None
    unlisted = data[: end + 8 * listed] + bytes(8 * (8 - listed)) + data[end + 64 :]
    file = inspect_bytes(unlisted, "a.exr", None)
    assert [(finding.code, finding.part_index) for finding in file.findings] == [("chunk-table-empty", 0)]
    assert (file.is_complete, file.parts[0].chunks_present) == (True, 8)
    cut = inspect_bytes(unlisted[:-1], "a.exr", None)
    assert [finding.code for finding in cut.findings] == ["incomplete"]
    unfinished = inspect_bytes(unlisted[:-150], "a.exr", None)
    assert [finding.code for finding in unfinished.findings] == ["incomplete"]


def test_decreasing_lines_begin_with_the_short_chunk() -> None:
    upward = {"height": 1080, "compression": "dwab", "attributes": {"lineOrder": ("lineOrder", b"\1")}}
    data = exr_bytes(({"channels": PICTURE, **upward},))
    (first, *_), end = parse_header(data, len(data)).parts, parse_header(data, len(data)).end
    assert first.chunk_count == 5
    assert end is not None
    last = struct.unpack_from("<5Q", data, end)[4]
    unfinished = data[:end] + bytes(40) + data[last:]
    results = inspect_bytes(unfinished, "a.exr", None).findings
    assert [finding.message.split(";")[0] for finding in results] == ["56 of 1,080 scan lines present"]


@pytest.mark.parametrize(
    "part",
    [
        {"channels": ["B", "G", "R"]},
        {"channels": [*PICTURE, "x" * 40], "attributes": {"y" * 40: string("me"), "short": ("t" * 32, b"")}},
        {"channels": [*PICTURE, "motion.G", "motion.R"]},
        {"channels": ["X", "Y", "Z"]},
        {"channels": ["A", "Y"]},
        {"channels": ["Y", "Z"]},
        {"channels": [*PICTURE, "z", "é"]},
        {"attributes": {"multiView": strings("left", "right"), "view": string("left")}},
        {"attributes": {"focus": real(float("inf")), "focusDistance": real(float("inf"))}},
    ],
)
def test_usual_contents_have_no_finding(part: dict[str, Any]) -> None:
    assert codes(part) == []


def test_unset_look_of_a_camera_is_one_note() -> None:
    nan = vector("v3f", *[float("nan")] * 3)
    look = {f"com.arri.camera.Cdl{name}": nan for name in ("Slope", "Offset", "Power")}
    (note,) = findings({"attributes": look})
    assert (note.severity, note.code) == ("note", "not-finite")
    (warning,) = findings({"attributes": {**look, "worldToCamera": vector("m44f", *[float("nan")] * 16)}})
    assert (warning.severity, warning.code) == ("warning", "not-finite")
    assert warning.message.endswith("and 1 more hold NaN or infinite numbers.")


def test_look_at_of_a_camera_is_no_look() -> None:
    (finding,) = findings({"attributes": {"camera/lookAt": vector("v3f", float("nan"), 0.0, 0.0)}})
    assert finding.severity == "warning"


def test_luminance_needs_no_alpha() -> None:
    luminance = {"channels": ["BY", "RY", "Y"], "sampling": {"BY": 2, "RY": 2}}
    assert codes(luminance) == []


def test_lossless_id_channels_have_no_finding() -> None:
    undeclared = ["cryptomatte-metadata-missing"]
    assert codes({"compression": "dwaa", "channels": [*PICTURE, ("crypto00.r", "float")]}) == undeclared
    assert codes({"compression": "zip", "channels": [*PICTURE, ("crypto00.R", "float")]}) == undeclared


def with_attribute(name: str, pair: tuple[str, bytes]) -> dict[str, Any]:
    return {"attributes": {name: pair}}


def with_rate(numerator: int, denominator: int) -> dict[str, Any]:
    return with_attribute("framesPerSecond", ("rational", struct.pack("<iI", numerator, denominator)))


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        ({"display_window": (0, 0, 9, 9)}, {}, "parts-refused"),
        (with_attribute("timeCode", time_code(1, 0, 0, 0)), {}, None),
        *[
            (with_attribute(name, first), with_attribute(name, second), code)
            for name, first, second, code in (
                ("timeCode", time_code(1, 0, 0, 0), time_code(2, 0, 0, 0), "parts-refused"),
                ("name", string("same"), string("same"), "parts-refused"),
                ("colorSpace", string("ACEScg"), string("sRGB"), "parts-differ"),
                ("owner", string("me"), string("you"), None),
            )
        ],
        (with_rate(24, 1), with_rate(24000, 1000), None),
        (with_rate(24, 1), with_rate(25, 1), "parts-differ"),
        (with_rate(24, 0), with_rate(24, 0), None),
        ({}, {"compression": "piz"}, "compression-mixed"),
        ({}, {}, None),
    ],
)
def test_contradicting_parts_are_reported_for_the_file(
    left: dict[str, Any], right: dict[str, Any], code: str | None
) -> None:
    assert [finding.code for finding in findings(left, right) if finding.part_index is None] == ([code] if code else [])


def test_cached_findings_are_not_used_for_other_values() -> None:
    nan, finite = {"attributes": {"exposure": real(float("nan"))}}, {"attributes": {"exposure": real(1.0)}}
    assert [codes(part) for part in (nan, finite, nan, finite)] == [["not-finite"], [], ["not-finite"], []]


def stats(**changes: Any) -> ChannelStats:
    usual = {"min": 0.0, "max": 1.0, "mean": 0.5, "stddev": 0.1, "nan_count": 0, "inf_count": 0, "negative_count": 0}
    return ChannelStats(part_index=0, **{"name": "R", **usual, **changes})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (stats(), []),
        (stats(nan_count=3, first_nan=(7, 9)), [("nan", "R has 3 pixels that are NaN, the first at 7, 9.")]),
        (stats(inf_count=1), [("half-overflow", "R has 1 pixel too bright for half, stored as Inf.")]),
        (stats(inf_count=1, minus_inf_count=1), [("inf", "R has 1 pixel that is -Inf.")]),
        (
            stats(inf_count=5, minus_inf_count=2, first_inf=(0, 1)),
            [
                ("half-overflow", "R has 3 pixels too bright for half, stored as Inf."),
                ("inf", "R has 2 pixels that are -Inf."),
            ],
        ),
        (stats(name="F", inf_count=5, minus_inf_count=2), [("inf", "F has 5 pixels that are Inf.")]),
        (stats(name="F", inf_count=2, minus_inf_count=2), [("inf", "F has 2 pixels that are -Inf.")]),
        (stats(name="Z", inf_count=2), [("inf", "Z has 2 pixels that are Inf.")]),
        (stats(max=0.0), [("empty", "R is zero everywhere.")]),
        (stats(min=0.5, max=0.5), [("constant", "R is 0.5 everywhere.")]),
        (stats(name="A", min=1.0), []),
        (stats(name="A", min=0.5, max=0.5), [("constant", "A is 0.5 everywhere.")]),
        (stats(min=1.0), [("constant", "R is 1 everywhere.")]),
        (stats(min=float("nan"), max=float("nan")), []),
    ],
)
def test_statistics_findings(row: ChannelStats, expected: list[tuple[str, str]]) -> None:
    parts = inspect_bytes(exr_bytes(({"channels": ["A", ("F", "float"), "R", ("Z", "float")]},)), "a.exr", None).parts
    assert [(finding.code, finding.message) for finding in check_stats(parts, [row])] == expected


def findings_of(channels: list[Any], rows: list[ChannelStats], **part: Any) -> list[tuple[str, str, str]]:
    parts = inspect_bytes(exr_bytes(({"channels": channels, **part},)), "a.exr", None).parts
    return [(finding.severity, finding.code, finding.message) for finding in check_stats(parts, rows)]


def test_findings_of_one_code_are_one_line() -> None:
    names = [f"light{number}.R" for number in range(9)]
    rows = [stats(name=name, max=0.0) for name in names[:7]] + [
        stats(name=name, min=0.5, max=0.5) for name in names[7:]
    ]
    assert findings_of(names, rows) == [
        ("note", "empty", "7 of 9 channels are zero everywhere: light0.R, light1.R, light2.R and 4 more."),
        ("note", "constant", "2 of 9 channels have the same value everywhere: light7.R (0.5), light8.R (0.5)."),
    ]
    rows = [stats(name=name, nan_count=2, first_nan=(3, 4), inf_count=1) for name in ("G", "R")]
    assert findings_of(["G", "R"], rows) == [
        (
            "error",
            "nan",
            "2 of 2 channels have pixels that are NaN:"
            " G (2 pixels, the first at 3, 4), R (2 pixels, the first at 3, 4).",
        ),
        (
            "error",
            "half-overflow",
            "2 of 2 channels have pixels too bright for half, stored as Inf: G (1 pixel), R (1 pixel).",
        ),
    ]


def test_each_part_has_its_own_finding() -> None:
    parts = inspect_bytes(exr_bytes(({"channels": ["R"]}, {"channels": ["R"]})), "a.exr", None).parts
    rows = [stats(max=0.0), stats(max=0.0)._replace(part_index=1)]
    assert [(finding.code, finding.part_index) for finding in check_stats(parts, rows)] == [("empty", 0), ("empty", 1)]


@pytest.mark.parametrize("kind", ["half", "float"])
@pytest.mark.parametrize("name", ["Z", "ZBack", "depth.Z", "ViewLayer.Depth.Z", "VRayZDepth", "zdepth.R"])
def test_infinite_depth_is_a_note(name: str, kind: str) -> None:
    ((severity, code, _),) = findings_of([(name, kind)], [stats(name=name, inf_count=2)])
    assert (severity, code) == ("note", "inf")


def test_infinite_depth_does_not_hide_other_infinities() -> None:
    rows = [stats(name=name, inf_count=2) for name in ("F", "Z")]
    results = findings_of([("F", "float"), ("Z", "float")], rows)
    assert [row[:2] for row in results] == [("error", "inf"), ("note", "inf")]


@pytest.mark.parametrize("kind", ["half", "float"])
@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("crypto_object00.R", {}),
        ("crypto_object.R", {}),
        ("ViewLayer.CryptoObject02.r", {}),
        ("uMatte00.R", {"cryptomatte/1234567/name": string("uMatte")}),
        ("uMatte.R", {"cryptomatte/1234567/name": string("uMatte")}),
    ],
)
def test_values_of_cryptomatte_layers_are_not_judged(name: str, kind: str, attributes: dict[str, Any]) -> None:
    for row in (stats(name=name, nan_count=2, inf_count=1), stats(name=name, max=0.0)):
        assert findings_of([(name, kind)], [row], attributes=attributes) == []


def test_decoded_pixels_have_findings(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(({"channels": PICTURE, "compression": "zip"},)))
    decoder = Decoder()
    file = add_stats(inspect_bytes(path.read_bytes(), str(path), None), decoder.stats(str(path)))
    decoder.close()
    assert [(finding.code, finding.message) for finding in file.findings] == [
        ("empty", "4 of 4 channels are zero everywhere: A, B, G and 1 more.")
    ]


def test_header_that_is_cut_has_no_finding_about_its_channels() -> None:
    data = exr_bytes(({"channels": PICTURE, "compression": "zip"},))
    file = inspect_bytes(data[:60], "a.exr", None)
    assert ([problem.code for problem in file.errors], file.findings) == (["header-truncated"], ())
