"""Plain functions over the inspection payload, for scripts and functions; the work is done in the rooms."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app import config
from exr_inspector_app.config import Config
from exr_inspector_app.contracts import CHANNEL_DIM, METADATA_DIM, SKIPPED, FilePublished, PublishResult, not_persisted
from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.errors import KnownError, VASTDatabaseError, VectorEmbeddingError
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.ingest.records import record_from_payload
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.factory import open_store
from exr_inspector_app.persistence.identity import header_hash_of, identify
from exr_inspector_app.persistence.rows import encode

__all__ = [
    "VASTDatabaseError",
    "VectorEmbeddingError",
    "compute_channel_fingerprint",
    "compute_metadata_embedding",
    "payload_to_attributes_rows",
    "payload_to_channels_rows",
    "payload_to_files_row",
    "payload_to_parts_rows",
    "persist_to_vast_database",
]

log = logging.getLogger(__name__)
logging.getLogger("exr_inspector_app").addHandler(logging.NullHandler())  # nothing is printed where nobody listens

Floats = Sequence[float] | np.ndarray[Any, Any]


def compute_metadata_embedding(payload: Payload, embedding_dim: int = METADATA_DIM) -> list[float]:
    """The unit vector of a payload's set-up; equal for the frames of a sequence.

    Raises VectorEmbeddingError for a dimension below 1 or something that is no payload.
    """
    return [float(x) for x in metadata_embedding(payload, embedding_dim)]


def compute_channel_fingerprint(channels: Sequence[Mapping[str, Any]], embedding_dim: int = CHANNEL_DIM) -> list[float]:
    """The unit vector of a list of channels (rows of the payload's `channels`); zeros for no channels."""
    return [float(x) for x in channel_fingerprint(channels, embedding_dim)]


def payload_to_files_row(payload: Payload, metadata_embedding: Floats, file_id: str | None = None) -> pa.Table:
    """The one row of `files` of a payload; its file_id is computed where none is given."""
    facts = payload["file"]
    identity = identify(facts["path"], facts.get("frame_number"), header_hash_of(payload))
    fingerprint = channel_fingerprint(payload.get("channels") or [])
    vector = _vector(metadata_embedding, METADATA_DIM)
    return encode.files_row(payload, identity, vector, fingerprint, file_id)


def payload_to_parts_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `parts`, one a part."""
    return encode.parts_rows(payload, file_id)


def payload_to_channels_rows(
    payload: Payload, file_id: str, channel_fingerprint: Floats | Sequence[Floats]
) -> pa.Table:
    """The rows of `channels`, with one vector for every row or one a channel."""
    return encode.channels_rows(payload, file_id, _numbers(channel_fingerprint))


def payload_to_attributes_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `attributes`, one an attribute, in file order."""
    return encode.attributes_rows(payload, file_id)


def persist_to_vast_database(
    payload: Payload, event: Any = None, ctx: Any = None, vastdb_session: Any = None
) -> dict[str, Any]:
    """The payload published to the VAST Database, once however often it is persisted; never raises, prints nothing.

    The database is the one that event, `ctx.secrets`, environment or settings name (design section 6); its session
    is made for the call, or is the one given, which stays open. Returns `{"status": "success"|"skipped"|"error",
    "file_id", "inserted", "message", "error"}`: skipped where no database is configured.
    """
    started = time.monotonic()
    try:
        told = event if vastdb_session is None else {**_words(event), **_words_of(vastdb_session)}
        result = _persist(payload, config.load(event=told, ctx=ctx), vastdb_session)
    except KnownError as error:
        result = not_persisted(error.sentence)
    except Exception as error:  # whatever arrives as a payload, the caller's own work must go on
        log.debug("No payload, or a bug", exc_info=True)
        result = not_persisted(f"{type(error).__name__}: {error}")
    log.info("%s in %.3f s: %s", result.status, time.monotonic() - started, result.error or result.message)
    return result.as_dict()


def _persist(payload: Payload, settings: Config, session: Any) -> PublishResult:
    """One record in a publish of its own."""
    if settings.vast is None:
        return SKIPPED
    if errors := payload.get("errors"):  # as for files: what could not be read whole is shown, not published
        return not_persisted("; ".join(str(problem["message"]) for problem in errors))
    record = record_from_payload(payload, settings.roots)
    with closing(open_store(settings, "vast", session)) as store:
        events = pipeline.publish([record], store, publisher=settings.publisher)
        return next(event.result for event in events if isinstance(event, FilePublished))


def _words(event: Any) -> Mapping[str, Any]:
    return event if isinstance(event, Mapping) else {}


def _words_of(session: Any) -> dict[str, str]:
    """What a session of the SDK knows of the database, as an event would tell it."""
    known = {"endpoint": str(session.api.endpoints[0]), "access_key": session.access, "secret_key": session.secret}
    return {f"vastdb_{name}": word for name, word in known.items()}


def _vector(values: Floats, dim: int) -> np.ndarray[Any, Any]:
    """The values as float32; VectorEmbeddingError for another length or a number that is not finite."""
    vector = _numbers(values)
    if vector.shape != (dim,):
        raise VectorEmbeddingError(f"A vector of {dim} finite numbers is needed; this has {vector.shape}.")
    return vector


def _numbers(values: Any) -> np.ndarray[Any, Any]:
    """The values as float32; VectorEmbeddingError for what holds no number, or one that is not finite."""
    try:
        numbers = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise VectorEmbeddingError(f"A vector holds numbers; this does not ({error}).") from error
    if not np.isfinite(numbers).all():
        raise VectorEmbeddingError("A vector holds finite numbers; this has NaN or infinite ones.")
    return numbers
