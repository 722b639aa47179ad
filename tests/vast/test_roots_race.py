"""Publishers that began under earlier roots, while the roots changed and a rekey ran: no file ends with two keys."""

from __future__ import annotations

import threading
import time

from exr_inspector_app.config import Root, Vast
from exr_inspector_app.contracts import PublishResult
from exr_inspector_app.persistence.roots import with_roots
from exr_inspector_app.persistence.vast import VastStore, tables
from tests.persistence.samples import batch, frames
from tests.persistence.test_roots import of_machine
from tests.vast.exact import assert_raw_rows_are_exact, raw
from tests.vast_server import VastServer

ROOTS = (Root("prod", ("/mnt/prod", "s3://prod")),)


def test_publish_that_commits_after_a_rekey_moves_its_files(store: VastStore, vast: Vast, server: VastServer) -> None:
    store.publish(batch(*(of_machine("s3://prod", frame) for frame in (1001, 1002)), publish_id="first"))
    results: list[PublishResult] = []
    server.clear()
    server.fault("commit", "hold")
    late = [of_machine("/mnt/prod", frame) for frame in (1001, 1002, 1003)]
    thread = threading.Thread(target=lambda: results.extend(VastStore(vast).publish(batch(*late, publish_id="late"))))
    thread.start()
    while not server.is_holding:
        time.sleep(0.005)
    store.set_roots(ROOTS)
    assert sum(item.moved for item in store.rekey(apply=True)) == 2
    server.release()
    thread.join()
    assert [result.inserted for result in results] == [False, False, True]
    rows = raw(server, vast.schema, "files")
    assert sorted(row["file_path_normalized"] for row in rows) == [
        f"prod:/show/beauty.{frame}.exr" for frame in (1001, 1002, 1003)
    ]
    assert {result.file_id for result in results} == {row["file_id"] for row in rows}
    assert [row.file["publish_id"] for row in store.find() if "1001" in row.file["file_path"]] == ["first"]


def test_publisher_with_cached_roots_moves_its_files(store: VastStore, vast: Vast, server: VastServer) -> None:
    store.set_roots(ROOTS)
    tables._root_values[vast.location] = []  # as in another process that has read them before
    other = VastStore(vast)
    first, second = (other.publish(batch(*frames(2)))[0] for _ in range(2))
    assert (first.inserted, second.inserted, first.file_id) == (True, False, second.file_id)
    store.publish(batch(*frames(2)))
    assert [row["file_path_normalized"][:5] for row in raw(server, vast.schema, "files")] == ["prod:"] * 2
    assert store.roots() == ROOTS
    assert_raw_rows_are_exact(server, vast.schema, list(with_roots(frames(2), ROOTS)))


def test_files_held_by_another_transaction_are_reported(store: VastStore, vast: Vast, server: VastServer) -> None:
    store.publish(batch(of_machine("/mnt/prod"), of_machine("/mnt/prod", 1002)))
    store.set_roots(ROOTS)
    server.fault("update", "status:409:Conflict", times=100)
    (item,) = store.rekey(apply=True)
    assert (item.moved, item.held) == (0, 2)
    server.clear()
    (item,) = store.rekey(apply=True)
    assert (item.moved, item.held) == (2, 0)
