"""Functional API over the inspection payload, for scripts and serverless functions.

The payload is the JSON document that `exr-inspector inspect --json` prints. Tables and their columns are described by
`exr-inspector vast schema`. All functions are thread-safe; each publish opens its own store.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app import config
from exr_inspector_app.config import Config
from exr_inspector_app.contracts import (
    CHANNEL_DIM,
    METADATA_DIM,
    SKIPPED,
    FilePublished,
    PublishResult,
    Record,
    not_embedded,
    not_persisted,
)
from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.embedding.feature_hashing import require_dim
from exr_inspector_app.errors import KnownError, ValueUnavailableError, VASTDatabaseError, VectorEmbeddingError
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.ingest.patience import FUNCTION_PATIENCE_S, patience_of
from exr_inspector_app.ingest.payload_defaults import complete_payload
from exr_inspector_app.ingest.records import record_from_payload
from exr_inspector_app.persistence.factory import open_store
from exr_inspector_app.persistence.identity import header_hash_of, identify
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.services.path_roots import disagreement

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
# Without a handler, Python would print warnings to stderr in applications that configure no logging.
logging.getLogger("exr_inspector_app").addHandler(logging.NullHandler())

_SECTIONS, _SECTION = ("file", "parts", "channels", "attributes"), Mapping | list | tuple  # of a payload

Floats = Sequence[float] | np.ndarray[Any, Any]


def compute_metadata_embedding(payload: Mapping[str, Any], embedding_dim: int = METADATA_DIM) -> list[float]:
    """Compute the embedding of renderer, settings, layers and format.

    Deterministic, and equal for the frames of a sequence: values that change from frame to frame are not used.

    Args:
        payload: Inspection payload of one file.
        embedding_dim: Length of the vector, from 1 to 65,536. Stores accept the default only.

    Returns:
        A unit vector of `embedding_dim` floats.

    Raises:
        VectorEmbeddingError: The dimension is out of range, or `payload` is not an inspection payload.
    """
    require_dim(embedding_dim)
    if not isinstance(payload, Mapping) or not any(isinstance(payload.get(name), _SECTION) for name in _SECTIONS):
        raise VectorEmbeddingError(not_embedded("invalid payload").error)
    return [float(value) for value in _embed(metadata_embedding, payload, embedding_dim)]


def compute_channel_fingerprint(channels: Sequence[Mapping[str, Any]], embedding_dim: int = CHANNEL_DIM) -> list[float]:
    """Compute the embedding of a list of channels.

    Args:
        channels: Rows of the payload's `channels`.
        embedding_dim: Length of the vector, from 1 to 65,536. Stores accept the default only.

    Returns:
        A unit vector of `embedding_dim` floats; zeros for an empty list.

    Raises:
        VectorEmbeddingError: The dimension is out of range, or a row is not a channel of a payload.
    """
    return [float(value) for value in _embed(channel_fingerprint, channels, embedding_dim)]


def payload_to_files_row(
    payload: Mapping[str, Any], metadata_embedding: Floats, file_id: str | None = None
) -> pa.Table:
    """Convert a payload to its row of the table `files`.

    Args:
        payload: Inspection payload of one file.
        metadata_embedding: Vector of the file, of the default dimension, as float32 or convertible to it.
        file_id: Id of the file; computed from path, frame number and header hash if None.

    Returns:
        A table of one row.

    Raises:
        ValueError: The payload has no path, or is not an inspection payload.
        VectorEmbeddingError: The vector has another length, or a value that is not a finite number.
    """
    payload = complete_payload(payload)
    facts = payload["file"]
    identity = identify(facts["path"], facts.get("frame_number"), header_hash_of(payload))
    fingerprint = channel_fingerprint(payload["channels"])
    vector = _to_vector(metadata_embedding, METADATA_DIM)
    return encode.files_row(payload, identity, vector, fingerprint, file_id)


def payload_to_parts_rows(payload: Mapping[str, Any], file_id: str) -> pa.Table:
    """Convert a payload to its rows of the table `parts`.

    Args:
        payload: Inspection payload of one file.
        file_id: Id of the file that the rows belong to.

    Returns:
        A table with one row per part, in file order.

    Raises:
        ValueError: The payload has no path, or is not an inspection payload.
    """
    return encode.parts_rows(complete_payload(payload), file_id)


def payload_to_channels_rows(
    payload: Mapping[str, Any], file_id: str, channel_fingerprint: Floats | Sequence[Floats]
) -> pa.Table:
    """Convert a payload to its rows of the table `channels`.

    Args:
        payload: Inspection payload of one file.
        file_id: Id of the file that the rows belong to.
        channel_fingerprint: One vector for all rows, shape (dim,), or one per channel, shape (channels, dim).

    Returns:
        A table with one row per channel, in file order.

    Raises:
        ValueError: The payload has no path, or is not an inspection payload.
        VectorEmbeddingError: A vector has the wrong shape, or a value that is not a finite number.
    """
    return encode.channels_rows(complete_payload(payload), file_id, _to_floats(channel_fingerprint))


def payload_to_attributes_rows(payload: Mapping[str, Any], file_id: str) -> pa.Table:
    """Convert a payload to its rows of the table `attributes`.

    Args:
        payload: Inspection payload of one file.
        file_id: Id of the file that the rows belong to.

    Returns:
        A table with one row per attribute, in file order.

    Raises:
        ValueError: The payload has no path, or is not an inspection payload.
    """
    return encode.attributes_rows(complete_payload(payload), file_id)


def persist_to_vast_database(
    payload: Mapping[str, Any], event: Any = None, ctx: Any = None, vastdb_session: Any = None
) -> dict[str, Any]:
    """Publish a payload to the VAST Database. Idempotent; never raises and prints nothing.

    Args:
        payload: Inspection payload of one file. A payload with `errors` is not published.
        event: Mapping with connection settings (`vastdb_endpoint`, `vastdb_access_key`, ...), or any other event. These
            take precedence over `ctx.secrets`, environment variables and the settings file, in this order.
        ctx: Context of a serverless function, with `secrets`.
        vastdb_session: Session of the `vastdb` SDK to use; it stays open. If None, one is opened and closed.

    Returns:
        A dictionary with these keys:

        * `status`: "success", "skipped" (no database is configured) or "error".
        * `file_id`: Id of the file, or None if it is unknown.
        * `inserted`: False if the file was published before.
        * `message`: Short summary.
        * `error`: One sentence, or None.
    """
    started = time.monotonic()
    try:
        settings = event if vastdb_session is None else {**_as_mapping(event), **_session_settings(vastdb_session)}
        result = _persist(payload, config.load(event=settings, ctx=ctx), vastdb_session)
    except KnownError as error:
        result = not_persisted(error.sentence)
    except Exception:  # a bug must not stop the caller, and its text means nothing to the reader of a result
        log.exception("Unexpected error while publishing a payload")
        result = not_persisted("Unexpected error. See the log of exr_inspector_app for the traceback.")
    log.info("%s in %.3f s: %s", result.status, time.monotonic() - started, result.error or result.message)
    return result.as_dict()


def _persist(payload: Mapping[str, Any], settings: Config, session: Any) -> PublishResult:
    """Publish one record."""
    if settings.vast is None:
        return SKIPPED
    try:
        completed = complete_payload(payload)
        if errors := completed["errors"]:  # as for files: incomplete headers are not published
            return not_persisted("; ".join(str(problem["message"]) for problem in errors))
        record = record_from_payload(completed, settings.roots)
        _require_encodable(record)
    except ValueUnavailableError:
        raise
    except Exception:  # the payload comes from a script: any value may have any type
        log.debug("Invalid payload", exc_info=True)
        return not_embedded("invalid payload")
    with closing(open_store(settings, "vast", session)) as store:
        patience = patience_of(settings.patience_seconds, FUNCTION_PATIENCE_S)
        events = pipeline.publish([record], store, publisher=settings.publisher, patience=patience)
        result = next(event.result for event in events if isinstance(event, FilePublished))
        if result.status == "success" and (note := disagreement(store, settings, "vast")):
            log.warning(note)
        return result


def _require_encodable(record: Record) -> None:
    """Raise if no rows can be made of a record; a published file is updated without making all of them."""
    encode.files_table([record], {})
    for encode_children in (encode.parts_table, encode.channels_table, encode.attributes_table):
        encode_children([record], None)


def _embed(compute: Callable[..., Any], subject: Any, dim: int) -> Any:
    """Return the vector of a payload or its channels; raise VectorEmbeddingError for values of another type."""
    try:
        return compute(subject, dim)
    except VectorEmbeddingError:
        raise
    except Exception as error:
        raise VectorEmbeddingError("Failed to compute the embedding: invalid payload") from error


def _as_mapping(event: Any) -> Mapping[str, Any]:
    return event if isinstance(event, Mapping) else {}


def _session_settings(session: Any) -> dict[str, str]:
    """Return the connection settings of an SDK session in the form of an event."""
    values = {"endpoint": str(session.api.endpoints[0]), "access_key": session.access, "secret_key": session.secret}
    return {f"vastdb_{name}": value for name, value in values.items()}


def _to_vector(values: Floats, dim: int) -> np.ndarray[Any, Any]:
    """Convert to float32; raise VectorEmbeddingError for another length or a value that is not finite."""
    vector = _to_floats(values)
    if vector.shape != (dim,):
        raise VectorEmbeddingError(f"Expected a vector of {dim} finite numbers, got the shape {vector.shape}.")
    return vector


def _to_floats(values: Any) -> np.ndarray[Any, Any]:
    """Convert to float32; raise VectorEmbeddingError for values that are not finite numbers."""
    try:
        floats = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise VectorEmbeddingError(f"A vector must hold numbers ({error}).") from error
    if not np.isfinite(floats).all():
        raise VectorEmbeddingError("A vector must hold finite numbers, not NaN or infinity.")
    return floats
