"""Header cache: headers parsed after similar ones have the results of a first parse."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.parser import header, header_cache, part_summary
from exr_inspector_app.exr.parser.header import clear_cache
from exr_inspector_app.exr.sequences.frame_number import frame_number
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.model import Attribute, payload
from tests.exr_files import (
    exr_bytes,
    integer,
    string,
    strings,
    studio_attributes,
    studio_channels,
    studio_file,
    time_code,
    vector,
)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def payload_text(data: bytes) -> str:
    return json.dumps(payload(inspect_bytes(data, "a.1001.exr", None)))


def first_payload_text(data: bytes) -> str:
    clear_cache()
    return payload_text(data)


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
def test_cached_headers_are_parsed_as_if_first(seed: int) -> None:
    expected = {data: first_payload_text(data) for data in FRAMES}
    clear_cache()
    order = FRAMES * 3
    random.Random(seed).shuffle(order)
    for data in order:
        assert payload_text(data) == expected[data]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_headers_after_valid_ones_are_parsed_as_if_first(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(150):
        sound = dice.choice(FRAMES)
        damaged = bytearray(sound)
        for _ in range(dice.choice((1, 1, 3))):
            damaged[dice.randrange(8, min(len(sound), 900))] = dice.randrange(256)
        cut = bytes(damaged[: dice.choice((len(damaged), dice.randrange(8, len(damaged))))])
        expected = first_payload_text(cut)
        assert [payload_text(sound), payload_text(cut), payload_text(cut)] == [
            first_payload_text(sound),
            expected,
            expected,
        ]


def test_compressed_path_equals_its_attributes() -> None:
    cache = header_cache.HeaderCache()
    listed = [Attribute(name, "int", 7) for name in ("owner", "chunkCount", "a", "tiles", "b")]
    pieces = [f"{attribute.name}\0int\0".encode() + bytes((4, 0, 0, 0, 7, 0, 0, 0)) for attribute in listed]
    node = root = cache.root(2, 0)
    for attribute, piece in zip(listed, pieces, strict=True):
        _, node = cache.add(node, cache.new_head(piece[:-8], attribute.name, "int"), piece, attribute)
    data = b"before" + b"".join(pieces)

    def match() -> tuple[object, ...]:
        attributes: list[Attribute] = []
        ids: list[int] = []
        return *cache.match(root, data, 6, attributes, ids), attributes, ids

    assert not root.paths
    one_by_one = match()
    assert one_by_one[:3] == (node, len(data), listed)
    assert root.paths
    assert match() == one_by_one


def test_changed_payload_changes_no_cached_value(tmp_path: Path) -> None:
    first = payload(inspect_file(str(studio_file(tmp_path / "a.1001.exr", 1001))))
    expected = json.dumps(first)
    first["channels"][0]["name"] = "changed"
    for attribute in first["attributes"]["parts"][0]:
        if isinstance(attribute["value"], dict):
            attribute["value"].clear()
        if isinstance(attribute["value"], list):
            [row.clear() for row in attribute["value"] if isinstance(row, (dict, list))]
    assert json.dumps(payload(inspect_file(str(tmp_path / "a.1001.exr")))) == expected


def test_cache_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_cache, "MAX_CACHE_BYTES", 100_000)
    most = 0
    cache = header_cache.HeaderCache()
    for number in range(300):
        root = cache.root(2, 0)
        attribute = inspect_bytes(studio(number), "a.exr", None).parts[0].attributes[0]
        prefix = f"n{number}\0int\0".encode()
        cache.add(root, cache.new_head(prefix, f"n{number}", "int"), bytes(10_000), attribute)
        most = max(most, len(root.children))
    assert 5 < most < 12


def cached_channel_lists() -> int:
    """Return the number of distinct channel lists in the cache."""
    channels, nodes = set(), list(header._cache._roots.values())
    while nodes:
        node = nodes.pop()
        channels |= {id(summary.channels) for summary in node.summaries.values()}
        nodes += node.children.values()
    return len(channels)


@pytest.mark.parametrize(("channels", "files", "most"), [(500, 100, 60), (4000, 10, 0)])
def test_cached_channels_are_bounded(monkeypatch: pytest.MonkeyPatch, channels: int, files: int, most: int) -> None:
    monkeypatch.setattr(header_cache, "MAX_CACHE_BYTES", 1_000_000)
    names = [f"{'layer' * (channels // 500)}{n}.R" for n in range(channels)]
    for number in range(files):  # each ends at another node
        facts = {"channels": names, "attributes": {f"n{number}": integer(1)}, "width": 1, "height": 1}
        inspect_bytes(exr_bytes((facts,)), "a.exr", None)
        assert cached_channel_lists() <= most


def test_unlike_files_share_what_is_equal() -> None:
    files = [
        exr_bytes(({"channels": [f"layer{n}.{c}" for c in "BGR"], "width": n + 1, "compression": "zip"},))
        for n in range(40)
    ]
    first = [inspect_bytes(data, "a.exr", None) for data in files]
    again = [inspect_bytes(data, "a.exr", None) for data in files]
    for before, after in zip(first, again, strict=True):
        (part,), (same,) = before.parts, after.parts
        assert part.channels is same.channels
        assert all(one is other for one, other in zip(part.attributes, same.attributes, strict=True))
    other_place = inspect_bytes(
        exr_bytes(({"channels": [f"layer7.{c}" for c in "BGR"], "attributes": {"a": integer(1)}},)), "a.exr", None
    )
    assert other_place.parts[0].channels is first[7].parts[0].channels


def test_variants_of_one_attribute_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_cache, "MAX_VARIANTS_PER_NODE", 50)
    for frame in range(200):
        payload_text(studio(frame))
    nodes = list(header._cache._roots.values())
    while nodes:
        node = nodes.pop()
        assert max(len(node.variants), len(node.summaries)) <= 50
        nodes += node.children.values()


def test_channels_in_the_cache_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_summary, "MAX_CACHED_CHANNELS", 100)
    for number in range(30):
        inspect_bytes(exr_bytes(({"channels": [f"{number}.{n:02}" for n in range(40)]},)), "a.exr", None)
        assert sum(len(rows) for rows, _ in part_summary._channels.values()) <= 100


def cached_bytes() -> int:
    """Return the bytes of all attributes and nodes that are reachable in the cache."""
    total, nodes = 0, list(header._cache._roots.values())
    while nodes:
        node = nodes.pop()
        attributes = {id(cached): cached for cached in (*node.attributes, *node.variants.values())}
        total += header_cache._NODE_BYTES + sum(len(data) for data, *_ in (*attributes.values(), *node.paths))
        nodes += node.children.values()
    return total


def test_threads_share_the_cache_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_cache, "MAX_CACHE_BYTES", 150_000)  # a few shows, so that it is evicted again and again
    frames = [*FRAMES, *(studio(frame, f"show{frame % 9}") for frame in range(2001, 2031))]
    expected = {data: first_payload_text(data) for data in frames}
    clear_cache()
    sizes: list[int] = []
    start = Barrier(8)

    def parse_all(seed: int) -> list[bool]:
        order = frames * 2
        random.Random(seed).shuffle(order)
        start.wait()
        results = []
        for data in order:
            results.append(payload_text(data) == expected[data])
            sizes.append(header._cache.size_bytes)
        return results

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            results = [same for listed in pool.map(parse_all, range(8)) for same in listed]
    finally:
        sys.setswitchinterval(interval)
    assert all(results)
    assert len(results) == 8 * 2 * len(frames)
    assert 50_000 < max(sizes) <= 150_000
    assert cached_bytes() <= header._cache.size_bytes


def test_insertions_hold_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    reserve, locked = header_cache.HeaderCache._reserve, []

    def checked(self: header_cache.HeaderCache, size: int) -> bool:
        locked.append(self._lock.locked())
        return reserve(self, size)

    monkeypatch.setattr(header_cache.HeaderCache, "_reserve", checked)
    for data in (*FRAMES, *FRAMES, *FRAMES):
        payload_text(data)
    assert len(locked) > 100
    assert all(locked)


def test_header_that_fills_the_cache_is_parsed_as_if_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_cache, "MAX_CACHE_BYTES", 20_000)
    long = exr_bytes(({"attributes": {f"n{n}": integer(n) for n in range(100)}, "width": 2, "height": 2},))
    for data in (long, studio(1001), long, studio(1002), studio(1001)):
        clear_cache()
        twice = [payload_text(data), payload_text(data)]
        assert header._cache.size_bytes <= 20_000
        assert twice == [first_payload_text(data)] * 2


def test_dates_equal_those_of_datetime(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.touch()
    for seconds in (0.0, 0.9999996, 1.5, 1782310991.0000005, 1782310991.9999999, 4102444799.123456, -1.25):
        os.utime(path, (seconds, seconds))
        exact = os.stat(path).st_mtime
        assert stat_file(str(path))[1] == datetime.fromtimestamp(exact, UTC).isoformat("T", "microseconds")


@pytest.mark.parametrize(
    ("name", "frame"),
    [("a.1001.exr", 1001), ("a_tex.1001.exr", None), ("a.2147483648.exr", None), ("v12.0007.exr", 7),
     ("a.²³.exr", None), (".1001.exr", 1001), ("a.1001", None)],
)  # fmt: skip
def test_frame_number_of_a_name(name: str, frame: int | None) -> None:
    assert frame_number(f"/s/{name}") == frame


def test_changed_payload_rows_change_no_cached_value() -> None:
    parts = {
        "attributes": {"multiView": strings("left", "right"), "timeCode": time_code(1, 2, 3, 4)},
        "channels": ["R"],
    }
    data = exr_bytes((parts, parts))
    first = payload(inspect_bytes(data, "a.1001.exr", None))
    expected = json.dumps(first)
    rows = [*first["parts"], *first["channels"], *first["validation"]]
    rows += [attribute for listed in first["attributes"]["parts"] for attribute in listed]
    assert first["validation"]
    for row in rows:
        for value in row.values():
            if isinstance(value, dict | list):
                value.clear()
        row.clear()
    assert payload_text(data) == expected


def test_cached_parts_are_compared_by_their_time_codes() -> None:
    def frame(*numbers: int) -> bytes:
        return exr_bytes(tuple({"channels": ["R"], "attributes": {"timeCode": time_code(1, 0, 0, n)}} for n in numbers))

    def codes(data: bytes) -> set[str]:
        return {finding.code for finding in inspect_bytes(data, "a.exr", None).findings}

    assert "parts-refused" not in codes(frame(1, 1))
    assert "parts-refused" in codes(frame(1, 2))
    assert "parts-refused" not in codes(frame(2, 2))
