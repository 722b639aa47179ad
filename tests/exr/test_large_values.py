"""Large attribute values: their bytes stay in the file, and are read when they are used."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from exr_inspector_app.errors import ValueUnavailableError
from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.diff.value_text import format_value
from exr_inspector_app.exr.source.header_budget import HeaderReservation
from exr_inspector_app.gui.inspector.value_format import format_attribute
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.model import ExrFile, StoredValue, from_payload, payload
from exr_inspector_app.persistence.rows.attribute_values import encode_value
from tests.exr_files import write_exr

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


def test_reservations_are_released() -> None:
    with HeaderReservation() as memory:
        for size in (1000, 600_000, 30_000_000, 33_000_000):
            memory.grow(size)
    with HeaderReservation() as memory:
        memory.grow(33_000_000)
