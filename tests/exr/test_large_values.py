"""Large attribute values: their bytes stay in the file, and are read when they are used."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import threading
import weakref
from base64 import b64decode
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.contracts import Batch, FileInspected, Record, never_stop
from exr_inspector_app.errors import ValueUnavailableError
from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.diff.value_text import format_value
from exr_inspector_app.exr.source.header_budget import HeaderReservation, MemoryBudget
from exr_inspector_app.gui.inspector.value_format import format_attribute
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.ingest.scan import FileScan
from exr_inspector_app.model import ExrFile, StoredValue, from_payload, payload
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.rows.attribute_values import encode_value
from exr_inspector_app.persistence.rows.encode import attributes_table
from tests.exr_files import string, write_exr
from tests.records import record_of, studio

# Not `ru_maxrss`, which a process inherits from the one that starts it.
PEAK = """
import re, sys
from exr_inspector_app.__main__ import main
code = main(sys.argv[1:])
with open("/proc/self/status") as status:
    print(int(re.search("VmHWM:\\\\s+([0-9]+)", status.read())[1]) // 1024, file=sys.stderr)
sys.exit(code)
"""


def write_large(path: Path, size: int = 300_000, seed: int = 1) -> Path:
    data = bytes([seed, *range(256)]) * (size // 257 + 1)
    preview = (200).to_bytes(4, "little") * 2 + data[: 4 * 200 * 200]
    hint = (3).to_bytes(4, "little") + b"abc" + data[:size]
    values = {"blob": ("studio", data[:size]), "preview": ("preview", preview), "hint": ("bytes", hint)}
    return write_exr(path, width=8, height=8, attributes=values)


def record_of_bytes(path: Path) -> Record:
    record = make_record(inspect_bytes(path.read_bytes(), str(path), None))
    assert record is not None
    return record


def stored(file: ExrFile) -> dict[str, StoredValue]:
    return {row.name: row.value for row in file.parts[0].attributes if isinstance(row.value, StoredValue)}


def test_payload_is_that_of_the_bytes_in_memory(tmp_path: Path) -> None:
    path = write_large(tmp_path / "a.exr")
    file = inspect_file(str(path))
    assert set(stored(file)) == {"blob", "preview", "hint"}
    in_memory = inspect_bytes(path.read_bytes(), str(path), None)
    assert not stored(in_memory)
    assert file.header_hash == in_memory.header_hash
    expected = payload(in_memory)["attributes"]
    assert json.loads(json.dumps(payload(file)["attributes"])) == expected
    assert json.loads(json.dumps(payload(file)["attributes"], indent=1)) == expected
    assert payload(file)["attributes"] == expected
    assert payload(from_payload(payload(file))) == payload(file)
    assert copy.deepcopy(payload(file)["attributes"]) == expected
    value = stored(file)["hint"]
    assert dict(value) == {**value} == {"type_hint": "abc", "encoding": "base64", "data": value["data"]}
    assert len(b64decode(value["data"])) == value.length


def test_values_are_described_and_published_alike(tmp_path: Path) -> None:
    path = write_large(tmp_path / "a.exr")
    file, in_memory = inspect_file(str(path)), inspect_bytes(path.read_bytes(), str(path), None)
    for row, other in zip(file.parts[0].attributes, in_memory.parts[0].attributes, strict=True):
        assert format_attribute(row, {}) == format_attribute(other, {})
        assert format_value(row.type, row.value) == format_value(other.type, other.value)
        assert encode_value(row.value) == encode_value(other.value)
    first, second = make_record(file), make_record(in_memory)
    assert first is not None
    assert second is not None
    assert (first.metadata_embedding == second.metadata_embedding).all()


def test_files_with_large_values_are_published(tmp_path: Path) -> None:
    paths = [write_large(tmp_path / f"{name}.exr", seed=seed) for seed, name in enumerate("abc")]
    in_memory = record_of_bytes(paths[1])
    records = [record_of(path) for path in paths]
    write_large(paths[0], seed=9)  # after the comparison with the disk
    store = LocalStore(tmp_path / "library.duckdb")
    results = store.publish(Batch(tuple(records), "p1", "tester"))
    assert [result.status for result in results] == ["error", "success", "success"]
    assert "has changed since the file was read. Reload" in str(results[0].error)
    stored = store.get(records[1].identity.file_id)
    assert stored is not None
    expected = attributes_table([in_memory], None)["attribute_value"].to_pylist()
    assert sorted(row["attribute_value"] for row in stored.attributes) == sorted(expected)


def test_values_are_compared_by_their_bytes(tmp_path: Path) -> None:
    same, equal, other = (write_large(tmp_path / f"{seed}{n}.exr", seed=seed) for n, seed in enumerate((1, 1, 2)))
    values = [stored(inspect_file(str(path)))["blob"] for path in (same, equal, other)]
    assert values[0] == values[1] != values[2]


def test_changed_file_is_reported_when_its_value_is_read(tmp_path: Path) -> None:
    path = write_large(tmp_path / "a.exr")
    value = stored(inspect_file(str(path)))["blob"]
    write_large(path, seed=2)
    with pytest.raises(ValueUnavailableError, match="Reload"):
        value["data"]
    path.unlink()
    with pytest.raises(ValueUnavailableError, match="Reload"):
        json.dumps(value)


@pytest.mark.skipif(sys.platform != "linux", reason="measures kilobytes of memory as Linux reports them")
def test_folder_of_large_previews_stays_small(tmp_path: Path) -> None:
    side = 2700  # 29 MB
    preview = side.to_bytes(4, "little") * 2 + bytes(4 * side * side)
    source = write_exr(tmp_path / "fat0.exr", width=8, height=8, attributes={"preview": ("preview", preview)})
    for copy_number in range(1, 8):
        (tmp_path / f"fat{copy_number}x.exr").symlink_to(source)
    command = [sys.executable, "-c", PEAK, "inspect", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert int(done.stderr.split()[-1]) < 250


def test_results_of_large_headers_wait_for_each_other(tmp_path: Path) -> None:
    """Their memory is that of one file, however slowly they are taken, and no reader keeps its last result."""
    texts = {f"t{number}": string("x" * 200_000) for number in range(8)}
    for number in range(6):
        write_exr(tmp_path / f"{number}x.exr", attributes=texts | {"own": string(str(number))})
    seen: list[weakref.ref[Any]] = []
    with closing(FileScan([str(tmp_path)], (), None, never_stop)) as scan:
        scan._memory = MemoryBudget(4 * 2**20, factor=3)
        while scan.has_more:
            list(scan.find_files())
            for event in scan.take_inspected():
                assert event.record is not None
                assert scan._memory._free <= 2**21
                assert [alive for alive in seen if alive() is not None] == []
                seen.append(weakref.ref(event.record.channel_vectors))
                del event
    assert len(seen) == 6
    assert scan._memory._free == 4 * 2**20


def test_unused_results_do_not_block_the_end(tmp_path: Path) -> None:
    texts = {f"t{number}": string("x" * 200_000) for number in range(8)}
    for number in range(6):
        write_exr(tmp_path / f"{number}x.exr", attributes=texts)
    events = pipeline.inspect([str(tmp_path)])
    assert any(isinstance(event, FileInspected) for event in events)
    events.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reader")]


def test_transactions_end_by_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BYTES_PER_TRANSACTION", 4_000_000)
    small, text = write_exr(tmp_path / "a.exr"), write_exr(tmp_path / "b.exr", attributes={"t": string("x" * 700_000)})
    records = [record_of(path) for path in (small, text, small, text, text)]
    batches = list(pipeline.batches_of(enumerate(records)))
    assert [[index for index, _ in batch] for batch in batches] == [[0], [1], [2], [3], [4]]
    monkeypatch.undo()
    assert len(list(pipeline.batches_of(enumerate([records[0]] * 2001)))) == 3
    ordinary = studio(tmp_path / "studio", 1)  # of 40 channels and 30 attributes
    assert len(list(pipeline.batches_of(enumerate(ordinary * 1000)))) == 1


def test_reservations_are_released() -> None:
    with HeaderReservation() as memory:
        for size in (1000, 600_000, 30_000_000, 33_000_000):
            memory.grow(size)
    with HeaderReservation() as memory:
        memory.grow(33_000_000)
