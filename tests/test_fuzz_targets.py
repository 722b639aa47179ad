"""Fuzz run of all targets, for a few inputs."""

from __future__ import annotations

from random import Random

import pytest

from tests.exr_files import exr_bytes
from tests.exr_files.values import integer, string
from tests.fuzz import run
from tests.fuzz.checks import InvariantError, sound_attributes
from tests.fuzz.structure import STRUCTURE, attributes
from tests.fuzz.targets import TARGETS, Jpeg, Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_target_holds(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    count = 2 if target.name in ("library", "cache") else 40
    assert run.main(["--count", str(count), "--seed", "11", "--target", target.name]) == 0
    assert capsys.readouterr().out.startswith(f"{target.name}: {count} inputs")


def test_finding_is_saved_and_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_self: Jpeg, _data: bytes) -> None:
        raise InvariantError("broken")

    monkeypatch.setattr(Jpeg, "check", fail)
    monkeypatch.setattr("tests.fuzz.run.tempfile.gettempdir", lambda: str(tmp_path))
    assert run.main(["--count", "1", "--target", "jpeg"]) == 1
    assert "broken" in capsys.readouterr().out


def test_mutations_change_the_structure() -> None:
    sound = exr_bytes(({"attributes": {"owner": string("me"), "number": integer(1)}},))
    header = sound_attributes(sound)[-1].end + 1
    names = [span.name for span in attributes(bytearray(sound), header)]
    assert b"owner" in names
    for mutation in set(STRUCTURE):
        results = set()
        for seed in range(12):
            data = bytearray(sound)
            mutation(Random(seed), data, header)
            results.add(bytes(data))
        if mutation.__name__ != "change_tiles":  # a file of scan lines has none
            assert len(results) > 1, mutation.__name__
