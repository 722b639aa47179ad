"""The later pass after a publish: one picture a sequence, and one a single file, read, embedded and stored."""

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

PREVIEWS_PER_TRANSACTION = 32  # previews that are stored in one transaction
READ_BATCH_FILES = 20_000  # rows in memory while little of each is kept


class Candidate(NamedTuple):
    """A published file that may stand for its sequence."""

    file_id: str
    path: str
    sequence_key: str
    frame: int
    is_finished: bool


def to_candidate(record: Record) -> Candidate:
    """What the choice needs of a record, which is little beside the record."""
    facts, identity = record.payload["file"], record.identity
    frame, finished = facts["frame_number"] or 0, facts["is_complete"] is not False
    return Candidate(identity.file_id, facts["path"], identity.sequence_key, frame, finished)


def stored_to_candidate(stored: StoredFile) -> Candidate:
    """The same of a file that is published."""
    file = stored.file
    finished = file["is_complete"] is not False
    return Candidate(file["file_id"], file["file_path"], file["sequence_key"], file["frame_number"] or 0, finished)


def published_candidates(store: Store) -> list[Candidate]:
    """What may be pictured: every file that is published."""
    found: list[Candidate] = []
    while page := store.find(limit=READ_BATCH_FILES, offset=len(found)):
        found += map(stored_to_candidate, page)
    return found


def select_candidates(candidates: Sequence[Candidate], known: set[str]) -> list[Candidate]:
    """The files to picture: of each sequence the frame in the middle, where none of its files is `known`.

    Finished frames come before those that are not.
    """
    sequences: dict[str, list[Candidate]] = {}
    for one in candidates:
        sequences.setdefault(one.sequence_key, []).append(one)
    found = []
    for frames in sequences.values():
        if known.isdisjoint(one.file_id for one in frames):
            finished = [one for one in frames if one.is_finished]
            ordered = sorted(finished or frames, key=lambda one: one.frame)
            found.append(ordered[len(ordered) // 2])
    return found


def make_previews(candidates: Sequence[Candidate], store: Store, stop: StopCheck = never_stop) -> Iterator[Event]:
    """Previews of published files that have none yet, one Previewed for each; ends with Finished."""
    ids = {one.file_id for one in candidates}
    known = {one.file_id for one in store.previews(sorted(ids)).values()} & ids
    todo = select_candidates(candidates, known)
    done = failed = 0
    started = time.monotonic()
    waiting: list[Preview] = []
    with closing(Decoder()) as decoder:
        for place, one in enumerate(todo, 1):
            try:
                small = decoder.thumbnail(one.path, stop=stop)
                waiting.append(Preview(one.file_id, look_embedding(small.picture.pixels), small.data))
                told = PreviewStored(one.file_id, one.path)
            except DecodeCancelledError:
                break
            except PixelsError as error:
                told = PreviewStored(one.file_id, one.path, error.sentence)
            failed += told.error is not None
            done += told.error is None
            if len(waiting) == PREVIEWS_PER_TRANSACTION:
                store.put_previews(waiting)
                waiting = []
            yield told
            yield measure_progress("preview", place, len(todo), started)
    store.put_previews(waiting)
    yield RunFinished(done, failed, done + failed < len(todo))


def look_for_query(record: Record, store: Store, stop: StopCheck = never_stop) -> Vector:
    """How a file looks: as it was stored, otherwise from its pixels, otherwise as its sequence does.

    Raises PixelsError where none of them can be had.
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
