"""Processes that publish the same files at the same time: `python -m tests.vast.crowd ENDPOINT SCHEMA COUNT FILES`.

The modules are imported once, then the processes are forked; each prints how many files it inserted.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from exr_inspector_app.config import Secret, Vast
from exr_inspector_app.contracts import Record
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames

ACCESS, SECRET, BUCKET = "KEY", "hunter2-the-secret", "vastdb"


def place(endpoint: str, schema: str) -> Vast:
    """The database of a loopback server."""
    return Vast(endpoint, BUCKET, schema, access_key=ACCESS, secret_key=Secret(SECRET))


def main(words: Sequence[str]) -> int:
    endpoint, schema, count, files = words[0], words[1], int(words[2]), int(words[3])
    records = frames(files)
    start = time.monotonic() + 0.2
    children = [fork(place(endpoint, schema), records, f"publish-{number}", start) for number in range(count)]
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def fork(vast: Vast, records: list[Record], publish_id: str, start: float) -> int:
    """A process that publishes the records when it is time."""
    if child := os.fork():
        return child
    code = 1
    try:
        time.sleep(max(start - time.monotonic(), 0))
        results = VastStore(vast).publish(batch(*records, publish_id=publish_id))
        refused = [result.error for result in results if result.status == "error"]
        said = " ".join([str(sum(result.inserted for result in results)), *map(str, refused)])
        os.write(sys.stdout.fileno(), f"{said}\n".encode())  # At once: lines of unbuffered processes would mix.
        code = int(bool(refused))
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
