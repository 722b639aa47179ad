"""Duplicate rows of two publishers that both read before either of them wrote: readers never see them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import LOOK_DIM, Listing, Preview, PublishResult, Query
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import Transaction
from tests.persistence.samples import batch, frames, units
from tests.vast.exact import assert_raw_rows_are_exact, assert_readers_see, raw
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

FOREVER = 1000


def publish_twice(
    vast: Vast, server: VastServer, between: Callable[[], object] = lambda: None
) -> tuple[list[PublishResult], list[PublishResult]]:
    """Return the results of a publish whose commit is held, and of one that begins and ends before `between`."""
    held: list[list[PublishResult]] = []
    server.clear()
    server.fault("commit", "hold")

    def first() -> None:
        held.append(VastStore(vast).publish(batch(*frames(3), publish_id="first")))

    def inserts() -> int:
        return sum(request.kind == "insert" for request in server.log)

    before = inserts()
    thread = threading.Thread(target=first)
    thread.start()
    wait_until(lambda: inserts() == before + 4 and server.is_holding)
    second = VastStore(vast).publish(batch(*frames(3), publish_id="second"))
    between()
    server.release()
    thread.join()
    return held[0], second


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not condition():
        pause.wait(0.005)


@pytest.mark.parametrize("conflicts", [True, False])
def test_publisher_that_finds_duplicates_removes_them(
    store: VastStore, vast: Vast, server: VastServer, conflicts: bool
) -> None:
    server.conflicts = conflicts
    first, second = publish_twice(vast, server)
    assert [result.status for result in (*first, *second)] == ["success"] * 6
    assert_raw_rows_are_exact(server, vast.schema, frames(3))
    assert {row["publish_id"] for row in raw(server, vast.schema, "files")} == {"first"}


def test_preview_of_a_publisher_that_loses_afterwards_stays(store: VastStore, vast: Vast, server: VastServer) -> None:
    file_ids = [record.identity.file_id for record in frames(3)]
    look = units(1, 1, LOOK_DIM)[0]
    publish_twice(vast, server, lambda: store.put_previews([Preview(name, look, b"jpeg") for name in file_ids]))
    assert set(store.publishes_of(file_ids).values()) == {"first"}
    assert set(store.previews(file_ids)) == set(file_ids)
    list(store.repair())
    assert len(raw(server, vast.schema, "previews")) == 3


def test_undo_keeps_files_that_another_publish_contains(store: VastStore, vast: Vast, server: VastServer) -> None:
    publish_twice(vast, server)
    assert store.undo("first") == store.undo("second") == 0
    assert_readers_see(store, frames(3))
    assert {row["inspection_count"] for row in raw(server, vast.schema, "files")} == {2}


def test_duplicates_stay_hidden_until_check_removes_them(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.conflicts = False
    records = frames(3)
    make_duplicates(vast, server)
    assert len(raw(server, vast.schema, "files")) == 6
    assert_readers_see(store, records)
    assert store.count() == 3
    assert [hit.sequence_count for hit in store.similar(Query(records[0]))] == [3]
    page = store.browse(Listing())
    assert (page.total_rows, page.total_files, page.rows[0].size_bytes) == (1, 3, 12_000_000)
    assert store.undo("first") == 0
    report = store.check()
    assert (report.files, report.repaired, report.problems) == (3, 3, ())
    assert_raw_rows_are_exact(server, vast.schema, records)


def make_duplicates(vast: Vast, server: VastServer) -> None:
    """Publish twice so that both sets of rows stay: every delete conflicts."""
    server.fault("delete", "status:409:TabularTransactionConflict", times=FOREVER)
    clear, server.clear = server.clear, lambda: None  # type: ignore[method-assign]
    publish_twice(vast, server)
    server.clear = clear  # type: ignore[method-assign]
    server.clear()


def test_check_reports_duplicates_that_it_cannot_remove(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.conflicts = False
    make_duplicates(vast, server)
    server.fault("delete", "status:409:TabularTransactionConflict", times=FOREVER)
    report = store.check()
    assert (report.files, report.repaired) == (3, 0)
    assert report.problems[0].startswith("3 hidden duplicate rows of files")
    server.clear()


def test_check_removes_children_without_a_file(store: VastStore, vast: Vast, server: VastServer) -> None:
    store.publish(batch(*frames(3)))
    deleted = frames(3)[1].identity.file_id

    def delete_by_hand(transaction: Transaction) -> None:
        transaction.delete("files", transaction.rows_by_key("files", ["file_id"], "file_id", [deleted], row_ids=True))

    with closing(Database(vast)) as database:
        database.write(delete_by_hand, lambda *_: True)
    report = store.check()
    assert (report.files, report.repaired, report.problems) == (2, 13, ())
    assert_raw_rows_are_exact(server, vast.schema, [frames(3)[0], frames(3)[2]])


def publish_repeated(store: VastStore, server: VastServer) -> None:
    """Publish three files with previews over a gateway that sends each insert twice."""
    server.personality = Personality(repeats_inserts=True)
    records = frames(3)
    assert all(result.inserted for result in store.publish(batch(*records, publish_id="first")))
    look = units(1, 1, LOOK_DIM)[0]
    store.put_previews([Preview(record.identity.file_id, look, b"jpeg") for record in records])
    server.personality = Personality()


def test_readers_drop_rows_that_one_attempt_has_inserted_twice(
    store: VastStore, vast: Vast, server: VastServer
) -> None:
    records = frames(3)
    publish_repeated(store, server)
    assert len(raw(server, vast.schema, "channels")) == 2 * 3 * 4
    assert_readers_see(store, records)
    ids = [record.identity.file_id for record in records]
    assert [len(stored.channels) for stored in store.get_many(ids)] == [4, 4, 4]
    assert store.count() == 3
    (hit,) = store.similar(Query(records[0]))
    assert hit.sequence_count == 3
    assert [result.inserted for result in store.publish(batch(*records, publish_id="second"))] == [False] * 3
    assert store.undo("first") == 0


def test_check_heals_rows_that_one_attempt_has_inserted_twice(store: VastStore, vast: Vast, server: VastServer) -> None:
    publish_repeated(store, server)
    report = store.check()
    assert (report.files, report.problems) == (3, ())
    assert report.repaired > 0
    assert_raw_rows_are_exact(server, vast.schema, frames(3))
    assert len(raw(server, vast.schema, "previews")) == 3
    assert store.check().repaired == 0
    assert store.undo("first") == 3
    assert raw(server, vast.schema, "files") == []
