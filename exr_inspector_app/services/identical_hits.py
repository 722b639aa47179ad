"""Check of identical hits by contents: files with one header and size, as uncompressed versions have, may differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Band, Hit, Record, StopCheck, never_stop
from exr_inspector_app.exr import local_path
from exr_inspector_app.persistence.similarity.hits import sort_key
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.content_digest import MAX_DIGEST_BYTES, content_digest
from exr_inspector_app.services.preview_mark import stored_digest, without_digest

SAME_CONTENTS = "same contents, other path"


def check_identical(
    hits: Sequence[Hit],
    reference: Record,
    store: Store,
    *,
    reads: bool = False,
    roots: Sequence[Root] = (),
    stop: StopCheck = never_stop,
) -> list[Hit]:
    """Return the hits, best first, with those that only have the header of the reference in common in that band.

    Contents are compared by the digests that previews have, otherwise pixels by the thumbnails. A file of the sequence
    of the reference goes to the band of the sequence.

    Args:
        hits: Hits of `Store.similar`.
        reference: Reference of the query, with its identity in the store.
        store: Store that was searched.
        reads: Read the files of identical hits that have no digest. Otherwise only the reference may be read.
        roots: The path map of the configuration.
        stop: Polled while files are read.
    """
    reference_id = reference.identity.file_id
    ids = [hit.file_id for hit in hits if hit.band is Band.IDENTICAL and hit.file_id != reference_id]
    if not ids:
        return list(hits)
    previews = store.previews([reference_id, *ids])
    # The preview of a file without an own one is that of another frame.
    thumbnails = {id_: preview.thumbnail for id_, preview in previews.items() if preview.file_id == id_}
    digests = {id_: digest for id_, jpeg in thumbnails.items() if (digest := stored_digest(jpeg))}
    if reads:
        paths = {hit.file_id: local_path(hit.file_path, roots) for hit in hits if hit.file_id in ids}
        read = {id_: content_digest(path, stop) for id_, path in paths.items() if id_ not in digests}
        digests |= {id_: digest for id_, digest in read.items() if digest}
    if reference_id not in digests and not digests.keys().isdisjoint(ids):
        limit = None if reads else MAX_DIGEST_BYTES
        own = content_digest(local_path(reference.payload["file"]["path"], roots), stop, limit)
        digests |= {reference_id: own} if own else {}
    pictures = {id_: without_digest(jpeg) for id_, jpeg in thumbnails.items()}
    equal = {id_: _are_equal(reference_id, id_, digests, pictures) for id_ in ids}
    checked = [_checked(hit, reference, equal.get(hit.file_id), digests) for hit in hits]
    return sorted(checked, key=sort_key)


def _are_equal(first: str, second: str, digests: Mapping[str, str], pictures: Mapping[str, bytes]) -> bool | None:
    """Compare two files by the digests or pictures known of both; None if neither is known."""
    if first in digests and second in digests:
        return digests[first] == digests[second]
    if first in pictures and second in pictures:
        return pictures[first] == pictures[second]
    return None


def _checked(hit: Hit, reference: Record, is_equal: bool | None, digests: Mapping[str, str]) -> Hit:
    """Return an identical hit in the band that its contents allow."""
    if is_equal is False:
        is_of_sequence = hit.sequence_key == reference.identity.sequence_key
        band = Band.SAME_SEQUENCE if is_of_sequence else Band.SAME_HEADER
        return replace(hit, band=band, differs=("contents",))
    are_compared = is_equal and {hit.file_id, reference.identity.file_id} <= digests.keys()
    return replace(hit, same=(SAME_CONTENTS,)) if are_compared else hit
