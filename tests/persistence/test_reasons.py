"""A hit says in a few words what it shares with the reference and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from exr_inspector_app.persistence.reasons import facts_of, reasons
from tests.exr_files import string
from tests.records import small


@pytest.mark.parametrize(
    ("theirs", "same", "different"),
    [
        ("Arnold 7.2.4.1", ["Arnold 7.2.4.1"], []),
        ("Arnold 7.3.0.0", ["Arnold"], ["renderer version"]),
        ("Karma 20.5", [], ["renderer"]),
    ],
)
def test_another_version_is_told_from_another_renderer(
    tmp_path: Path, theirs: str, same: list[str], different: list[str]
) -> None:
    reference = small(tmp_path, attributes={"Software": string("Arnold 7.2.4.1")})
    other = small(tmp_path, "b.exr", attributes={"Software": string(theirs), "shot": string("b")})
    identity = other.identity
    names = {"file_id": identity.file_id, "header_hash": identity.header_hash}
    shared, differs = reasons({**facts_of(other), **names}, reference, facts_of(reference))
    assert [word for word in shared if word[0] == "A"] == same
    assert [word for word in differs if word.startswith("renderer")] == different
