"""Search words: the conditions they stand for, and the files that both stores find by them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.contracts import Condition, Record
from exr_inspector_app.errors import UsageError
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.query.derived_columns import PathTemplate, parse_template
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.query.match_patterns import patterns_of_objects
from exr_inspector_app.persistence.query.search_words import parse_conditions, parse_search
from exr_inspector_app.persistence.record_filter import matches_record
from exr_inspector_app.persistence.rows.attribute_values import MAX_VALUE_BYTES, encode_value
from exr_inspector_app.persistence.store import Store
from tests.persistence.samples import batch, named, payload, record


def test_words_are_conditions() -> None:
    words = (
        'hero renderer:vray layer:"key light" date:2026-06 size:>=1.5GB frame:1001..1010 width>=4096 deep:no "a b" x'
    )
    assert parse_search(words) == (
        Condition("renderer", "matches", "vray"),
        Condition("layer", "matches", "key light"),
        Condition("mtime", ">=", "2026-06-01"),
        Condition("mtime", "<", "2026-07-01"),
        Condition("size_bytes", ">=", 1_500_000_000),
        Condition("frame_number", ">=", 1001.0),
        Condition("frame_number", "<=", 1010.0),
        Condition("width", ">=", 4096),
        Condition("is_deep", "=", False),
        Condition("text", "matches", "a b"),
        Condition("text", "contains", "hero x"),
    )
    assert parse_search("date:<=2026-12") == (Condition("mtime", "<", "2027-01-01"),)
    assert parse_search("resolution:>=2048x1152") == (Condition("width", ">=", 2048), Condition("height", ">=", 1152))
    assert parse_search("prod:/show/a.exr C:\\a") == (Condition("text", "contains", "prod:/show/a.exr C:\\a"),)
    assert parse_conditions("compression in dwaa, zip") == (Condition("compression", "in", ("dwaa", "zip")),)
    for wrong, hint in (
        ("rendrer:arnold", "renderer:"),
        ("date:june", "2026-06"),
        ("version:>3", "v003"),
        ("layer:", "`"),
    ):
        with pytest.raises(UsageError, match=hint):
            parse_search(wrong)
    with pytest.raises(UsageError):
        parse_conditions("hero")  # `remove --where` must not take a misspelled condition for a text


@given(st.text(), st.sampled_from(["", "date:", "size:", "resolution:", "version:>", "frame:", "layer:"]))
def test_any_text_is_parsed_or_rejected(text: str, word: str) -> None:
    try:
        parse_search(word + text)
    except UsageError as error:
        error.sentence.encode()


def _files() -> list[Record]:
    manifest = json.dumps({"/set/hero_car/body": "00ab12ef", "lamp": "12345678", "h\u00fclle": "0badcafe"})
    table = {"7": ["ground", "mud"], "9": ["Tree_01", "bark"]}
    groups = [{"channels": ["id"], "components": ["object", "material"], "table": table}]
    crypto = {"name": "cryptomatte/d593dd7/manifest", "type": "string", "value": manifest}
    ids = {"name": "idManifest", "type": "idmanifest", "value": {"uncompressed_size": 99, "groups": groups}}
    listed: tuple[dict[str, Any], ...] = (
        {"path": "/p/a_v002.exr", "attributes": [crypto], "width": 4096, "height": 2160},
        {"path": "/p/b.exr", "attributes": [ids], "color_space": "Rec.709"},
        {"path": "/p/c.exr", "attributes": [], "channels": named("R", "key light.R", "Diffuse_direct.G")},
    )
    made = [payload(one.pop("path"), frame_number=None, render_software=None, **one) for one in listed]
    made[0]["file"].update(renderer={"name": "V-Ray", "version": "6.1"}, mtime="2026-06-30T22:00:00Z")
    made[1]["file"].update(renderer={"name": "Arnold", "version": "7"}, mtime="2026-07-01T00:00:00Z")
    return list(map(record, made))


def test_names_of_a_large_manifest_are_kept_for_the_search() -> None:
    names = [f"/set/crowd/agent_{number:05}" for number in range(3000)]
    value = json.dumps({name: f"{number:08x}" for number, name in enumerate(names)})
    stored, text, *_ = encode_value(value)
    assert json.loads(stored)["bytes"] > MAX_VALUE_BYTES >= len(text or "")
    assert list(json.loads(text or "")) == names
    found, _ = patterns_of_objects(Condition("object", "matches", "AGENT_02999"))
    assert re.search(found, text or "")
    assert encode_value("x" * (2 * MAX_VALUE_BYTES))[1] is None


def test_every_store_finds_files_by_words(any_store: Store) -> None:
    any_store.publish(batch(*_files()))

    def names(text: str) -> str:
        found = any_store.find(parse_search(text))
        return "".join(sorted(Path(row.file["file_path"]).name[0] for row in found))

    expected = {
        "object:HERO_CAR": "a",
        "object:hero*body": "a",
        "object=lamp": "a",
        "object=hero_car": "",
        "object:h\u00fclle": "a",
        "object:12345678": "",  # an id, not a name
        "object:tree": "b",
        "object:bark,lamp": "ab",
        "object=material": "",
        "object!=lamp": "bc",
        "renderer:vray": "a",
        "renderer:arn*,v-ray": "ab",
        "colorspace:rec709": "b",
        "space:rec709": "b",
        "layer:diffuse": "c",
        'layer:"KEY light"': "c",
        "layer:B": "ab",
        "path:p/a_v002": "a",
        "channel=R": "abc",
        "channel=light.R": "",
        "date:2026-06": "a",
        "date:>2026-06": "b",
        "resolution:4k": "a",
        "arnold": "b",
        "4096X2160": "a",
        '"key light"': "c",
        '"light key"': "",
        "light key": "c",
        "object:a' OR 1=1": "",
    }
    assert {text: names(text) for text in expected} == expected
    in_memory = {
        text: "".join(
            sorted(
                Path(one.identity.file_path).name[0]
                for one in _files()
                if matches_record(one, parse_search(text), PathTemplate())
            )
        )
        for text in expected
    }
    assert in_memory == expected  # the session filters with the same words


def test_records_in_memory_are_compared_as_in_a_store(tmp_path: Path) -> None:
    store, files = LocalStore(tmp_path / "l.duckdb"), _files()
    store.publish(batch(*files))
    template = parse_template("/{show}/*/{version}")
    texts = [
        "width>=4096", "width<4096", "color_space!=Rec.709", "color_space is null", "renderer is null", "renderer=",
        "kind=scanline", "resolution=4096x2160", "path_folded^=/p", "compression in zip,none", "frame_number is null",
        "channel_count>2", "layer!=key light", "is_deep=false", "published_by=nobody", "mtime>=2026-07",
    ]  # fmt: skip
    for text in texts:
        where = (parse_where(text),)
        stored = sorted(row.file["file_path"] for row in store.find(where))
        matching = sorted(one.identity.file_path for one in files if matches_record(one, where, template))
        assert matching == stored, text
