"""Evidence of headers: bands only where a header tells enough, and reasons of the way asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exr_inspector_app import cli
from exr_inspector_app.contracts import Band, Query
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.similarity.evidence import evidence_sentence, facts_of, tells_enough
from tests.exr_files import string, write_exr
from tests.records import batch, small

BARE = "Too little in the header to tell (no program, no further layers or attributes): scores compare resolution"


def test_bare_header_has_no_band(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other, query = tmp_path / "a" / "matte.exr", write_exr(tmp_path / "b" / "sky.exr")
    write_exr(other, attributes={"owner": string("somebody else")})
    assert cli.main(["publish", str(other)]) == 0
    capsys.readouterr()
    assert cli.main(["similar", "--json", str(query)]) == 0
    out, err = capsys.readouterr()
    assert [hit["band"] for hit in json.loads(out)["hits"]] == ["too little in the header to tell"]
    assert BARE in err
    assert [note.startswith(BARE) for note in json.loads(out)["notes"]] == [True]
    assert cli.main(["similar", "--by", "channels", str(query)]) == 0
    out, err = capsys.readouterr()
    assert "same channels" in out
    assert "Too little" not in err


@pytest.mark.parametrize("facts", [{"attributes": {"generatedBy": string("Mitsuba 3.5.0")}},
                                   {"channels": ("R", "diffuse.R", "N.X")},
                                   {"attributes": {"lens": string("50"), "take": string("3")}}])  # fmt: skip
def test_header_with_a_program_layers_or_attributes_has_a_band(tmp_path: Path, facts: dict[str, object]) -> None:
    reference = small(tmp_path, "a.exr", **facts)
    assert tells_enough(reference.payload)
    assert facts_of(reference.payload)
    assert evidence_sentence(reference.payload) == ""


def test_blend_of_a_bare_header_has_the_band_of_its_channels(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "library.duckdb")
    store.publish(batch(small(tmp_path, "a.exr", width=64)))
    weights = {"metadata": 1.0, "channels": 1.0}
    (hit,) = store.similar(Query(small(tmp_path, "b.exr"), weights=weights))  # type: ignore[arg-type]
    assert hit.band is Band.SAME_SETUP


def test_reasons_are_those_of_the_way(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "library.duckdb")
    mitsuba = {"attributes": {"generatedBy": string("Mitsuba 3.5.0")}, "compression": "zip"}
    store.publish(batch(small(tmp_path, "a.exr", **mitsuba)))
    (hit,) = store.similar(Query(small(tmp_path, "b.exr"), "channels"))
    assert (hit.same, hit.differs) == (("same layers",), ())
    (hit,) = store.similar(Query(small(tmp_path, "b.exr")))
    assert {"Mitsuba 3.5.0", "ZIP"} <= set(hit.differs)


def test_value_that_means_unknown_is_no_color_space(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "library.duckdb")
    store.publish(batch(small(tmp_path, "a.exr", attributes={"colorSpace": string("unknown")})))
    (hit,) = store.similar(Query(small(tmp_path, "b.exr")))
    assert [text for text in hit.reasons if "olour" in text or "unknown" in text] == []
