"""Concurrent publishers of the same files: `python -m tests.vast.crowd ENDPOINT SCHEMA COUNT FILES`.

The modules are imported once, then the processes are forked; each prints the number of files that it inserted.
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
    """Return the settings of a database on a loopback server."""
    return Vast(endpoint, BUCKET, schema, access_key=ACCESS, secret_key=Secret(SECRET))


def main(arguments: Sequence[str]) -> int:
    """Fork the publishers and return the highest exit code."""
    endpoint, schema, count, files = arguments[0], arguments[1], int(arguments[2]), int(arguments[3])
    records = frames(files)
    start = time.monotonic() + 0.2
    children = [fork(place(endpoint, schema), records, f"publish-{number}", start) for number in range(count)]
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def fork(vast: Vast, records: list[Record], publish_id: str, start: float) -> int:
    """Fork a process that publishes the records at time `start`, and return its process id."""
    if child := os.fork():
        return child
    code = 1
    try:
        time.sleep(max(start - time.monotonic(), 0))
        results = VastStore(vast).publish(batch(*records, publish_id=publish_id))
        refused = [result.error for result in results if result.status == "error"]
        line = " ".join([str(sum(result.inserted for result in results)), *map(str, refused)])
        os.write(sys.stdout.fileno(), f"{line}\n".encode())  # one call, so that lines of processes do not mix
        code = int(bool(refused))
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
