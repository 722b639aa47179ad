"""Serverless function for VAST DataEngine: inspects the objects of an event and publishes their metadata.

Entry points are `init(ctx)`, called once per instance, and `handler(ctx, event)`, called once per event.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

import boto3
from botocore.config import Config as S3Config

from exr_inspector_app import config
from exr_inspector_app.contracts import SKIPPED, FileInspected, FilePublished, PublishResult, Record, not_persisted
from exr_inspector_app.errors import KnownError, UsageError
from exr_inspector_app.exr import inspect_source
from exr_inspector_app.exr.source.s3_source import S3Source
from exr_inspector_app.ingest.pipeline import refused_result
from exr_inspector_app.model import ExrFile, payload
from exr_inspector_app.services.backend import Backend

log = logging.getLogger(__name__)

_S3_CONFIG = S3Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 5, "mode": "standard"})
_clients: dict[str, Any] = {}


def init(ctx: Any) -> None:
    """Create the S3 client. `handler` does so on the first event if the runtime has not called this.

    Args:
        ctx: Context of the function. `ctx.secrets["s3"]` may hold `endpoint`, `access_key` and `secret_key`; if one is
            missing, boto3 uses its own sources (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...).
    """
    secrets = _mapping_at(getattr(ctx, "secrets", None), "s3")
    names = {"endpoint": "endpoint_url", "access_key": "aws_access_key_id", "secret_key": "aws_secret_access_key"}
    arguments = {argument: secrets[name] for name, argument in names.items() if secrets.get(name)}
    _clients["s3"] = boto3.client("s3", config=_S3_CONFIG, **arguments)


def handler(ctx: Any, event: Any) -> dict[str, Any]:
    """Inspect the objects of an event and publish their metadata.

    Idempotent: an event that is delivered again adds no rows. Errors in the event, an object or the database are
    returned, not raised.

    Args:
        ctx: Context of the function. `ctx.secrets["vast-db"]` may hold connection settings of the database.
        event: Event that `objects` understands, which may also hold connection settings (`vastdb_endpoint`, ...).

    Returns:
        A dictionary with these keys:

        * `status`: "success", or "error" if the event names no object or a file was not published because of an error.
        * `files`: One dictionary per object, in the order of the event, with `path` (s3://bucket/key), `inspection`
          (the payload) and `persistence` (the result of `vast_db_persistence.persist_to_vast_database`).
        * `error`: One sentence if no object was processed, otherwise None.
        * `inspection`, `persistence`: Those of the file, for an event with a single object only.
    """
    if not _clients:
        init(ctx)
    try:
        paths = [f"s3://{bucket}/{key}" for bucket, key in objects(event)]
        files = _process(ctx, event, paths)
    except KnownError as error:
        log.error("%s", error.sentence)
        return {"status": "error", "files": [], "error": error.sentence}
    has_error = any(file["persistence"]["status"] == "error" for file in files)
    result = {"status": "error" if has_error else "success", "files": files, "error": None}
    # One object is the usual event; its result is also where scripts for one file expect it.
    return result | {name: files[0][name] for name in ("inspection", "persistence")} if len(files) == 1 else result


def objects(event: Any) -> list[tuple[str, str]]:
    """Return the objects that an event names, without duplicates, in the order of the event.

    Args:
        event: An element event, S3 records, or data with `bucket` and `key` (or `object_key`), with `path`, or with a
            list of `paths` (s3://bucket/key). Keys of element events and records are URL-encoded.

    Returns:
        Pairs of bucket and decoded key.

    Raises:
        UsageError: The event names no object.
    """
    pairs = [(bucket, key) for bucket, key in _iter_objects(event) if bucket and key]
    if not pairs:
        raise UsageError("The event names no object. Send S3 records, an element event, or a bucket and a key.")
    return list(dict.fromkeys(pairs))


def _iter_objects(event: Any) -> Iterator[tuple[str, str]]:
    data = _event_data(event)
    element = _element_event(event)
    if data.get("Records"):
        for record in _as_sequence(data["Records"]):
            s3 = _mapping_at(record, "s3")
            key = _as_text(_mapping_at(s3, "object").get("key"))
            yield _as_text(_mapping_at(s3, "bucket").get("name")), unquote_plus(key)
    elif element is not None:
        yield _as_text(getattr(element, "bucket", "")), unquote_plus(_as_text(getattr(element, "object_key", "")))
    else:
        yield from _iter_data_objects(data)


def _mapping_at(data: Any, name: str) -> Mapping[str, Any]:
    """Return the mapping under a name, or an empty one."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _as_sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _event_data(event: Any) -> Mapping[str, Any]:
    """Return the data of an event, or an empty mapping."""
    data = event if isinstance(event, Mapping) else getattr(event, "data", None)
    if data is None and callable(getattr(event, "get_data", None)):
        data = event.get_data()
    return data if isinstance(data, Mapping) else {}


def _element_event(event: Any) -> Any:
    """Return the event as an element event, or None if it is of another kind."""
    convert = getattr(event, "as_element_event", None)
    try:
        return convert() if callable(convert) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _iter_data_objects(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield str(data.get("bucket") or ""), str(data.get("object_key") or data.get("key") or "")
    for path in [data.get("path"), *_as_sequence(data.get("paths"))]:
        if isinstance(path, str) and path.startswith("s3://"):
            yield _split_path(path)


def _process(ctx: Any, event: Any, paths: Sequence[str]) -> list[dict[str, Any]]:
    """Inspect and publish objects, and return one result per path, in the order given."""
    backend = Backend(config.load(event=_event_data(event), ctx=ctx), "vast")
    inspected = {
        item.file.path: item for item in backend.inspect_objects(paths, _inspect) if isinstance(item, FileInspected)
    }
    records = [item.record for item in inspected.values() if item.record]
    results = {path: refused_result(item.file) for path, item in inspected.items() if not item.record}
    results |= _publish(backend, records)
    for path in paths:
        log.info("%s: %s", path, results[path].message)
    return [
        {"path": path, "inspection": payload(inspected[path].file), "persistence": results[path].as_dict()}
        for path in paths
    ]


def _publish(backend: Backend, records: Sequence[Record]) -> dict[str, PublishResult]:
    """Publish the records and return their results by path; a failure of the database is the result of each."""
    paths = [record.payload["file"]["path"] for record in records]
    if backend.config.vast is None:
        return dict.fromkeys(paths, SKIPPED)
    try:
        events = backend.publish(records)
        return {event.path: event.result for event in events if isinstance(event, FilePublished)}
    except KnownError as error:
        return dict.fromkeys(paths, not_persisted(error.sentence))


def _inspect(path: str) -> ExrFile:
    """Inspect the object at s3://bucket/key, reading only the ranges that its header needs."""
    return inspect_source(lambda: S3Source(_clients["s3"], *_split_path(path)), path)


def _split_path(path: str) -> tuple[str, str]:
    bucket, _, key = path.removeprefix("s3://").partition("/")
    return bucket, key
