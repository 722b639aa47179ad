"""Listings and facets in every any_store: the local library and a VAST Database pass the same tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from exr_inspector_app.contracts import Condition, Facet, Listing
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.store import Store
from tests.exr_files import string
from tests.records import batch, small, studio


def test_sequence_is_one_row_of_a_listing(any_store: Store, tmp_path: Path) -> None:
    frames = studio(tmp_path / "v1", 5)
    any_store.publish(batch(*frames[:2], *frames[3:], small(tmp_path, "z.exr")))
    page = any_store.browse(Listing(sort="path_folded", descending=False))
    assert (page.total_rows, page.total_files) == (2, 5)
    sequence, single = page.rows
    assert (sequence.count, sequence.frames) == (4, (1001, 1002, 1004, 1005))
    assert sequence.size_bytes == sum(file.payload["file"]["size_bytes"] for file in (*frames[:2], *frames[3:]))
    assert sequence.file["sequence_key"] == frames[0].identity.sequence_key
    assert sequence.file["inspection_timestamp"] == max(file.inspected_at for file in (*frames[:2], *frames[3:]))
    assert (single.count, single.frames, single.file["kind"]) == (1, (), "scanline")


def test_files_of_a_sequence_are_listed_by_frame(any_store: Store, tmp_path: Path) -> None:
    frames = studio(tmp_path, 3)
    any_store.publish(batch(*reversed(frames), small(tmp_path, "z.exr")))
    where = (Condition("sequence_key", "=", frames[0].identity.sequence_key),)
    page = any_store.browse(Listing(where, folded=False, sort="frame_number", descending=False))
    assert [row.file["frame_number"] for row in page.rows] == [1001, 1002, 1003]
    assert (page.total_rows, page.total_files) == (3, 3)


def test_pages_hold_every_row_once(any_store: Store, tmp_path: Path) -> None:
    names = [f"{letter}.exr" for letter in "abcdefg"]
    any_store.publish(batch(*(small(tmp_path, name) for name in reversed(names))))
    pages = [any_store.browse(Listing(sort="compression", limit=3, offset=start)) for start in (0, 3, 6, 9)]
    assert [Path(row.file["file_path"]).name for page in pages for row in page.rows] == names
    assert [page.total_rows for page in pages[:3]] == [7, 7, 7]


def test_listing_can_be_sorted_by_any_column(any_store: Store, tmp_path: Path) -> None:
    any_store.publish(batch(*studio(tmp_path / "v1", 2), small(tmp_path, "b.exr", width=16, compression="zip")))
    for column in (*schema.FILE_COLUMNS, *derived_columns.SCALAR_COLUMNS, "count"):
        up, down = (any_store.browse(Listing(sort=column, descending=flag)).rows for flag in (False, True))
        values = [row.count if column == "count" else row.size_bytes if column == "size_bytes" else row.file.get(column)
                  for row in up]  # fmt: skip
        known = [value for value in values if value is not None]
        assert known == sorted(known), column
        assert {row.file["file_id"] for row in up} == {row.file["file_id"] for row in down}, column


def test_listing_rejects_unknown_columns(any_store: Store) -> None:
    with pytest.raises(StoreError):
        any_store.browse(Listing(sort="1; --"))
    with pytest.raises(StoreError):
        any_store.browse(Listing(facets=("1; --",)))


def test_listing_contains_current_headers_only(any_store: Store, tmp_path: Path) -> None:
    old, new = small(tmp_path), small(tmp_path, attributes={"owner": string("again")}, width=16)
    any_store.publish(batch(old))
    any_store.publish(batch(new, publish_id="p2"))
    page = any_store.browse(Listing(facets=("resolution",)))
    assert [row.file["file_id"] for row in page.rows] == [new.identity.file_id]
    assert page.facets == (Facet("resolution", (("16x8", 1),)),)


def test_facets_ignore_conditions_on_their_own_column(any_store: Store, tmp_path: Path) -> None:
    wide = [small(tmp_path, f"wide{n}.exr", width=16, channels=["R", "spec.R", "spec.G", "Z"]) for n in "ab"]
    tall = small(tmp_path, "tall.exr", height=16, compression="zip")
    any_store.publish(batch(*wide, tall))
    facets = ("resolution", "compression", "layer", "kind", "published_by", "renderer", "show")
    where = (Condition("resolution", "in", ("16x8",)),)
    page = any_store.browse(Listing(where, facets=facets))
    assert page.total_files == 2
    assert dict(page.facets[0].values) == {"16x8": 2, "8x16": 1}
    assert [dict(facet.values) for facet in page.facets[1:]] == [
        {"none": 2}, {"spec": 2, "Z": 2}, {"scanline": 2}, {"tester": 2}, {"": 2}, {"": 2},
    ]  # fmt: skip
    both = any_store.browse(Listing((*where, Condition("layer", "=", "spec")), facets=("resolution", "layer")))
    assert dict(both.facets[0].values) == {"16x8": 2}
    assert dict(both.facets[1].values) == {"spec": 2, "Z": 2}


def test_empty_store_has_an_empty_listing(any_store: Store) -> None:
    page = any_store.browse(Listing(facets=("show",)))
    assert (page.rows, page.total_rows, page.total_files) == ((), 0, 0)
    assert page.facets == (Facet("show", ()),)
