"""Record interner: shares vectors, channels and attributes that are equal between frames, to save memory."""

from __future__ import annotations

from dataclasses import replace

from exr_inspector_app.contracts import Event, FileInspected, Record
from exr_inspector_app.gui.session.compact_record import CompactRecord, compact_file, compact_record, without_rows
from exr_inspector_app.model import AttributePayload, Payload


class RecordInterner:
    """Interner by channel fingerprint: each record shares its equal parts with the first record of the same channels.

    The frames of a sequence differ in a few attributes; 10,000 of them would otherwise take a gigabyte.
    """

    def __init__(self) -> None:
        self._earlier: dict[bytes, Record] = {}

    def intern_event(self, event: Event) -> Event:
        """Return an equal event whose record is interned."""
        match event:
            case FileInspected(index, file, Record() as record):
                interned = self.intern(record)
                is_compact = isinstance(interned, CompactRecord)
                return FileInspected(index, without_rows(file) if is_compact else file, interned)
            case FileInspected(index, file, None):
                return FileInspected(index, compact_file(file), None)
        return event

    def intern(self, record: Record) -> Record:
        """Return an equal record that shares its equal parts with an earlier one, or is compressed if it is large."""
        record = compact_record(record)
        if isinstance(record, CompactRecord):
            return record
        key = record.channel_fingerprint.tobytes()
        earlier = self._earlier.get(key)
        if earlier is None or len(earlier.payload["channels"]) != len(record.payload["channels"]):
            self._earlier[key] = record
            return record
        old, new = earlier.payload, record.payload
        parts = _intern_attributes(old["attributes"]["parts"], new["attributes"]["parts"])
        payload: Payload = {**new, "attributes": {"parts": parts}}
        if new["channels"] == old["channels"]:
            payload["channels"] = old["channels"]
        if new["parts"] == old["parts"]:
            payload["parts"] = old["parts"]
        same_vectors = (record.channel_vectors == earlier.channel_vectors).all()
        same_metadata = (record.metadata_embedding == earlier.metadata_embedding).all()
        return replace(
            record,
            payload=payload,
            metadata_embedding=earlier.metadata_embedding if same_metadata else record.metadata_embedding,
            channel_fingerprint=earlier.channel_fingerprint,
            channel_vectors=earlier.channel_vectors if same_vectors else record.channel_vectors,
        )


def _intern_attributes(
    old: list[list[AttributePayload]], new: list[list[AttributePayload]]
) -> list[list[AttributePayload]]:
    """Return the new attributes, with equal ones at the same position taken from the old."""
    if [len(part) for part in old] != [len(part) for part in new]:
        return new
    return [
        [before if before == now else now for before, now in zip(was, part, strict=True)]
        for was, part in zip(old, new, strict=True)
    ]
