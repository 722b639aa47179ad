"""Memory limit of headers: inspecting a hostile one takes less than 300 MB.

`python -m tests.benchmarks hostile-headers` measures their time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exr.hostile_headers import MAKERS
from tests.fuzz.checks import MEGABYTES

INSPECT = """
import json, sys
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.chunk_map import chunk_map
from exr_inspector_app.gui.inspector.structure_nodes import build_tree
from exr_inspector_app.model import from_payload, payload
from exr_inspector_app.ingest.records import make_record
def peak():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
file = inspect_file(sys.argv[1])
json.dumps(payload(file))
record = make_record(file)
if record:
    build_tree(from_payload(record.payload))
chunk_map(sys.argv[1], 0)
print(peak() - before, [problem.code for problem in file.errors][:3])
"""
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_hostile_header_takes_less_than_300_mb(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(make())
    done = subprocess.run([sys.executable, "-c", INSPECT, path], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout.split(" ", 1)[0]) < MEGABYTES, done.stdout
