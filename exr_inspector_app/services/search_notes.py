"""Notes on a similarity search: what limits the answer, in sentences for users."""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.contracts import Band, Hit, Record
from exr_inspector_app.persistence.similarity.evidence import evidence_sentence


def search_notes(record: Record, hits: Sequence[Hit], *, by_look: bool) -> tuple[str, ...]:
    """Return the notes on the matches of a reference.

    Args:
        record: The reference.
        hits: Its matches.
        by_look: The images were compared.
    """
    notes = []
    if any(hit.band is Band.TOO_LITTLE for hit in hits):
        notes.append(evidence_sentence(record.payload))
    if by_look and hits and record.payload["file"]["is_complete"] is False:
        notes.append("The file is incomplete: its missing pixels count as black, so scores by appearance are too low.")
    return tuple(note for note in notes if note)
