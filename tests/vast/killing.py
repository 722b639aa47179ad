"""Publishers that are killed at random moments: `python -m tests.vast.killing ENDPOINT SCHEMA TIMES`.

Prints how many publishes were kept and how many were not. Each is looked at after the kill: its files are all
there with their children, or none of them is.
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

FILES = 4  # of one publish


def of_round(number: int) -> list[Record]:
    return frames(FILES, name=f"killed{number}")


def main(words: Sequence[str]) -> int:
    endpoint, schema, times = words[0], words[1], int(words[2])
    vast, dice = place(endpoint, schema), random.Random(3)
    store = VastStore(vast)
    usual = max(measured(vast, of_round(number)) for number in (-2, -1))
    kept = 0
    for number in range(times):
        child = fork(vast, of_round(number), f"publish-{number}", 0.0)
        time.sleep(dice.uniform(0, usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kept += is_kept(store, of_round(number), dice.randrange(FILES))
    print(kept, times - kept)
    return 0


def measured(vast: Vast, records: list[Record]) -> float:
    """The seconds that a publisher takes that nobody kills."""
    started = time.monotonic()
    os.waitpid(fork(vast, records, "whole", 0.0), 0)
    return time.monotonic() - started


def is_kept(store: VastStore, records: list[Record], one: int) -> bool:
    """Whether readers see the publish, which they see whole or not at all."""
    key = records[0].identity.sequence_key
    there = store.find((Condition("sequence_key", "=", key),))
    assert sorted(row.file["file_id"] for row in there) in ([], sorted(one.identity.file_id for one in records))
    if there:
        assert_is_whole(store, records[one])
    return bool(there)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
