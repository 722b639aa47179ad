"""Profiles: every form of each key on real files, and sentences for values of other forms."""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.errors import UsageError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import ChannelStats
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.rules import check, parse_profile, profile_from_table
from exr_inspector_app.rules.hints import hint
from exr_inspector_app.rules.path_glob import matches_path
from exr_inspector_app.rules.rule_table import RULES, known_codes
from tests.exr_files import exr_bytes, string, strings, write_exr
from tests.exr_files.values import real, time_code

HELP = Path(__file__).resolve().parents[2] / "resources" / "help" / "profiles.md"
ATTRIBUTES = {
    "owner": string("orca team"),
    "shutter": real(0.5),
    "framesPerSecond": ("rational", struct.pack("<iI", 24000, 1001)),
    "timeCode": time_code(1, 2, 3, 4),
    "arnold/version": string("7.2.4.1"),
    "colorInteropID": string("lin_ap1_scene"),
    "authors": strings("anna", "bo"),
}
PLAIN: dict[str, Any] = {
    "channels": ["A", "B", "G", "R", ("Z", "float"), "diffuse.B", "diffuse.G", "diffuse.R"],
    "compression": "zip",
    "data_window": (-2, -1, 17, 8),
    "display_window": (0, 0, 15, 7),
    "attributes": ATTRIBUTES,
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_exr(tmp_path_factory.mktemp("plain") / "beauty.1001.exr", **PLAIN)


@pytest.fixture(scope="module")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ["A", "B", "G", "R", "diffuse.R", "right.A", "right.B", "right.G", "right.R", "right.diffuse.R", "left.id"]
    path = tmp_path_factory.mktemp("stereo") / "stereo.exr"
    return write_exr(path, channels=sorted(names), attributes={"multiView": strings("left", "right")})


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parts") / "parts.exr"
    rgba, owner = {"channels": ["A", "B", "G", "R"]}, {"owner": string("x")}
    first = {**rgba, "compression": "zip", "attributes": {"name": string("rgba"), **owner}}
    second = {"channels": ["B", "G", "R"], "compression": "piz", "attributes": {"name": string("diffuse"), **owner}}
    path.write_bytes(exr_bytes([first, second]))
    return path


def failed(path: Path, toml: str) -> list[str]:
    """Return the messages of the rules that a file does not meet."""
    verdict = check([inspect_file(path)], parse_profile(toml))
    return [item.message for item in verdict.outcomes if item.status == "failed" and item.severity == "error"]


MET = """
channels = ["R", "G", "B", "A"] | channels = "R" | channels = "R, G" | channels = "RGBA" | channels = "diffuse.RGB"
channels = "diff*.R" | channels = []
layers = ["diffuse", "rgba"] | layers = "diffuse" | forbid_layers = "specular" | forbid_channels = ["debug.*", "r"]
allow_channels = ["RGBA", "Z", "diffuse.*"]
types = {"Z" = "float", "*" = "half"} | types = {"*" = "half", "Z" = ["float", "uint"]} | types = ["half", "float"]
types = {"diffuse.RGB" = "HALF", "N" = "uint"}
compression = "zip" | compression = ["ZIP", "zips"] | compression = "ZIPS, ZIP" | compression = "ZIP_COMPRESSION"
kind = "scanline" | line_order = "increasingy" | parts = 1 | parts = "< 2"
resolution = "16x8" | resolution = [16, 8] | resolution = "16 × 8" | resolution = ["4x4", "16x8"] | resolution = "16x*"
resolution = [[4, 4], [16, 8]] | resolution = {width = 16, height = 8}
data_window = [-2, -1, 17, 8] | data_window = "-2, -1, 17, 8" | data_window = "20x10-2-1" | data_window = "20x10"
data_window = {min = [-2, -1], max = [17, 8]} | data_window = [[-2, -1], [17, 8]] | data_window = ["16x8", "20x10"]
display_window = [0, 0, 15, 7] | display_window = "inside"
overscan = 2 | overscan = {min = 1, max = 2} | overscan = "12.5 %" | overscan = "<= 2 px" | overscan = "1..2"
pixel_aspect = 1 | pixel_aspect = [1.0, 2.0] | pixel_aspect = "1:1" | pixel_aspect = ">= 0.5, < 2"
color_space = "ACEScg" | color_space = ["sRGB", "acescg"] | color_space = "lin_ap1" | color_space = "ACES - ACEScg"
fps = 23.976 | fps = "23.976" | fps = "24000/1001" | fps = [24, 23.98] | fps = "23.976, 25" | fps = "> 23, < 24"
renderer = "Arnold >= 7.2" | renderer = "arnold" | renderer = "Arnold 7.2" | renderer = ["V-Ray", "Arnold>=7.2, <8"]
renderer = {name = "Arnold", version = ">= 7"} | renderer = "Arnold != 7.1" | file_name = "^beauty\\\\.\\\\d{4}\\\\."
complete = true | complete = false | frames = "1001" | frames = 1001 | frames = [1001]
frames = {first = 1001, last = 1001}
attributes = {owner = "^orca"} | attributes = {owner = "team$"} | attributes = {owner = ["^x", "orca"]}
attributes = {shutter = 0.5, owner = true, nothing = false} | attributes = {"arnold/*" = "^7"}
attributes = {owner = {type = "string", pattern = "orca"}, nothing = {optional = true, pattern = "x"}}
attributes = {timeCode = "^01:02:03:04$", framesPerSecond = "^23\\\\.976$", authors = "^bo$"}
"""
UNMET = {
    'channels = ["r"]': "Channel r is missing. There is R, whose case differs.",
    'channels = "specular.RGB"': "Channel specular.R is missing.",
    'layers = "Diffuse"': "Layer Diffuse is missing. There is diffuse, whose case differs.",
    'forbid_channels = "Z"': "The channel is not allowed: Z.",
    'forbid_channels = "diff*"': "The channels are not allowed (by diff*): diffuse.B, diffuse.G, diffuse.R.",
    'forbid_layers = "diffuse"': "The layer is not allowed: diffuse.",
    'allow_channels = ["RGBA", "diffuse.*"]': "Channels that the profile does not allow: Z.",
    'types = {"Z" = "half"}': "Z is float, the profile requires half.",
    'types = "float"': "A, B, G and 4 more are half, the profile requires float.",
    'compression = ["zips", "piz"]': "Compression is ZIP, the profile requires ZIPS or PIZ.",
    'kind = ["tiled", "deep"]': "Storage is scanline, the profile requires tiled or deep.",
    'parts = ">= 2"': "Number of parts is 1, the profile requires at least 2.",
    'resolution = "20x10"': "Resolution is 16 × 8, the profile requires 20 × 10.",
    'data_window = "display"': "Data window is 20 × 10 from -2, -1, the profile requires the display window.",
    'data_window = "inside"': "Data window is 20 × 10 from -2, -1, the profile requires one inside the display window.",
    "overscan = 1": "Overscan is 1 to 2 px, the profile allows at most 1.",
    "overscan = 0": "Overscan is 1 to 2 px, the profile allows at most 0.",
    'overscan = "10 %"': "Overscan is 1 to 2 px, the profile allows at most 10 %.",
    "pixel_aspect = 2": "Pixel aspect is 1, the profile requires 2.",
    'color_space = ["sRGB", "ACEScct"]': "Color space is lin_ap1_scene, the profile requires sRGB or ACEScct.",
    "fps = 24": "Frame rate is 23.976, the profile requires 24.",
    'renderer = "Arnold >= 7.3"': "Renderer is Arnold 7.2.4.1, the profile requires Arnold >= 7.3.",
    'renderer = "Arnold 7.1"': "Renderer is Arnold 7.2.4.1, the profile requires Arnold 7.1.",
    'renderer = ["V-Ray >= 6", "Karma"]': "Renderer is Arnold 7.2.4.1, the profile requires V-Ray >= 6 or Karma.",
    'attributes = {owner = "^team"}': "Attribute owner is orca team, the profile requires ^team.",
    'attributes = {Owner = true}': "Attribute Owner is missing. There is owner, whose case differs.",
    "attributes = {shutter = false}": "Attribute shutter is not allowed.",
    "attributes = {shutter = 0.25}": "Attribute shutter is 0.5, the profile requires 0.25.",
    'attributes = {shutter = {type = "double"}}': "Attribute shutter has the type float, the profile requires double.",
    'file_name = "^plate"': "File name beauty.1001.exr does not match ^plate.",
    'frames = "1001-1003,1005"': "Frames 1002–1003, 1005 are missing, the profile requires 1001–1003, 1005.",
    "frames = [1002, 1003]": "Frames 1002–1003 are missing, the profile requires 1002–1003.",
}  # fmt: skip


def test_every_form_of_a_value_is_accepted(plain: Path) -> None:
    cases = [case.strip() for line in MET.strip().splitlines() for case in line.split(" | ")]
    problems = {case: messages for case in cases if (messages := failed(plain, f"require.{case}"))}
    assert problems == {}


@pytest.mark.parametrize("case", UNMET)
def test_rule_that_is_not_met_has_one_sentence(case: str, plain: Path) -> None:
    assert failed(plain, f"require.{case}")[:1] == [UNMET[case]]


def test_views_each_need_the_required_layers(stereo: Path) -> None:
    met = 'channels = ["RGBA", "diffuse.R", "right.R", "right.diffuse.R", "left.id"]'
    assert failed(stereo, f'[require]\n{met}\nlayers = ["diffuse", "rgba"]\nviews = ["left", "right"]') == []
    assert failed(stereo, 'require.channels = "id"') == ["Channel id is missing in the view right."]
    assert failed(stereo, 'require.views = "center"') == ["View center is missing."]


def test_parts_are_layers_and_are_checked_one_by_one(parts: Path) -> None:
    assert (
        failed(parts, 'require = {layers = ["rgba", "diffuse"], channels = ["RGBA", "diffuse.RGB"], parts = 2}') == []
    )
    assert failed(parts, 'require.compression = "zip"') == ["Compression is PIZ, the profile requires ZIP."]
    assert failed(parts, 'require.attributes.owner = "y"') == ["Attribute owner is x, the profile requires y."]
    assert failed(parts, 'require.resolution = "9x9"') == ["Resolution is 8 × 8, the profile requires 9 × 9."]


def test_values_are_ranges_of_pixels(plain: Path) -> None:
    file = inspect_file(plain)
    stats = (ChannelStats(0, "A", 0.0, 1.5, 0.5, 0.1, 2, 0, 0), ChannelStats(0, "R", -1.0, 4.0, 1.0, 1.0, 0, 0, 3))
    file = file._replace(stats=stats)

    def messages(rule: str) -> list[str]:
        verdict = check([file], parse_profile(f"require.values = {rule}"), has_pixels=True)
        return [item.message for item in verdict.outcomes if item.severity == "error" and item.status == "failed"]

    assert messages('{A = [0, 1.5], "*" = {min = -1, max = 4, nan = 2, mean = [0, 1]}, Z = [0, 0]}') == []
    assert messages("{A = [0, 1]}") == ["Values of A are 0 to 1.5, the profile allows at least 0 and at most 1."]
    assert messages('{R = ">= 0"}') == ["Values of R are -1 to 4, the profile allows at least 0."]
    assert messages('{"*" = {nan = false, negative = 0}}') == [
        "A has 2 NaN pixels, the profile allows 0.",
        "R has 3 negative pixels, the profile allows 0.",
    ]
    assert check([file], parse_profile("require.values.A = [0, 1]")).notices != ()


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('requir.compression = "zip"', "unknown key `requir`. Did you mean `require`?"),
        ('require.chanels = ["R"]', "[require]: unknown key `chanels`. Did you mean `channels`?"),
        ('when = [{pth = "x"}]', "[[when]] 1: unknown key `pth`. Did you mean `path`?"),
        ("when = [{require = {fps = 24}}]", "[[when]] 1: needs a condition"),
        ('ignore.sequence-gpa = "x"', "Unknown code: sequence-gpa. Did you mean `sequence-gap`?"),
        ('ignore.nan = " "', "[ignore] `nan` needs a reason"),
        ("ignore.nan = true", "[ignore] `nan` needs a reason"),
        ('ignore.nan = {reason = "x", until = "soon"}', "`until` must be a day"),
        ('severity.nan = "fatal"', '`nan` must be "note", "warning" or "error"'),
        ('severity.nan = "off"', "use [ignore] with a reason"),
        ("require = 5", "`require` must be a table"),
        ("name = 5", "`name` must be a text"),
        ('path_template = "/a/{sho}"', "Invalid `path_template`"),
        ("require.compression = 5", "`compression` must be"),
        ('require.compression = "zipp"', "did you mean zip?"),
        ('require.renderer = ">= 7"', "`renderer` must be a program"),
        ('require.fps = "1e999"', "`fps` must be"),
        ("require.fps = nan", "`fps` must be"),
        ('require.frames = "1-99999999999"', "`frames` must be"),
        ("require.frames = true", "`frames` must be"),
        ('require.attributes.owner = "["', "owner must be a valid regular expression"),
        ('require.attributes.rs.version = "1"', 'write names with dots in quotes ("a.version")'),
        ("require.parts = true", "`parts` must be"),
        ("require.fps = -24", "`fps` must be frames per second"),
        ("require.pixel_aspect = [1, 0]", "it can never be 0."),
        ("require.overscan = {min = 64, max = 32}", "it can never be at least 64 and at most 32."),
        ('require.overscan = "-5 %"', "it can never be at most -5 %."),
        ('require.parts = "> 1, < 1"', "`parts` must be"),
        ('require.resolution = "0x1152"', "`resolution` must be a size"),
        ("require.values.A = [1, 0]", "it can never be at least 1 and at most 0."),
        ("require.complete = 1", "`complete` must be true or false"),
        ("require.values.A = [0]", "A must be [min, max]"),
        ("require = [", "not valid TOML"),
    ],
)
def test_mistake_in_a_profile_is_one_sentence(toml: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        parse_profile(toml, "show.toml")


def test_globs_have_double_stars() -> None:
    path = "/mnt/prod/orca/lighting/v001/a[1].1001.exr"
    matching = ["**/lighting/**", "lighting/**", "lighting/", "**", "*.exr", "/mnt/**/a*", "**/{comp,lighting}/v00?/*"]
    assert [glob for glob in [*matching, "/**/v[0-9]*/*.exr", "**/a[1].*"] if not matches_path(glob, path)] == [
        "**/a[1].*"
    ]
    others = ["**/lighting/*", "/lighting/**", "lighting", "*lighting*", "**/Lighting/**", "/mnt/*/lighting/**"]
    assert [glob for glob in others if matches_path(glob, path)] == []
    assert matches_path("**/lighting/**", "P:\\Show\\Lighting\\a.exr")


def test_tables_apply_by_path_show_task_and_layer(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "orca" / "lighting" / "v012" / "a.exr", channels=["B", "G", "R"], compression="zip")
    toml = """
        require = {channels = "RGB", compression = "piz"}
        [[when]]
        path = "**/lighting/**"
        require = {channels = ["A"], compression = "zip"}
        [[when]]
        show = ["kelp", "ORCA"]
        task = "light*"
        ignore = {channels = {reason = "no alpha yet", until = "v012"}}
        [[when]]
        layer = "diffuse"
        require.fps = 24
    """
    template = parse_template(f"{tmp_path}/{{show}}/{{task}}/{{version}}")

    def outcomes(text: str) -> list[tuple[str, str]]:
        verdict = check([inspect_file(path)], parse_profile(text), template=template)
        return [(item.status, item.message) for item in verdict.outcomes if item.code == "channels"][-1:]

    assert outcomes(toml) == [("failed", "Channel A is missing.")]
    assert outcomes(toml.replace('"v012"', '"v013"')) == [("ignored", "Channel A is missing.")]
    assert [message for message in failed(path, toml) if "Compression" in message] == []
    assert check([inspect_file(path)], parse_profile(toml)).notices != ()
    assert outcomes(f'path_template = "/x/{{show}}"\n{toml}')[0][0] == "failed"


ODD_VALUES: list[Any] = [
    *(True, 0, -1, 1.5, float("nan"), float("inf"), 10**30, "", " ", "*", "[", "R,", "1-", "-5--1", "..", "1e400"),
    *("1/0", ":", "<", ">= ", ">= 1 <", "9" * 5000, [], [[]], [1], [1, 2], ["a", 1], [None], {}, {"min": "x"}),
    *({"first": 1, "last": 10**9}, {"name": "x", "version": 1}, {"A": {"mean": []}}, {"x": {"type": [1]}}, [{}]),
]


def test_values_of_any_form_are_read_or_refused_by_a_sentence(plain: Path) -> None:
    file = inspect_file(plain)
    for key, value in product(RULES, ODD_VALUES):
        with suppress(UsageError):
            check([file], profile_from_table({"require": {key: value}}))
    for key, value in product(("severity", "ignore", "when", "name", "path_template"), ODD_VALUES):
        with suppress(UsageError):
            check([file], profile_from_table({key: value}))
        with suppress(UsageError):
            check([file], profile_from_table({key: {"nan": value}}))


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ('"warning"', None),
        ('{level = "Warning"}', None),
        ('{severity = "warning", reason = "agreed"}', "agreed"),
        ('"warning: agreed"', "agreed"),
        ('["warn", "agreed"]', "agreed"),
    ],
)
def test_severity_may_have_a_reason(form: str, reason: str | None, plain: Path) -> None:
    profile = parse_profile(f"require.parts = 2\nseverity.parts = {form}")
    [outcome] = [item for item in check([inspect_file(plain)], profile).outcomes if item.code == "parts"]
    assert (outcome.severity, outcome.reason) == ("warning", reason)


def test_help_page_examples_are_valid() -> None:
    for block in re.findall(r"^```toml\n(.*?)^```", HELP.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        parse_profile(block)


def test_every_rule_and_check_has_a_hint() -> None:
    assert [code for code in known_codes() if len(hint(code).text) < 20] == []
    assert "`" not in hint("incomplete").text
    assert hint("no-such-code").text == ""
