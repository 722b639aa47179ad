"""Lists of a database of 500,000 files without a query engine: rows that are read for a page, and rows in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Listing
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.query.derived_columns import FACET_COLUMNS, parse_template
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.query.search_words import parse_search
from exr_inspector_app.persistence.vast import VastStore, browse
from exr_inspector_app.persistence.vast import store as store_module
from tests.persistence.samples import LATER, batch, payload, record
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast.large import FRAMES, fill, sequence_key
from tests.vast_server import VastServer

pytestmark = pytest.mark.slow

ROWS, PAGE = 500_000, 200  # PAGE: sequences on a page of the window
ALL_SEQUENCES = [sequence_key(number) for number in reversed(range(ROWS // FRAMES))]  # newest first
MAX_REQUESTS, MAX_BYTES = 45, 16_000_000  # of a first page; the keys of all rows are about 130 MB


@pytest.fixture(scope="module")
def large() -> Iterator[tuple[VastServer, VastStore]]:
    """Return a server with the rows, and a store."""
    with VastServer((BUCKET,), ACCESS, SECRET, query_engine=False) as server:
        store = VastStore(place(server.endpoint, "large"))
        store.ensure_tables()
        fill(server, place(server.endpoint, "large"), ROWS)
        yield server, store
        store.close()


def keys(page: object) -> list[str]:
    return [str(row.file["sequence_key"]) for row in page.rows]  # type: ignore[attr-defined]


def test_first_page_reads_a_small_part_of_the_rows(large: tuple[VastServer, VastStore]) -> None:
    server, store = large
    server.clear()
    page = store.browse(Listing(limit=PAGE, facets=FACET_COLUMNS))
    print(f"\nfirst page: {len(server.log)} requests, {server.sent_bytes:,} bytes")
    assert len(server.log) <= MAX_REQUESTS
    assert server.sent_bytes <= MAX_BYTES
    assert keys(page) == ALL_SEQUENCES[:PAGE]
    assert {row.count for row in page.rows} == {FRAMES}
    assert page.rows[0].frames == tuple(range(1001, 1001 + FRAMES))
    assert page.total_files == ROWS
    assert page.total_rows == pytest.approx(ROWS // FRAMES, rel=0.02)
    assert page.counted_files is not None
    compression = next(facet for facet in page.facets if facet.column == "compression")
    assert sum(count for _, count in compression.values) == page.counted_files
    assert len(compression.values) == 5


def test_later_pages_continue_the_first(large: tuple[VastServer, VastStore]) -> None:
    _, store = large
    page = store.browse(Listing(limit=PAGE, offset=3 * PAGE))
    assert keys(page) == ALL_SEQUENCES[3 * PAGE : 4 * PAGE]


def test_filtered_page_reads_matching_rows_alone(large: tuple[VastServer, VastStore]) -> None:
    server, store = large
    server.clear()
    page = store.browse(Listing((parse_where(f"sequence_key={ALL_SEQUENCES[77]}"),), folded=False, limit=PAGE))
    assert (page.total_rows, page.counted_files) == (FRAMES, None)
    assert server.sent_bytes <= 200_000
    where = (parse_where("compression=piz"),)
    page = store.browse(Listing(where, limit=50))
    assert keys(page) == [key for key in ALL_SEQUENCES if int(key[10:16]) % 5 == 2][:50]
    assert (page.total_files, {row.count for row in page.rows}) == (ROWS // 5, {FRAMES})


def test_counts_and_newest_files_read_few_rows(large: tuple[VastServer, VastStore]) -> None:
    server, store = large
    server.clear()
    assert store.count() == ROWS
    assert store.count((parse_where("compression=zip"),)) == ROWS // 5
    found = store.find(limit=100)
    assert [row.file["frame_number"] for row in found[:FRAMES]] == list(range(1000 + FRAMES, 1000, -1))
    assert server.sent_bytes <= 4_000_000


def test_other_orders_of_too_many_rows_are_refused(
    large: tuple[VastServer, VastStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, store = large
    monkeypatch.setattr(browse, "MAX_SORTED_ROWS", 200_000)
    with pytest.raises(StoreError, match=r"^Cannot sort 500,000 rows by count"):
        store.browse(Listing(sort="count", limit=PAGE))


def test_query_engine_lists_and_counts_exactly(server: VastServer, vast: Vast, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("adbc_driver_vastdb", reason="there is no ADBC driver for this system")
    store = VastStore(vast, template=parse_template("/show/{shot}"))
    files = [payload(f"/show/s{n % 3}/it's_{n}.exr", frame_number=None, width=n % 7 + 1) for n in range(40)]
    store.publish(batch(*(record(file, n) for n, file in enumerate(files))))
    store.publish(batch(record(payload("/show/s0/it's_0.exr", frame_number=None, compression="piz"), 99, LATER)))
    filters = ["", "text~it's_1", "text~setting_9", "shot=s1", "kind=scanline", "layer=diffuse", "width in 1,2"]
    words = ["path:it's_2", "layer:DIFF*", "object:it's_a"]
    conditions = [*(tuple(map(parse_where, filter(None, [text]))) for text in filters), *map(parse_search, words)]
    listings = [
        Listing(where, sort=sort, limit=15, offset=3, facets=FACET_COLUMNS)
        for where, sort in zip(
            conditions, itertools.cycle(["inspection_timestamp", "size_bytes", "shot"]), strict=False
        )
    ]
    expected = [(store.browse(listing), store.count(listing.where)) for listing in listings]
    counts = store.count(history=True)
    for module in (store_module, browse):
        monkeypatch.setattr(module, "MAX_EXACT_ROWS", 0)
    server.clear()
    assert [(store.browse(listing), store.count(listing.where)) for listing in listings] == expected
    assert store.count(history=True) == counts == 41
    assert all(page.counted_files is None for page, _ in expected)
    assert sum(request.kind == "vector_data" for request in server.log) >= 2 * len(listings)
    store.close()
