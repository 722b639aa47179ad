"""Publishers that are killed at random moments: `python -m tests.vast.killing ENDPOINT SCHEMA TIMES`.

Prints how many publishes were committed and how many were not. After each kill, either all files of the publish exist
with their children, or none of them.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Sequence

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Condition, Record
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import frames
from tests.vast.crowd import fork, place
from tests.vast.exact import assert_is_whole

FILES = 4  # per publish


def of_round(number: int) -> list[Record]:
    """Return the records of one publish."""
    return frames(FILES, name=f"killed{number}")


def main(arguments: Sequence[str]) -> int:
    """Kill publishers, and print the number of committed and of lost publishes."""
    endpoint, schema, times = arguments[0], arguments[1], int(arguments[2])
    vast, dice = place(endpoint, schema), random.Random(3)
    store = VastStore(vast)
    duration = max(measure(vast, of_round(number)) for number in (-2, -1))
    committed = 0
    for number in range(times):
        child = fork(vast, of_round(number), f"publish-{number}", 0.0)
        time.sleep(dice.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        is_saved = is_committed(store, of_round(number), dice.randrange(FILES))
        committed += is_saved
        duration *= 0.9 if is_saved else 1.1  # follows the load of the machine
    print(committed, times - committed)
    return 0


def measure(vast: Vast, records: list[Record]) -> float:
    """Return the seconds that an undisturbed publisher takes."""
    started = time.monotonic()
    os.waitpid(fork(vast, records, "whole", 0.0), 0)
    return time.monotonic() - started


def is_committed(store: VastStore, records: list[Record], index: int) -> bool:
    """Return whether readers see the publish, all of it or nothing; check the children of the file at `index`."""
    key = records[0].identity.sequence_key
    files = store.find((Condition("sequence_key", "=", key),))
    ids = sorted(record.identity.file_id for record in records)
    assert sorted(row.file["file_id"] for row in files) in ([], ids)
    if files:
        assert_is_whole(store, records[index])
    return bool(files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
