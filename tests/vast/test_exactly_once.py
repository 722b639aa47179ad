"""Each file once, with its children, as any reader sees it: through races, faults, kills and lost replies."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames
from tests.vast.exact import assert_is_whole, assert_raw_rows_are_exact, assert_readers_see, raw
from tests.vast.killing import of_round
from tests.vast_server import VastServer

# As in pyproject.toml: of a package that the SDK signs its requests with, on Python 3.12 and later.
OF_THE_SDK = "ignore:datetime.datetime.utcnow() is deprecated:DeprecationWarning:aws_requests_auth.aws_auth"
STRICT = (sys.executable, "-W", "error", "-W", OF_THE_SDK, "-m")
PATIENCE = (2.0, 0.4)  # seconds that a client waits
LATE = 0.7  # seconds until it is carried out, or answered


@pytest.mark.parametrize(("conflicts", "expiry"), [(True, None), (False, None), (True, 3.0)])
def test_eight_processes_publish_the_same_files_at_once(
    store: VastStore, vast: Vast, server: VastServer, conflicts: bool, expiry: float | None
) -> None:
    server.conflicts, server.expiry_seconds = conflicts, expiry
    words = [*STRICT, "tests.vast.crowd", vast.endpoint, vast.schema, "8", "500"]
    records = frames(500)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as crowd:
        looks = watch(VastStore(vast), records, lambda: crowd.poll() is None)
        told, words_of_bugs = crowd.communicate(timeout=100)
    assert (crowd.returncode, words_of_bugs) == (0, "")
    counts = [int(line) for line in told.splitlines()]
    print(f"\n{looks} looks while 8 processes inserted {counts}; {len(raw(server, vast.schema, 'files'))} rows")
    assert len(counts) == 8
    assert_readers_see(store, records, looked_into=10)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, records)
    assert store.publish(batch(*records))[0].inserted is False


def watch(reader: VastStore, records: list, goes_on: Callable[[], bool]) -> int:
    """How often a reader looked, who never saw a file twice or without its children."""
    looks = 0
    while goes_on():
        found = [row.file["file_id"] for row in reader.find(limit=10_000, history=True)]
        assert len(found) == len(set(found))
        if found:
            one = random.choice(records)
            if reader.get(one.identity.file_id) is not None:
                assert_is_whole(reader, one)
        looks += 1
        time.sleep(0.05)
    return looks


def requests_of_a_publish(store: VastStore, server: VastServer) -> list[str]:
    """The kind of each request of a publish by a store that has just been opened, in order."""
    server.clear()
    store.publish(batch(*frames(2, name="pattern")))
    return [request.kind for request in server.log]


def test_every_fault_at_every_request_of_a_publish(store: VastStore, vast: Vast, server: VastServer) -> None:
    kinds = requests_of_a_publish(VastStore(vast), server)
    actions = ["slowdown", "error500", "reset", "drop_reply", "truncate", f"delay:{LATE}", f"stall:{LATE}"]
    records = frames(2, name="pattern")
    lines = []
    for place, kind in enumerate(kinds):
        for action in actions:
            mine = frames(2, name=f"case{place}{action[:5]}")
            server.clear()
            server.fault(kind, action, times=1, skip=kinds[:place].count(kind))
            one = VastStore(vast, timeout=PATIENCE)
            results = one.publish(batch(*mine))
            one.close()
            told = "inserted" if all(result.inserted for result in results) else str(results[0].error)
            lines.append(f"{place:>3} {kind:<12} {action:<10} {told}")
            assert [result.status for result in results] == ["success", "success"], lines[-1]
            assert_is_whole(store, mine[0])
            records += mine
    print("\n" + "\n".join(lines))
    time.sleep(LATE)  # what was late has happened by now
    assert_readers_see(store, records)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, records)


def test_killed_publishers_leave_files_whole_or_not_at_all(store: VastStore, vast: Vast, server: VastServer) -> None:
    server.expiry_seconds = 1.0
    words = [*STRICT, "tests.vast.killing", vast.endpoint, vast.schema, "100"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    kept, lost = (int(word) for word in done.stdout.split()[-2:])
    print(f"\n{kept} publishes were kept, {lost} were not")
    assert min(kept, lost) > 5
    everything = [one for number in range(-2, 100) for one in of_round(number)]
    store.publish(batch(*everything))
    assert_readers_see(store, everything)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, everything)
