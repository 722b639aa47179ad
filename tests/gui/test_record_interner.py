"""Record interner: shared parts, and equality with the original records."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from exr_inspector_app.contracts import FileInspected, FilePublished, Record
from exr_inspector_app.gui.session.compact_record import CompactRecord, section_key
from exr_inspector_app.gui.session.record_interner import RecordInterner
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.services.backend import Backend
from tests.exr_files import integer, studio_file, write_exr
from tests.exr_files.values import preview


def read(core: Backend, *paths: Path) -> list[FileInspected]:
    """Return the files, each read separately."""
    events = (event for path in paths for event in core.inspect([str(path)], with_plan=False))
    return [event for event in events if isinstance(event, FileInspected)]


def record(event: object) -> Record:
    """Return the record of an event that has one."""
    assert isinstance(event, FileInspected)
    assert event.record is not None
    return event.record


def test_frames_share_channels_vectors_and_equal_attributes(core: Backend, tmp_path: Path) -> None:
    paths = [studio_file(tmp_path / f"beauty.{frame}.exr", frame) for frame in (1001, 1002)]
    interner = RecordInterner()
    first, second = (record(interner.intern_event(event)) for event in read(core, *paths))
    assert second.channel_vectors is first.channel_vectors
    assert second.metadata_embedding is first.metadata_embedding
    assert second.payload["channels"] is first.payload["channels"]
    pairs = zip(*(one.payload["attributes"]["parts"][0] for one in (first, second)), strict=True)
    assert sum(old is new for old, new in pairs) > 20


def test_interned_records_equal_the_originals(core: Backend, tmp_path: Path) -> None:
    paths = [studio_file(tmp_path / f"beauty.{frame}.exr", frame) for frame in (1001, 1002)]
    paths.append(studio_file(tmp_path / "other.exr", 1001, show="kelp"))
    paths += [
        write_exr(tmp_path / "plain.exr", channels=("B", "G", "R")),
        write_exr(tmp_path / "more.exr", channels=("B", "G", "R"), attributes={"frames": integer(3)}),
        write_exr(tmp_path / "big.exr", channels=("B", "G", "R"), width=99),
        write_exr(tmp_path / "float.exr", channels=(("B", "float"), ("G", "float"), ("R", "float"))),
    ]
    interner = RecordInterner()
    for event in read(core, *paths):
        shared, own = record(interner.intern_event(event)), record(event)
        assert shared.payload == own.payload
        assert shared.identity == own.identity
        assert np.array_equal(shared.metadata_embedding, own.metadata_embedding)
        assert np.array_equal(shared.channel_fingerprint, own.channel_fingerprint)
        assert np.array_equal(shared.channel_vectors, own.channel_vectors)


def test_large_records_are_compressed_and_equal_the_originals(core: Backend, tmp_path: Path) -> None:
    names = [f"layer{number}.{component}" for number in range(700) for component in "BGR"]
    icon = preview(200, 150)  # stays in the file
    paths = [
        write_exr(tmp_path / f"{name}.exr", channels=names, attributes={"frames": integer(3), "icon": icon})
        for name in ("one", "two")
    ]
    paths.append(write_exr(tmp_path / "damaged.exr", channels=names, attributes={"frames": ("int", b"1")}))
    interner, events = RecordInterner(), read(core, *paths)
    first, second, damaged = kept = [interner.intern_event(event) for event in events]
    own = record(events[0])
    compact = record(first)
    assert isinstance(compact, CompactRecord)
    assert compact.payload == own.payload
    assert compact.payload.get("channels") == own.payload["channels"]
    assert json.dumps(compact.payload) == json.dumps({**compact.payload}) == json.dumps(own.payload)
    assert section_key(compact.payload, "channels") == section_key(record(second).payload, "channels")
    assert np.array_equal(replace(compact, note="a").channel_vectors, own.channel_vectors)
    assert [event.result.status for event in core.publish([compact]) if isinstance(event, FilePublished)] == ["success"]
    for event, original in zip(kept, events, strict=True):
        assert isinstance(event, FileInspected)
        assert not any(part.channels or part.attributes for part in event.file.parts)
        entry = SessionFile(event.file.path)
        entry.set_contents(event.file, event.record)
        assert entry.file == original.file
    assert isinstance(damaged, FileInspected)
    assert damaged.record is None
