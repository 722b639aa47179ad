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
before, start, first, processor = resident_bytes(), time.perf_counter(), [], time.process_time()
def on_progress(event):
    if isinstance(event, PartialHits):
        first.append(time.perf_counter() - start)
assert store.similar(Query(reference), on_progress=on_progress)
seconds, processor = time.perf_counter() - start, time.process_time() - processor
import gc; gc.collect(); pyarrow.default_memory_pool().release_unused()
memory = resident_bytes() - before
print(json.dumps({"first": (first or [seconds])[0], "all": seconds, "processor": processor, "memory": memory}))
"""


def resident_bytes() -> int:
    """Return the anonymous memory of this process in bytes; mapped files belong to the system."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure_search(library: Path, reference: Path) -> dict[str, float]:
    """Return the seconds until the first and until all hits, and those of the processor."""
    return _run(library, reference, {})


def measure_memory(library: Path, reference: Path) -> float:
    """Return the additional memory of a search in bytes; to return freed memory at once takes time of the processor."""
    return _run(library, reference, {"MALLOC_TRIM_THRESHOLD_": "65536"})["memory"]


def _run(library: Path, reference: Path, environ: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-c", _FRESH, str(library), str(reference)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environ}).stdout
    figures: dict[str, float] = json.loads(result)
    return figures


def measure_command(library: Path, reference: Path) -> float:
    """Return the processor seconds of `exr-inspector similar` as a new process, from its start to its end."""
    command = [sys.executable, "-m", "exr_inspector_app", "similar", str(reference)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True, env={**os.environ, "EXR_INSPECTOR_LIBRARY": str(library)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
