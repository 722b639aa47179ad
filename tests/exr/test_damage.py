"""Damaged files: told of in sentences, in little time and memory, and never a crash."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.exr.message_format import quote
from tests.exr_files import exr_bytes, integer, string
from tests.fuzz.checks import Broken, check, limits, sound_attributes
from tests.fuzz.mutations import mutated
from tests.fuzz.pixels import Pixels
from tests.fuzz.run import Seed, main, one, seeds

SEEDS = seeds()


def test_thousands_of_damaged_files_break_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "2500", "--seed", "4"]) == 0, capsys.readouterr().out


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_whatever_bytes_are_changed_those_before_are_read(seed: Seed, data: st.DataObject) -> None:
    sound = seed.data
    at = data.draw(st.integers(0, len(sound)))
    gone = data.draw(st.integers(0, 64))
    changed = sound[:at] + data.draw(st.binary(max_size=64)) + sound[at + gone :]
    with limits():
        check(changed, [read for read in seed.attributes if 8 <= read.end <= at])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False))
def test_every_kind_of_damage_is_survived(seed: Seed, random: Random) -> None:
    with limits():
        check(mutated(random, seed.data, seed.header, seed.data), [])


def test_each_file_of_the_damaged_ones_is_told_of(corpus: Path) -> None:
    with closing(Pixels()) as pixels:
        for path in sorted((corpus / "Damaged").iterdir()):
            data = path.read_bytes()
            with limits():
                file = check(data, [])
            assert file.errors or file.parts, path
            pixels.check(data, file)
        assert pixels.counts["pictures"] > 0


def test_a_damaged_file_is_the_same_in_every_run() -> None:
    assert one(SEEDS, 7, 1234) == one(SEEDS, 7, 1234)
    assert one(SEEDS, 7, 1234) != one(SEEDS, 8, 1234)


def test_the_checks_notice_an_attribute_that_is_lost() -> None:
    kept = sound_attributes(exr_bytes(({"attributes": {"owner": string("me")}},)))
    with pytest.raises(Broken, match="owner in part 0"):
        check(exr_bytes(({"attributes": {"other": integer(1)}},)), kept)


def test_a_name_stands_in_a_sentence_short_and_printable() -> None:
    assert quote("owner") == "owner"
    assert quote("a\x1b[31m\udce9") == r"a\x1b[31m\udce9"
    assert len(quote("x" * 255)) == 65


def test_pixels_of_damaged_files_break_nothing() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", "60", "--seed", "3", "--pixels"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[1].startswith("60 damaged files ")
