"""Cold start: time and memory of the first search of a new process."""

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
from exr_inspector_app.contracts import PartialHits, Query
from exr_inspector_app.persistence.local import LocalStore
import duckdb, pyarrow
from tests.benchmarks.cold import resident_bytes
from tests.records import record_of
store, reference = LocalStore(Path(sys.argv[1])), record_of(sys.argv[2])
store.count()
before, start, first = resident_bytes(), time.perf_counter(), []
def on_progress(event):
    if isinstance(event, PartialHits):
        first.append(time.perf_counter() - start)
assert store.similar(Query(reference), on_progress=on_progress)
seconds = time.perf_counter() - start
import gc; gc.collect(); pyarrow.default_memory_pool().release_unused()
print(json.dumps({"first": (first or [seconds])[0], "all": seconds, "memory": resident_bytes() - before}))
"""


def resident_bytes() -> int:
    """Return the anonymous memory of this process in bytes; mapped files belong to the system."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure_search(library: Path, reference: Path) -> dict[str, float]:
    """Return the seconds until the first hits and until all hits, and the additional memory afterwards."""
    command = [sys.executable, "-c", _FRESH, str(library), str(reference)]
    environ = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environ).stdout
    figures: dict[str, float] = json.loads(result)
    return figures
