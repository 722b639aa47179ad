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
from tests.exr_files import exr_bytes, real, string, time_code, vector

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
        ({"channels": ["B", "G", "R"]}, "alpha-missing", "no A"),
        ({"channels": [*PICTURE, "spec.B", "spec.R"]}, "colour-missing", "The layer spec has no G."),
        ({"channels": ["Z"]}, "no-picture", "show nothing"),
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
        ({"channels": [*PICTURE, "x" * 40]}, "long-names", "31 bytes"),
        ({"attributes": {"y" * 40: string("me")}}, "long-names", "31 bytes"),
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


def test_long_type_name_is_reported() -> None:
    assert "long-names" in codes({"attributes": {"short": ("t" * 32, b"")}})


def test_luminance_needs_no_alpha() -> None:
    luminance = {"channels": ["BY", "RY", "Y"], "sampling": {"BY": 2, "RY": 2}}
    assert codes(luminance) == []


def test_lossless_id_channels_have_no_finding() -> None:
    assert codes({"compression": "dwaa", "channels": [*PICTURE, ("crypto00.r", "float")]}) == []
    assert codes({"compression": "zip", "channels": [*PICTURE, ("crypto00.R", "float")]}) == []


def with_attribute(name: str, pair: tuple[str, bytes]) -> dict[str, Any]:
    return {"attributes": {name: pair}}


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
    parts = inspect_bytes(exr_bytes(({"channels": ["A", "R", ("Z", "float")]},)), "a.exr", None).parts
    assert [(finding.code, finding.message) for finding in check_stats(parts, [row])] == expected


def test_decoded_pixels_have_findings(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(({"channels": PICTURE, "compression": "zip"},)))
    decoder = Decoder()
    file = add_stats(inspect_bytes(path.read_bytes(), str(path), None), decoder.stats(str(path)))
    decoder.close()
    assert [finding.code for finding in file.findings] == ["empty"] * 4
