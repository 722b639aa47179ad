"""Header diff, and the outliers of a sequence."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.diff.header_diff import Diff, DiffKind, DiffRow, DiffState, diff
from exr_inspector_app.exr.diff.outliers import find_outliers
from exr_inspector_app.model import ExrFile, from_payload, payload
from tests.exr_files import exr_bytes, integer, real, string, studio_attributes, studio_channels, vector


def exr(path: str = "a.exr", *parts: dict[str, Any], **facts: Any) -> ExrFile:
    return inspect_bytes(exr_bytes(parts or (facts,)), path, None)


def differences(result: Diff) -> list[tuple[str, str, DiffState, list[str | None]]]:
    return [(row.group, row.name, row.state, texts(row)) for row in result.differences]


def texts(row: DiffRow) -> list[str | None]:
    return [None if cell is None else cell.text for cell in row.cells]


def test_changed_compression_is_one_row() -> None:
    result = diff([exr(compression="zip", height=16), exr(compression="zips", height=16)])
    assert differences(result) == [("Part 0", "compression", DiffState.CHANGED, ["zip", "zips"])]


def test_added_and_removed_items_are_only_in_some_files() -> None:
    left = exr(channels=["B", "G", "R"], attributes={"owner": string("orca")})
    right = exr(channels=["A", "B", "G", ("R", "float")], attributes={"shot": string("s010")})
    result = diff([left, right])
    assert [(row.kind, row.name, row.only_in, texts(row)) for row in result.differences] == [
        (DiffKind.CHANNEL, "R", (), ["half", "float"]),
        (DiffKind.CHANNEL, "A", (1,), [None, "half"]),
        (DiffKind.ATTRIBUTE, "owner", (0,), ["orca", None]),
        (DiffKind.ATTRIBUTE, "shot", (1,), [None, "s010"]),
    ]


def test_equal_rows_are_included() -> None:
    result = diff([exr(), exr(), exr()])
    assert not result.differences
    names = {row.name: row.state for row in result.rows}
    assert names.keys() >= {"parts", "part type", "chunks", "R", "compression", "dataWindow"}
    assert set(names.values()) == {DiffState.SAME}


def test_numbers_within_the_tolerance_are_equal() -> None:
    near = [exr(attributes={"m": vector("m44f", *[float(n) * f for n in range(16)])}) for f in (1.0, 1.0000005)]
    assert not diff(near).differences
    assert [row.name for row in diff(near, 0.0).differences] == ["m"]
    noise = [exr(attributes={"m": vector("v2d", 1.0, x)}) for x in (0.0, 6.1e-17)]
    assert not diff(noise).differences


def test_nan_equals_nan() -> None:
    nan = [exr(attributes={"x": real(x)}) for x in (float("nan"), float("nan"), 1.0)]
    assert not diff(nan[:2]).differences
    assert [texts(row) for row in diff(nan[1:]).differences] == [["nan", "1.0"]]


def test_changed_type_is_a_difference() -> None:
    result = diff([exr(attributes={"x": integer(1)}), exr(attributes={"x": real(1.0)})])
    assert [[cell and cell.type for cell in row.cells] for row in result.differences] == [["int", "float"]]


def test_duplicate_name_has_two_rows() -> None:
    result = diff([exr(channels=["R", ("R", "float")]), exr(channels=["R"])])
    assert differences(result) == [("Part 0", "R", DiffState.ONLY_IN, ["float", None])]


def named(name: str, *channels: str) -> dict[str, Any]:
    return {"channels": channels, "attributes": {"name": string(name)}}


def test_parts_are_matched_by_name() -> None:
    left = exr("a.exr", named("beauty", "R"), named("depth", "Z"))
    right = exr("b.exr", named("depth", "Z"), named("beauty", "R", "A"))
    result = diff([left, right])
    assert differences(result)[1:] == [("Part beauty", "A", DiffState.ONLY_IN, [None, "half"])]


def test_parts_without_a_common_name_are_matched_by_index() -> None:
    left = exr("a.exr", named("left", "R"), named("right", "R"))
    right = exr("b.exr", named("l", "R"), named("r", "R"))
    assert differences(diff([left, right])) == [
        ("Part 0", "name", DiffState.CHANGED, ["left", "l"]),
        ("Part 1", "name", DiffState.CHANGED, ["right", "r"]),
    ]


def test_additional_part_is_only_in_one_file() -> None:
    result = diff([exr("a.exr", named("beauty", "R"), named("depth", "Z")), exr("b.exr", named("beauty", "R"))])
    extra = [row for row in result.differences if row.group == "Part 1"]
    assert {row.only_in for row in extra} == {(0,)}
    assert ("File", "parts", DiffState.CHANGED, ["2", "1"]) in differences(result)


def test_incomplete_file_differs_in_its_chunks() -> None:
    complete = exr_bytes(({"height": 12},))
    part = inspect_bytes(exr_bytes(({"height": 12},), present=7), "b.exr", None)
    assert differences(diff([inspect_bytes(complete, "a.exr", None), part])) == [
        ("Part 0", "chunks", DiffState.CHANGED, ["all", "7 of 12"])
    ]


def test_files_from_payloads_have_the_same_diff() -> None:
    file = exr(attributes=studio_attributes(1001), channels=studio_channels())
    assert not diff([file, from_payload(payload(file))]).differences


# Headers of all kinds of values.
_NAMES = st.sampled_from(["a", "b", "c.d", "é", "x" * 40])
_VALUES = st.one_of(
    st.integers(-9, 9).map(integer),
    st.floats(width=32).map(real),
    st.text(st.characters(codec="utf-8"), max_size=9).map(string),
    st.binary(max_size=5).map(lambda data: ("studio:raw", data)),
    st.lists(st.floats(width=32), max_size=3).map(lambda n: ("floatvector", struct.pack(f"<{len(n)}f", *n))),
)
_PARTS = st.lists(
    st.builds(
        lambda channels, attributes: {"channels": sorted(channels), "attributes": attributes, "height": 2},
        st.sets(_NAMES, min_size=1),
        st.dictionaries(_NAMES, _VALUES, max_size=4),
    ),
    min_size=1,
    max_size=3,
)
_FILES = _PARTS.map(lambda parts: exr("a.exr", *parts))


@settings(deadline=None, max_examples=60)
@given(_FILES)
def test_file_equals_itself(file: ExrFile) -> None:
    assert diff([file, file, from_payload(payload(file))]).differences == ()


@settings(deadline=None, max_examples=60)
@given(_FILES, _FILES)
def test_order_of_files_mirrors_the_rows(first: ExrFile, second: ExrFile) -> None:
    there, back = diff([first, second]).rows, diff([second, first]).rows
    mirrored = [(row.group, row.kind, row.name, texts(row)[::-1], row.state) for row in there]
    assert sorted(map(repr, mirrored)) == sorted(
        repr((row.group, row.kind, row.name, texts(row), row.state)) for row in back
    )


def test_part_order_is_a_difference() -> None:
    left, right = ({"attributes": {"name": string(name)}} for name in ("left", "right"))
    first, second = (inspect_bytes(exr_bytes(parts), "a.exr", None) for parts in ((left, right), (right, left)))
    assert differences(diff([first, second])) == [
        ("File", "order of parts", DiffState.CHANGED, ["left, right", "right, left"])
    ]
    more = inspect_bytes(exr_bytes((left, {"attributes": {"name": string("depth")}}, right)), "a.exr", None)
    assert "order of parts" not in [row.name for row in diff([first, more]).differences]


def frames(count: int, **odd: Any) -> list[ExrFile]:
    """Return frames of a beauty render with the outlier 1003."""
    return [
        exr(f"/s/a.{n}.exr", attributes=studio_attributes(n), **(odd if n == 1003 else {}))
        for n in range(1001, 1001 + count)
    ]


def test_outlier_differs_from_the_majority() -> None:
    result = find_outliers(frames(9, compression="rle", channels=["B", "G", "R", "Z"]))
    assert [(file.frame, [(row.name, texts(row)) for row in file.rows]) for file in result.outliers] == [
        (1003, [("Z", [None, "half"]), ("compression", ["none", "rle"])])
    ]
    assert {key.name for key in result.varying} >= {"timeCode", "capDate", "worldToCamera"}
    assert result.typical == 0


def test_frame_with_a_missing_attribute_is_an_outlier() -> None:
    result = find_outliers(frames(5, channels=["G", "R"]))
    assert [(file.frame, [(row.name, texts(row)) for row in file.rows]) for file in result.outliers] == [
        (1003, [("B", ["half", None])])
    ]


def test_value_that_varies_in_half_of_the_frames_is_no_outlier() -> None:
    files = [exr(f"a.{n}.exr", attributes={"owner": string("me" if n % 2 else "you")}) for n in range(8)]
    result = find_outliers(files)
    assert (result.outliers, [key.name for key in result.varying]) == ((), ["owner"])


@pytest.mark.parametrize("from_", [3, 5, 6])
def test_changed_setup_is_an_outlier_in_any_number_of_frames(from_: int) -> None:
    later: dict[str, Any] = {"compression": "piz", "channels": ["A", "B", "G", "R"]}
    files = [exr(f"a.{n}.exr", height=32, **(later if n >= from_ else {})) for n in range(10)]
    result = find_outliers(files)
    few = range(from_, 10) if from_ >= 5 else range(from_)
    assert [file.path for file in result.outliers] == [f"a.{n}.exr" for n in few]
    assert {row.name for file in result.outliers for row in file.rows} == {"A", "compression"}
    assert result.varying == ()


def test_setup_that_varies_in_every_frame_is_no_outlier() -> None:
    files = [exr(f"a.{n}.exr", display_window=(0, 0, 7, n), height=8) for n in range(9)]
    assert (find_outliers(files).outliers, [key.name for key in find_outliers(files).varying]) == (
        (),
        ["displayWindow"],
    )


@pytest.mark.parametrize("index", [0, 1, 2])
def test_outlier_among_three_is_found_at_any_position(index: int) -> None:
    files = [exr(f"a.{n}.exr", compression="rle" if n == index else "none") for n in range(3)]
    result = find_outliers(files)
    assert [file.path for file in result.outliers] == [f"a.{index}.exr"]
    assert result.typical == (1 if index == 0 else 0)


def test_corpus_sequences_have_no_outlier(corpus: Path) -> None:
    files = [inspect_file(str(path)) for path in sorted(corpus.glob("Beachball/multipart.*.exr"))]
    assert len(files) > 2
    assert not [row for file in find_outliers(files).outliers for row in file.rows if row.kind is DiffKind.CHANNEL]


def test_rationals_are_compared_and_shown_by_value(tmp_path: Path) -> None:
    def row(name: str, *pairs: tuple[int, int]) -> DiffRow:
        files = [
            inspect_bytes(exr_bytes(({"attributes": {name: ("rational", struct.pack("<iI", *pair))}},)), "a.exr", None)
            for pair in pairs
        ]
        return next(row for row in diff(files).rows if row.name == name)

    assert row("framesPerSecond", (24, 1), (24000, 1000)).state is DiffState.SAME
    assert row("framesPerSecond", (24000, 1001), (23976, 1000)).state is DiffState.SAME
    rate = row("framesPerSecond", (24, 1), (24000, 1001))
    assert (rate.state, rate.texts(40, str)) == (DiffState.CHANGED, ["24 fps", "23.976 fps"])
    assert row("shutter", (1, 2), (1, 3)).texts(40, str) == ["0.5", "0.333333333333"]
    undefined = row("framesPerSecond", (1, 0), (2, 0))
    assert undefined.state is DiffState.CHANGED
    assert undefined.texts(40, str) == ["numerator 1, denominator 0", "numerator 2, denominator 0"]
