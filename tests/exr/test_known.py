"""Headers read after others that are nearly the same: as if each were the first."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect_bytes, inspect_file, known
from exr_inspector_app.exr.header import forget
from exr_inspector_app.model import payload
from tests.exr_files import exr_bytes, integer, string, studio_attributes, studio_channels, studio_file, vector


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    forget()
    yield
    forget()


def told(data: bytes) -> str:
    return json.dumps(payload(inspect_bytes(data, "a.1001.exr", None)))


def alone(data: bytes) -> str:
    forget()
    return told(data)


def studio(frame: int, show: str = "orca", **changes: tuple[str, bytes]) -> bytes:
    attributes = {**studio_attributes(frame, show), **changes}
    return exr_bytes(({"channels": studio_channels(), "attributes": attributes, "width": 2, "height": 2},))


FRAMES = [
    *(studio(frame, show) for frame in (1001, 1002, 1003) for show in ("orca", "lynx")),
    studio(1004, owner=integer(7)),  # of another type
    studio(1005, dataWindow=vector("box2i", 0, 0, 0, 1)),  # cropped
    studio(1006, tail=string("one more")),
    studio(1007, chromaticities=("chromaticities", b"short")),
    exr_bytes(({"channels": ["B", "G", "R"]},)),
    exr_bytes(({"channels": ["B", "G", "R"], "attributes": {"software": string("Nuke 15")}},)),
    exr_bytes(({"channels": ["R"]}, {"channels": ["R"], "attributes": {"view": string("left")}})),
    exr_bytes(({"channels": ["R"]}, {"channels": ["R"], "attributes": {"view": string("right")}})),
]


@pytest.mark.parametrize("seed", range(5))
def test_what_was_read_before_changes_nothing(seed: int) -> None:
    wanted = {data: alone(data) for data in FRAMES}
    forget()
    order = FRAMES * 3
    random.Random(seed).shuffle(order)
    for data in order:
        assert told(data) == wanted[data]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_headers_read_after_sound_ones_are_told_as_if_alone(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(150):
        sound = dice.choice(FRAMES)
        damaged = bytearray(sound)
        for _ in range(dice.choice((1, 1, 3))):
            damaged[dice.randrange(8, min(len(sound), 900))] = dice.randrange(256)
        cut = bytes(damaged[: dice.choice((len(damaged), dice.randrange(8, len(damaged))))])
        wanted = alone(cut)
        assert [told(sound), told(cut), told(cut)] == [alone(sound), wanted, wanted]


def test_a_payload_that_is_changed_changes_no_other(tmp_path: Path) -> None:
    first = payload(inspect_file(str(studio_file(tmp_path / "a.1001.exr", 1001))))
    wanted = json.dumps(first)
    first["channels"][0]["name"] = "changed"
    for one in first["attributes"]["parts"][0]:
        if isinstance(one["value"], dict):
            one["value"].clear()
        if isinstance(one["value"], list):
            [row.clear() for row in one["value"] if isinstance(row, (dict, list))]
    assert json.dumps(payload(inspect_file(str(tmp_path / "a.1001.exr")))) == wanted


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST", 100_000)
    most = 0
    of = known.Known()
    for number in range(300):
        place = of.start(2, 0)
        one = inspect_bytes(studio(number), "a.exr", None).parts[0].attributes[0]
        of.see(place, bytes(10_000), one._replace(name=f"n{number}"))
        most = max(most, len(place.behind))
    assert 5 < most < 12
