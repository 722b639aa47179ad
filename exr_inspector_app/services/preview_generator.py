"""Preview generator: decode one frame per sequence and store its thumbnail and look embedding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

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
from exr_inspector_app.embedding import look_embedding
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.persistence.store import Store

PREVIEWS_PER_TRANSACTION = 32
READ_BATCH_FILES = 20_000  # rows in memory at a time; a candidate takes far less than its row


class Candidate(NamedTuple):
    """Published file whose frame may represent its sequence."""

    file_id: str
    path: str
    sequence_key: str
    frame: float
    is_finished: bool


def to_candidate(record: Record) -> Candidate:
    """Return the candidate of a record; it takes far less memory than the record."""
    file, identity = record.payload["file"], record.identity
    is_finished = file["is_complete"] is not False
    return Candidate(identity.file_id, file["path"], identity.sequence_key, file["frame_number"] or 0, is_finished)


def stored_to_candidate(stored: StoredFile) -> Candidate:
    """Return the candidate of a published file."""
    file = stored.file
    is_finished = file["is_complete"] is not False
    return Candidate(file["file_id"], file["file_path"], file["sequence_key"], file["frame_number"] or 0, is_finished)


def published_candidates(store: Store) -> list[Candidate]:
    """Return a candidate for every published file."""
    candidates: list[Candidate] = []
    while page := store.find(limit=READ_BATCH_FILES, offset=len(candidates)):
        candidates += map(stored_to_candidate, page)
    return candidates


def select_candidates(candidates: Sequence[Candidate], with_preview: set[str]) -> list[Candidate]:
    """Select the middle frame of each sequence; finished frames come before unfinished ones.

    Args:
        candidates: Published files in any order.
        with_preview: The file_ids that have a preview. Sequences with one of them are skipped.

    Returns:
        One candidate per remaining sequence. A file outside any sequence is a sequence of one.
    """
    sequences: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        sequences.setdefault(candidate.sequence_key, []).append(candidate)
    selected = []
    for frames in sequences.values():
        if with_preview.isdisjoint(candidate.file_id for candidate in frames):
            finished = [candidate for candidate in frames if candidate.is_finished]
            ordered = sorted(finished or frames, key=lambda candidate: candidate.frame)
            selected.append(ordered[len(ordered) // 2])
    return selected


def make_previews(candidates: Sequence[Candidate], store: Store, stop: StopCheck = never_stop) -> Iterator[Event]:
    """Create and store the previews of published files, one per sequence without a preview.

    Args:
        candidates: Published files in any order.
        store: The store to read from and write to.
        stop: Polled while pixels are decoded; finished previews are stored.

    Yields:
        One `PreviewStored` and one `Progress` per preview, then one `RunFinished`. A preview that failed has `error`.
    """
    ids = {candidate.file_id for candidate in candidates}
    with_preview = {preview.file_id for preview in store.previews(sorted(ids)).values()} & ids
    selected = select_candidates(candidates, with_preview)
    done = failed = 0
    started = time.monotonic()
    pending: list[Preview] = []
    with closing(Decoder()) as decoder:
        for count, candidate in enumerate(selected, 1):
            try:
                thumbnail = decoder.thumbnail(candidate.path, stop=stop)
                look = look_embedding(thumbnail.picture.pixels)
                pending.append(Preview(candidate.file_id, look, thumbnail.data))
                event = PreviewStored(candidate.file_id, candidate.path)
            except DecodeCancelledError:
                break
            except PixelsError as error:
                event = PreviewStored(candidate.file_id, candidate.path, error.sentence)
            failed += event.error is not None
            done += event.error is None
            if len(pending) == PREVIEWS_PER_TRANSACTION:
                store.put_previews(pending)
                pending = []
            yield event
            yield measure_progress("preview", count, len(selected), started)
    store.put_previews(pending)
    yield RunFinished(done, failed, done + failed < len(selected))


def look_for_query(record: Record, store: Store, stop: StopCheck = never_stop) -> Vector:
    """Return the look embedding of a file: stored, else from its pixels, else of its sequence.

    Args:
        record: The file.
        store: The store with the previews.
        stop: Polled while pixels are decoded.

    Returns:
        A unit vector, shape (256,), float32.

    Raises:
        PixelsError: There is no stored preview, and the pixels cannot be read.
        DecodeCancelledError: `stop` returned True.
    """
    file_id = record.identity.file_id
    stored = store.previews([file_id]).get(file_id)
    if stored is not None and stored.file_id == file_id:
        return stored.look_embedding
    try:
        with closing(Decoder()) as decoder:
            return look_embedding(decoder.thumbnail(record.payload["file"]["path"], stop=stop).picture.pixels)
    except PixelsError as error:
        if stored is None or isinstance(error, DecodeCancelledError):
            raise
        return stored.look_embedding
