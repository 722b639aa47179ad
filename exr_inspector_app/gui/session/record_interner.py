"""Long sessions in little memory: what frames have in common is kept once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exr_inspector_app.contracts import Event, FileInspected, Record


class RecordInterner:
    """Lets each record share vectors, channels and attributes with an earlier one of the same channels.

    The frames of a sequence differ in a few attributes; 10,000 of them would otherwise take a gigabyte.
    """

    def __init__(self) -> None:
        self._earlier: dict[bytes, Record] = {}

    def share(self, event: Event) -> Event:
        """The event, equal to the one given."""
        match event:
            case FileInspected(index, file, Record() as record):
                return FileInspected(index, file, self.shared(record))
        return event

    def shared(self, record: Record) -> Record:
        """The record, equal to the one given."""
        key = record.channel_fingerprint.tobytes()
        earlier = self._earlier.get(key)
        if earlier is None or len(earlier.payload["channels"]) != len(record.payload["channels"]):
            self._earlier[key] = record
            return record
        old, new = earlier.payload, record.payload
        facts = {**new, "attributes": {"parts": _attributes(old["attributes"]["parts"], new["attributes"]["parts"])}}
        if new["channels"] == old["channels"]:
            facts["channels"] = old["channels"]
        if new["parts"] == old["parts"]:
            facts["parts"] = old["parts"]
        same_vectors = (record.channel_vectors == earlier.channel_vectors).all()
        same_metadata = (record.metadata_embedding == earlier.metadata_embedding).all()
        return replace(
            record,
            payload=facts,
            metadata_embedding=earlier.metadata_embedding if same_metadata else record.metadata_embedding,
            channel_fingerprint=earlier.channel_fingerprint,
            channel_vectors=earlier.channel_vectors if same_vectors else record.channel_vectors,
        )


def _attributes(old: list[list[Any]], new: list[list[Any]]) -> list[list[Any]]:
    """The new attributes, equal ones in the same place taken from the old."""
    if [len(part) for part in old] != [len(part) for part in new]:
        return new
    return [
        [before if before == now else now for before, now in zip(was, part, strict=True)]
        for was, part in zip(old, new, strict=True)
    ]
