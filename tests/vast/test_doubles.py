"""Two publishers that looked before either of them wrote: the rows are doubled, and nobody sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Listing, PublishResult, Query
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames
from tests.vast.exact import assert_raw_rows_are_exact, assert_readers_see, raw
from tests.vast_server import VastServer

FOREVER = 1000


def both(vast: Vast, server: VastServer) -> tuple[list[PublishResult], list[PublishResult]]:
    """The results of a publish whose commit is late, and of one that begins and ends meanwhile."""
    late: list[list[PublishResult]] = []
    server.clear()
    server.fault("commit", "delay:0.8", times=1)

    def first() -> None:
        late.append(VastStore(vast).publish(batch(*frames(3), publish_id="first")))

    def inserts() -> int:
        return sum(request.kind == "insert" for request in server.log)

    before = inserts()
    thread = threading.Thread(target=first)
    thread.start()
    wait_for(lambda: inserts() == before + 4)
    second = VastStore(vast).publish(batch(*frames(3), publish_id="second"))
    thread.join()
    return late[0], second


def wait_for(happened: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not happened():
        pause.wait(0.005)


@pytest.mark.parametrize("conflicts", [True, False])
def test_the_losers_rows_are_removed_by_whoever_sees_them(
    store: VastStore, vast: Vast, server: VastServer, conflicts: bool
) -> None:
    server.conflicts = conflicts
    first, second = both(vast, server)
    assert [result.status for result in (*first, *second)] == ["success"] * 6
    assert_raw_rows_are_exact(server, vast.schema, frames(3))
    assert {row["publish_id"] for row in raw(server, vast.schema, "files")} == {"first"}


def test_a_winner_that_another_publish_has_met_is_not_undone(store: VastStore, vast: Vast, server: VastServer) -> None:
    both(vast, server)
    assert store.undo("first") == store.undo("second") == 0
    assert_readers_see(store, frames(3))
    assert {row["inspection_count"] for row in raw(server, vast.schema, "files")} == {2}


def test_rows_that_could_not_be_removed_are_not_seen_until_check_removes_them(
    store: VastStore, vast: Vast, server: VastServer
) -> None:
    server.conflicts = False
    records = frames(3)
    doubled(vast, server)
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


def doubled(vast: Vast, server: VastServer) -> None:
    """Both sets of rows stay: whoever wants to remove one meets a conflict."""
    server.fault("delete", "status:409:TabularTransactionConflict", times=FOREVER)
    clear, server.clear = server.clear, lambda: None  # type: ignore[method-assign]
    both(vast, server)
    server.clear = clear  # type: ignore[method-assign]
    server.clear()


def test_check_tells_of_rows_that_it_cannot_remove(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.conflicts = False
    doubled(vast, server)
    server.fault("delete", "status:409:TabularTransactionConflict", times=FOREVER)
    report = store.check()
    assert (report.files, report.repaired) == (3, 0)
    assert report.problems[0].startswith("3 files have rows of several attempts")
    server.clear()


def test_children_without_a_file_are_removed_by_check(store: VastStore, vast: Vast, server: VastServer) -> None:
    store.publish(batch(*frames(3)))
    gone = frames(3)[1].identity.file_id

    def by_hand(transaction) -> None:  # noqa: ANN001
        transaction.delete("files", transaction.rows_of("files", ["file_id"], "file_id", [gone], row_ids=True))

    store._database.write(by_hand, lambda *_: True)
    report = store.check()
    assert (report.files, report.repaired, report.problems) == (2, 13, ())
    assert_raw_rows_are_exact(server, vast.schema, [frames(3)[0], frames(3)[2]])
