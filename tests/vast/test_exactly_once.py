"""Exactly-once publishing: readers see each file once, through races, faults, kills and lost replies."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames
from tests.vast.exact import assert_is_whole, assert_raw_rows_are_exact, assert_readers_see, raw
from tests.vast.killing import of_round
from tests.vast_server import VastServer

# As in pyproject.toml: of a package that the SDK signs its requests with, on Python 3.12 and later.
SDK_WARNING = "ignore:datetime.datetime.utcnow() is deprecated:DeprecationWarning:aws_requests_auth.aws_auth"
STRICT = (sys.executable, "-W", "error", "-W", SDK_WARNING, "-m")
FILES = 50  # of each of eight publishers; several requests and transactions overlap
KILLS = 30
TIMEOUT_S = (5.0, 0.4)  # of a client
LATE_S = 0.8  # until a delayed request is carried out, or a stalled one gets its reply
ACTIONS = ("slowdown", "error500", "reset", "drop_reply", "truncate")
LATE_ACTIONS = (f"delay:{LATE_S}", f"stall:{LATE_S}")


@pytest.mark.slow
@pytest.mark.parametrize(("conflicts", "expiry"), [(True, None), (False, None), (True, 10.0)])
def test_eight_concurrent_publishers_store_each_file_once(
    store: VastStore, vast: Vast, server: VastServer, conflicts: bool, expiry: float | None
) -> None:
    server.conflicts, server.expiry_seconds = conflicts, expiry
    command = [*STRICT, "tests.vast.crowd", vast.endpoint, vast.schema, "8", str(FILES)]
    records = frames(FILES)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as crowd:
        reads = watch(VastStore(vast), records, lambda: crowd.poll() is None)
        output, errors = crowd.communicate(timeout=100)
    assert (crowd.returncode, errors) == (0, "")
    counts = [int(line) for line in output.splitlines()]
    print(f"\n{reads} reads while 8 processes inserted {counts}; {len(raw(server, vast.schema, 'files'))} rows")
    assert len(counts) == 8
    assert_readers_see(store, records, looked_into=10)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, records)
    assert store.publish(batch(*records))[0].inserted is False


def watch(reader: VastStore, records: list[Record], is_running: Callable[[], bool]) -> int:
    """Read while the publishers run, assert that no file is doubled or incomplete, and return the number of reads."""
    reads = 0
    while is_running():
        ids = [row.file["file_id"] for row in reader.find(limit=10_000, history=True)]
        assert len(ids) == len(set(ids))
        if ids:
            record = random.choice(records)
            if reader.get(record.identity.file_id) is not None:
                assert_is_whole(reader, record)
        reads += 1
        time.sleep(0.05)
    return reads


def requests_of_a_publish(store: VastStore, server: VastServer) -> list[str]:
    """Return the kind of each request that a new store sends for a publish, in order."""
    server.clear()
    store.publish(batch(*frames(2, name="pattern")))
    return [request.kind for request in server.log]


@pytest.mark.slow
def test_publish_survives_each_fault_at_each_request(store: VastStore, vast: Vast, server: VastServer) -> None:
    kinds = requests_of_a_publish(VastStore(vast), server)
    assert set(kinds) == {"version", "begin", "query", "insert", "commit", "rollback"}
    # Requests of one kind between the first and the last, such as inserts, take the same path.
    positions = [
        position
        for position, kind in enumerate(kinds)
        if kind not in kinds[:position] or kind not in kinds[position + 1 :]
    ]
    records = frames(2, name="pattern")
    lines = []
    for position in positions:
        kind = kinds[position]
        is_first = kind not in kinds[:position]
        for action in (*ACTIONS, *(LATE_ACTIONS if is_first else ())):
            own = frames(2, name=f"case{position}{action[:5]}")
            server.clear()
            server.fault(kind, action, times=1, skip=kinds[:position].count(kind))
            publisher = VastStore(vast, timeout=TIMEOUT_S)
            results = publisher.publish(batch(*own))
            publisher.close()
            outcome = "inserted" if all(result.inserted for result in results) else str(results[0].error)
            lines.append(f"{position:>3} {kind:<12} {action:<10} {outcome}")
            assert [result.status for result in results] == ["success", "success"], lines[-1]
            assert_is_whole(store, own[0])
            records += own
    print("\n" + "\n".join(lines))
    time.sleep(LATE_S)  # delayed requests have been carried out afterwards
    assert_readers_see(store, records)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, records)


@pytest.mark.slow
def test_killed_publishers_leave_all_files_or_none(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.expiry_seconds = 1.0
    command = [*STRICT, "tests.vast.killing", vast.endpoint, vast.schema, str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    committed, lost = (int(number) for number in done.stdout.split()[-2:])
    print(f"\n{committed} publishes were committed, {lost} were not")
    assert min(committed, lost) > 2
    everything = [record for number in range(-2, KILLS) for record in of_round(number)]
    store.publish(batch(*everything))
    assert_readers_see(store, everything)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, everything)
