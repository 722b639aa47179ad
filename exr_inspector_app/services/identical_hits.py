"""Check of identical hits by thumbnails: files with one header and size, as uncompressed versions have, may differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exr_inspector_app.contracts import Band, Hit, Record
from exr_inspector_app.persistence.similarity.hits import sort_key
from exr_inspector_app.persistence.store import Store


def check_identical(hits: Sequence[Hit], reference: Record, store: Store) -> list[Hit]:
    """Return the hits, best first, with those that only have the header of the reference in common in that band.

    Pixels are compared by stored thumbnails, where both files have one; no file is read. A file of the sequence of the
    reference goes to the band of the sequence.

    Args:
        hits: Hits of `Store.similar`.
        reference: Reference of the query, with its identity in the store.
        store: Store that was searched.
    """
    reference_id = reference.identity.file_id
    ids = [hit.file_id for hit in hits if hit.band is Band.IDENTICAL and hit.file_id != reference_id]
    if not ids:
        return list(hits)
    previews = store.previews([reference_id, *ids])
    # The preview of a file without an own one is that of another frame.
    thumbnails = {id_: preview.thumbnail for id_, preview in previews.items() if preview.file_id == id_}
    own = thumbnails.get(reference_id)
    if own is None:
        return list(hits)
    differing = {id_ for id_ in ids if thumbnails.get(id_, own) != own}
    checked = [replace(hit, band=_band(hit, reference)) if hit.file_id in differing else hit for hit in hits]
    return sorted(checked, key=sort_key)


def _band(hit: Hit, reference: Record) -> Band:
    is_of_sequence = hit.sequence_key == reference.identity.sequence_key
    return Band.SAME_SEQUENCE if is_of_sequence else Band.SAME_HEADER
