"""Headers made to take as much memory as they can: a process that inspects one grows by less than 300 MB."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.exr_files import MAGIC, attribute, exr_bytes, part_header, string
from tests.exr_files.values import manifest
from tests.exr_files.writing import MULTI_PART
from tests.fuzz.checks import MEGABYTES, SECONDS

MIB = 1024 * 1024
INSPECT = """
import json, sys, time
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.chunk_map import chunk_map
from exr_inspector_app.gui.inspector.structure_nodes import tree
from exr_inspector_app.model import from_payload, payload
from exr_inspector_app.ingest.records import record
def peak():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
before, started = peak(), time.process_time()
file = inspect_file(sys.argv[1])
json.dumps(payload(file))
kept = record(file)
if kept:
    tree(from_payload(kept.payload))
chunk_map(sys.argv[1], 0)
print(peak() - before, time.process_time() - started, [problem.code for problem in file.errors][:3])
"""
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")


def many_parts() -> bytes:
    """A thousand parts of thousands of channels each, all alike."""
    part = part_header(channels=[f"{n:x}" for n in range(3000)], attributes={"name": string("a"), "type": string("b")})
    return MAGIC + struct.pack("<I", 2 | MULTI_PART) + part * (30 * MIB // len(part)) + b"\0"


def many_attributes() -> bytes:
    part = b"".join(attribute(f"{n:x}", "int", b"abcd") for n in range(50_001)) + b"\0"
    return MAGIC + struct.pack("<I", 2 | MULTI_PART) + part * 2 + b"\0"


def many_strings() -> bytes:
    vector = ("stringvector", b"".join(struct.pack("<i", 2) + b"%02x" % (n % 256) for n in range(600_000)))
    return exr_bytes(({"attributes": {f"a{n}": vector for n in range(2)}},))


def many_ids() -> bytes:
    """A manifest of 240,000 ids with a name each, twice."""
    count = 240_000
    names = b"".join(b"\0%06x" % n for n in range(count))
    lengths = b"\7" * count
    listed = struct.pack("<II", 0, count) + lengths + names + struct.pack("<Iii", 1, 0, count - 1)
    numbers = b"".join(b"\1" + bytes([n & 127 | 128, n >> 7 & 127 | 128, n >> 14]) for n in range(count))
    group = bytes(4) + struct.pack("<I", 1) + b"\4name" + b"\0" + bytes(8) + b"\2" + struct.pack("<I", count)
    value = manifest(listed + struct.pack("<I", 1) + group + numbers)
    return exr_bytes(({"attributes": {"one": value, "two": value}},))


def one_huge_value() -> bytes:
    return exr_bytes(({"attributes": {"huge": ("studio:thing", bytes(31 * MIB))}},))


def bomb() -> bytes:
    """A manifest of four gigabytes of zeros."""
    packed = zlib.compress(bytes(64 * MIB), 9)
    return exr_bytes(({"attributes": {"m": ("idmanifest", struct.pack("<I", 2**32 - 1) + packed)}},))


def many_chunks() -> bytes:
    """Four million chunks of one line that were never written."""
    lines = part_header(data_window=(0, 0, 0, 4 * MIB - 1))
    return MAGIC + struct.pack("<I", 2) + lines + bytes(32 * MIB + 64)


def many_channels() -> bytes:
    """A sound file of as many channels as are read, which becomes a record and rows of a window."""
    return exr_bytes(({"width": 1, "height": 1, "channels": [f"l{n // 3:05}.{'RGB'[n % 3]}" for n in range(50_000)]},))


@pytest.mark.parametrize(
    "make", [many_channels, many_parts, many_attributes, many_strings, many_ids, one_huge_value, bomb, many_chunks],
    ids=lambda make: make.__name__,
)  # fmt: skip
def test_a_header_made_to_take_memory_takes_less_than_300_mb(tmp_path: Path, make: object) -> None:
    assert callable(make)
    path = tmp_path / "a.exr"
    path.write_bytes(make())
    done = subprocess.run([sys.executable, "-c", INSPECT, path], capture_output=True, text=True, timeout=60, check=True)
    megabytes, seconds = done.stdout.split(" ", 2)[:2]
    assert int(megabytes) < MEGABYTES, done.stdout
    assert float(seconds) < SECONDS, done.stdout
