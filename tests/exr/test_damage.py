"""Fuzz test of damaged files: problems are sentences, time and memory are bounded, nothing crashes."""

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
from tests.fuzz.checks import InvariantError, check, limits, sound_attributes
from tests.fuzz.mutations import mutate
from tests.fuzz.pixels import PixelChecker
from tests.fuzz.run import Seed, damaged_file, main, seeds

SEEDS = seeds()


def test_thousands_of_damaged_files_are_inspected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "2500", "--seed", "4"]) == 0, capsys.readouterr().out


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_attributes_before_a_change_are_read(seed: Seed, data: st.DataObject) -> None:
    sound = seed.data
    at = data.draw(st.integers(0, len(sound)))
    gone = data.draw(st.integers(0, 64))
    changed = sound[:at] + data.draw(st.binary(max_size=64)) + sound[at + gone :]
    with limits():
        check(changed, [read for read in seed.attributes if 8 <= read.end <= at])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False))
def test_every_mutation_is_inspected(seed: Seed, random: Random) -> None:
    with limits():
        check(mutate(random, seed.data, seed.header, seed.data), [])


def test_corpus_of_damaged_files_is_reported(corpus: Path) -> None:
    with closing(PixelChecker()) as pixels:
        for path in sorted((corpus / "Damaged").iterdir()):
            data = path.read_bytes()
            with limits():
                file = check(data, [])
            assert file.errors or file.parts, path
            pixels.check(data, file)
        assert pixels.counts["pictures"] > 0


def test_damaged_file_is_the_same_in_every_run() -> None:
    assert damaged_file(SEEDS, 7, 1234) == damaged_file(SEEDS, 7, 1234)
    assert damaged_file(SEEDS, 7, 1234) != damaged_file(SEEDS, 8, 1234)


def test_fuzz_checks_detect_a_lost_attribute() -> None:
    known = sound_attributes(exr_bytes(({"attributes": {"owner": string("me")}},)))
    with pytest.raises(InvariantError, match="owner in part 0"):
        check(exr_bytes(({"attributes": {"other": integer(1)}},)), known)


def test_quoted_name_is_short_and_printable() -> None:
    assert quote("owner") == "owner"
    assert quote("a\x1b[31m\udce9") == r"a\x1b[31m\udce9"
    assert len(quote("x" * 255)) == 65


def test_pixels_of_damaged_files_are_decoded_or_refused() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", "60", "--seed", "3", "--pixels"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[1].startswith("60 damaged files ")
