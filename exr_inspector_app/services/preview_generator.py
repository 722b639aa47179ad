"""Preview generator: decode one frame per sequence and store its thumbnail and look embedding."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from typing import NamedTuple

import numpy as np

from exr_inspector_app.color.colorimetry import REC709_WEIGHTS
from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Event,
    Preview,
    PreviewStored,
    Record,
    RunFinished,
    StopCheck,
    StoredFile,
    Vector,
    measure_progress,
    never_stop,
)
from exr_inspector_app.embedding import has_structure, look_embedding
from exr_inspector_app.errors import DecodeCancelledError, DecodeLimitError, NoStructureError, PixelsError
from exr_inspector_app.exr import local_path
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.data_colors import to_data_colors
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.operation_budget import SLOW_THUMBNAIL_BUDGET, THUMBNAIL_BUDGET, Budget
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.content_digest import MAX_DIGEST_BYTES, content_digest
from exr_inspector_app.services.preview_mark import is_current, mark_thumbnail

PREVIEWS_PER_TRANSACTION = 32
READ_BATCH_FILES = 20_000  # rows in memory at a time; a candidate takes far less than its row
READ_BATCH_PREVIEWS = 2_000  # in memory at a time, at most 48 KB each


class Candidate(NamedTuple):
    """Published file whose frame may represent its sequence."""

    file_id: str
    path: str
    sequence_key: str
    frame: float
    is_finished: bool
    picture_layer: str | None = None  # of the present choice


def to_candidate(record: Record) -> Candidate:
    """Return the candidate of a record; it takes far less memory than the record."""
    file, identity = record.payload["file"], record.identity
    is_finished = file["is_complete"] is not False
    picture = file.get("picture")
    layer = picture["layer"] if picture else None
    frame = file["frame_number"] or 0
    return Candidate(identity.file_id, file["path"], identity.sequence_key, frame, is_finished, layer)


def stored_to_candidate(stored: StoredFile) -> Candidate:
    """Return the candidate of a published file."""
    file = stored.file
    is_finished = file["is_complete"] is not False
    path, key, frame = file["file_path"], file["sequence_key"], file["frame_number"] or 0
    return Candidate(file["file_id"], path, key, frame, is_finished, file["picture_layer"])


def published_candidates(store: Store) -> list[Candidate]:
    """Return a candidate for every published file."""
    batches = store.scan(batch_files=READ_BATCH_FILES)
    return [stored_to_candidate(stored) for batch in batches for stored in batch]


def select_candidates(
    candidates: Sequence[Candidate], with_preview: AbstractSet[str], outdated: AbstractSet[str] = frozenset()
) -> list[Candidate]:
    """Select the middle frame of each sequence; finished frames come before unfinished ones.

    Args:
        candidates: Published files in any order.
        with_preview: The file_ids that have a current preview. Sequences with one of them are skipped.
        outdated: The file_ids that have a preview of an earlier version. They are selected instead of the middle
            frame, so that the new preview replaces the old one.

    Returns:
        One candidate per remaining sequence, or all outdated ones. A file outside any sequence is a sequence of one.
    """
    sequences: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        sequences.setdefault(candidate.sequence_key, []).append(candidate)
    selected = []
    for frames in sequences.values():
        replaced = [candidate for candidate in frames if candidate.file_id in outdated]
        selected += replaced
        if not replaced and with_preview.isdisjoint(candidate.file_id for candidate in frames):
            finished = [candidate for candidate in frames if candidate.is_finished]
            ordered = sorted(finished or frames, key=lambda candidate: candidate.frame)
            selected.append(ordered[len(ordered) // 2])
    return selected


def make_previews(
    candidates: Sequence[Candidate], store: Store, stop: StopCheck = never_stop, roots: Sequence[Root] = ()
) -> Iterator[Event]:
    """Create and store the previews of published files, one per sequence without a preview or with an outdated one.

    Args:
        candidates: Published files in any order.
        store: The store to read from and write to.
        stop: Polled while pixels are decoded; finished previews are stored.
        roots: The path map of the configuration: files of other machines are read at their place on this one.

    Yields:
        One `PreviewStored` and one `Progress` per preview, then one `RunFinished`. A preview that failed has `error`;
        an outdated one stays without an event if it cannot be made again.
    """
    with_preview, outdated = _stored_previews(candidates, store)
    selected = select_candidates(candidates, with_preview, outdated)
    done = failed = kept = 0
    started = time.monotonic()
    pending: list[Preview] = []
    with closing(Decoder()) as decoder:
        count = 0
        waiting = deque((candidate, THUMBNAIL_BUDGET) for candidate in selected)
        while waiting:
            candidate, budget = waiting.popleft()
            try:
                pending.append(_make_preview(candidate, local_path(candidate.path, roots), decoder, budget, stop))
                event = PreviewStored(candidate.file_id, candidate.path)
            except DecodeCancelledError:
                break
            except PixelsError as error:
                if isinstance(error, DecodeLimitError) and budget is THUMBNAIL_BUDGET:
                    waiting.append((candidate, SLOW_THUMBNAIL_BUDGET))  # after all other files
                    continue
                event = PreviewStored(candidate.file_id, candidate.path, error.sentence)
            count += 1
            is_kept = event.error is not None and candidate.file_id in outdated
            kept += is_kept
            failed += event.error is not None and not is_kept
            done += event.error is None
            if len(pending) == PREVIEWS_PER_TRANSACTION:
                store.put_previews(pending)
                pending = []
            if not is_kept:
                yield event
            yield measure_progress("preview", count, len(selected), started)
    store.put_previews(pending)
    yield RunFinished(done, failed, done + failed + kept < len(selected))


def _stored_previews(candidates: Sequence[Candidate], store: Store) -> tuple[set[str], set[str]]:
    """Return the ids of those files that have a current preview, and of those with an outdated one.

    A preview is outdated if the choice of picture has changed since: by a new version, or to another layer.
    """
    current: set[str] = set()
    outdated: set[str] = set()
    layers = {candidate.file_id: candidate.picture_layer for candidate in candidates}
    file_ids = layers.keys()
    ordered = sorted(file_ids)
    for start in range(0, len(ordered), READ_BATCH_PREVIEWS):
        for preview in store.previews(ordered[start : start + READ_BATCH_PREVIEWS]).values():
            is_same_layer = preview.picture_layer == layers.get(preview.file_id, preview.picture_layer)
            (current if is_same_layer and is_current(preview.thumbnail) else outdated).add(preview.file_id)
    return current & file_ids, outdated & file_ids


def _make_preview(candidate: Candidate, path: str, decoder: Decoder, budget: Budget, stop: StopCheck) -> Preview:
    """Return the preview of the picture of a file, over all parts; a black layer gives way to another one.

    Its `picture_layer` is the choice by the header, so that it can be compared with the choice of a later version.
    """
    thumbnail = decoder.thumbnail(path, stop=stop, budget=budget)
    digest = content_digest(path, stop, MAX_DIGEST_BYTES)
    marked = mark_thumbnail(thumbnail.data, thumbnail.picture.selection, digest)
    return Preview(candidate.file_id, look_of_picture(thumbnail.picture), marked, candidate.picture_layer)


def look_of_picture(picture: Picture) -> Vector | None:
    """Return the look embedding of a decoded picture, or None if it has no structure.

    Data layers are compared by structure only: their values are no colors of the scene.
    """
    pixels = picture.pixels
    if picture.selection is not None and picture.selection.kind not in COLOR_KINDS:
        selection = picture.selection
        colors = to_data_colors(pixels, selection.kind, layer=selection.layer).astype(np.float32) / 255
        # Not the mean: the three phases of an ID's color cancel out in it.
        pixels = np.asarray(colors @ np.array(REC709_WEIGHTS, np.float32)[:, None], np.float32)
    return look_embedding(pixels) if has_structure(pixels) else None


def look_for_query(record: Record, store: Store, stop: StopCheck = never_stop) -> Vector:
    """Return the look embedding of a file: stored and current, else from its pixels, else of its sequence.

    Args:
        record: The file.
        store: The store with the previews.
        stop: Polled while pixels are decoded.

    Returns:
        A unit vector, shape (256,), float32.

    Raises:
        NoStructureError: The picture is black or of one color.
        PixelsError: There is no stored preview, and the pixels cannot be read.
        DecodeCancelledError: `stop` returned True.
    """
    file_id = record.identity.file_id
    stored = store.previews([file_id]).get(file_id)
    look = None if stored is None else stored.look_embedding
    if stored is not None and stored.file_id == file_id and is_current(stored.thumbnail):
        return _require_structure(look)
    try:
        with closing(Decoder()) as decoder:
            picture = decoder.thumbnail(record.payload["file"]["path"], stop=stop).picture
    except PixelsError as error:
        if look is not None and not isinstance(error, DecodeCancelledError):
            return look
        if type(error) is PixelsError:  # by the file, not by the machine or the caller
            raise PixelsError(f"{error.sentence} Search by set-up or channels instead.") from error
        raise
    return _require_structure(look_of_picture(picture))


def _require_structure(look: Vector | None) -> Vector:
    if look is None:
        raise NoStructureError("The image is black or of one color: it has no appearance to compare.")
    return look
