"""The first answer of a new process about a large library: how soon it comes, and what memory it takes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

_FRESH = """
import json, sys, time
from pathlib import Path
from exr_inspector_app.contracts import FirstHits, Query
from exr_inspector_app.persistence.local import LocalStore
import duckdb, pyarrow
from tests.benchmarks.cold import resident
from tests.records import record_of
store, reference = LocalStore(Path(sys.argv[1])), record_of(sys.argv[2])
store.count()
before, start, first = resident(), time.perf_counter(), []
def tell(event):
    if isinstance(event, FirstHits):
        first.append(time.perf_counter() - start)
assert store.similar(Query(reference), on_progress=tell)
seconds = time.perf_counter() - start
import gc; gc.collect(); pyarrow.default_memory_pool().release_unused()
print(json.dumps({"first": (first or [seconds])[0], "all": seconds, "memory": resident() - before}))
"""


def resident() -> int:
    """The bytes of anonymous memory that this process holds; maps of files are the system's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def answer(library: Path, reference: Path) -> dict[str, float]:
    """The seconds until the first hits and until all, and the memory that the process holds more after them."""
    words = [sys.executable, "-c", _FRESH, str(library), str(reference)]
    environ = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
    found = subprocess.run(words, capture_output=True, text=True, check=True, env=environ).stdout
    told: dict[str, float] = json.loads(found)
    return told
