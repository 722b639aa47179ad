"""Proposed profiles, shipped profiles, and the JSON Schema of profiles."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import cli
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.rules import check, parse_profile
from exr_inspector_app.rules.learn import learn_profile
from exr_inspector_app.rules.profile_schema import profile_schema
from exr_inspector_app.rules.rule_table import RULES
from tests.exr_files import string, write_exr
from tests.exr_files.values import integer
from tests.exr_files.zoo import zoo

ROOT = Path(__file__).resolve().parents[2]
PROFILES = sorted((ROOT / "resources" / "profiles").glob("*.toml"))
PAGE = (ROOT / "resources" / "help" / "profiles.md").read_text(encoding="utf-8")


def test_learned_profile_has_what_is_constant_and_counts_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(1, 4):
        attributes = {"owner": string("orca (a.b)"), "take": integer(number), "shot": string(f"sh{number}")}
        name = tmp_path / "good" / f"a.{number:04}.exr"
        write_exr(name, channels=["A", "B", "G", "R", ("Z", "float")], compression="zip", attributes=attributes)
    out = tmp_path / "rules.toml"
    assert cli.main(["check", "--learn", str(tmp_path / "good"), "--stats", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Proposed from 3 files in 1 sequence.\n")
    table = tomllib.loads(text)
    require = table["require"]
    assert (require["channels"], require["types"]) == (["R", "G", "B", "A", "Z"], {"*": "half", "Z": "float"})
    assert (require["compression"], require["resolution"], require["complete"]) == ("zip", "8x8", True)
    assert require["attributes"] == {"owner": True, "take": True, "shot": True}  # owners change from frame to frame
    assert require["values"]["A"] == {"min": 0, "max": 1, "nan": False, "inf": False}
    assert "frames" not in require  # of a single shot
    assert cli.main(["check", str(tmp_path / "good"), "--stats", "--profile", str(out)]) == 0
    write_exr(tmp_path / "good" / "a.0004.exr", channels=["B", "G", "R"], compression="piz")
    capsys.readouterr()
    assert cli.main(["check", str(tmp_path / "good"), "--profile", str(out)]) == 1
    assert cli.main(["check", "--learn", str(tmp_path / "rules.toml")]) == 1
    assert cli.main(["check", "--learn", str(tmp_path), "--profile", str(out)]) == 2


def test_constant_text_becomes_an_anchored_expression(tmp_path: Path) -> None:
    files = [
        inspect_file(write_exr(tmp_path / f"{n}.exr", attributes={"set-up": string('a "b" (c.d)')})) for n in range(2)
    ]
    assert 'set-up = "^a \\"b\\" \\\\(c\\\\.d\\\\)$"' in learn_profile(files)


def test_every_file_meets_the_profile_that_it_gives(tmp_path: Path) -> None:
    problems: dict[str, Any] = {}
    for name, data in zoo().items():
        path = tmp_path / f"{name}.exr"
        path.write_bytes(data)
        file = inspect_file(path)
        verdict = check([file], parse_profile(learn_profile([file])))
        failed = [item for item in verdict.outcomes if item.status == "failed" and item.severity == "error"]
        if failed and not file.errors:
            problems[name] = failed
    assert problems == {}


def test_shipped_profiles_apply_to_their_files(tmp_path: Path) -> None:
    verdicts = {}
    for path in PROFILES:
        file = inspect_file(write_exr(tmp_path / f"{path.stem}.exr", channels=["B", "G", "R"], compression="rle"))
        verdict = check([file], parse_profile(path.read_text(encoding="utf-8"), str(path)))
        verdicts[path.stem] = {item.code for item in verdict.outcomes if item.status == "failed"}
    assert {name: "compression" in codes for name, codes in verdicts.items()} == {
        "aces_container": True,
        "lighting_delivery": True,
        "plate": True,
    }
    assert {"attributes", "color-space"} <= verdicts["aces_container"]
    assert "channels" in verdicts["lighting_delivery"]
    assert "attributes" in verdicts["plate"]


def test_schema_has_every_rule_and_accepts_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert cli.main(["schema", "profile"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema == profile_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    examples = [path.read_text(encoding="utf-8") for path in PROFILES]
    examples += re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for text in examples:
        jsonschema.validate(json.loads(json.dumps(tomllib.loads(text), default=str)), schema)
    for wrong in ({"require": {"chanels": []}}, {"ignore": {"nan": ""}}, {"severity": {"nan": "off"}}, {"when": [{}]}):
        assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_page_documents_every_key_of_require() -> None:
    documented = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))))
    assert set(RULES) <= documented
