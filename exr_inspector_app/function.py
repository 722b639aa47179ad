"""The serverless face: objects that an event names are inspected, and their metadata is published."""

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

_PATIENCE = S3Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 5, "mode": "standard"})
_clients: dict[str, Any] = {}


def init(ctx: Any) -> None:
    """The client of the object store is made once, before the first event (by the first one, where nobody did).

    Its endpoint and keys are those of `ctx.secrets["s3"]` (endpoint, access_key, secret_key) where they are
    there, otherwise boto3's own (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...).
    """
    told = _below(getattr(ctx, "secrets", None), "s3")
    names = {"endpoint": "endpoint_url", "access_key": "aws_access_key_id", "secret_key": "aws_secret_access_key"}
    known = {theirs: told[ours] for ours, theirs in names.items() if told.get(ours)}
    _clients["s3"] = boto3.client("s3", config=_PATIENCE, **known)


def handler(ctx: Any, event: Any) -> dict[str, Any]:
    """What became of each object that the event names: its payload, and the result of publishing it.

    `{"status": "success"|"error", "files": [{"path", "inspection", "persistence"}], "error"}`; never raises for
    what is wrong with an event, an object or the database. A delivery that comes again adds nothing.
    """
    if not _clients:
        init(ctx)
    try:
        paths = [f"s3://{bucket}/{key}" for bucket, key in objects(event)]
        files = _files(ctx, event, paths)
    except KnownError as error:
        log.error("%s", error.sentence)
        return {"status": "error", "files": [], "error": error.sentence}
    is_well = all(one["persistence"]["status"] != "error" for one in files)
    return {"status": "success" if is_well else "error", "files": files, "error": None}


def objects(event: Any) -> list[tuple[str, str]]:
    """The bucket and key of every object that an event names, each once; UsageError where it names none.

    Understood are element events, S3 records, and data with `bucket` and `key` (or `object_key`), with `path` or
    with a list of `paths` (s3://bucket/key). Keys are URL-quoted in records and elements.
    """
    found = [(bucket, key) for bucket, key in _named(event) if bucket and key]
    if not found:
        raise UsageError("The event names no object; send S3 records, an element event, or a bucket and a key.")
    return list(dict.fromkeys(found))


def _named(event: Any) -> Iterator[tuple[str, str]]:
    data = _data(event)
    element = _element(event)
    if data.get("Records"):
        for record in _listed(data["Records"]):
            named = _below(record, "s3")
            key = _text(_below(named, "object").get("key"))
            yield _text(_below(named, "bucket").get("name")), unquote_plus(key)
    elif element is not None:
        yield _text(getattr(element, "bucket", "")), unquote_plus(_text(getattr(element, "object_key", "")))
    else:
        yield from _in_data(data)


def _below(data: Any, name: str) -> Mapping[str, Any]:
    """What data hold under a name; empty where that is nothing with names."""
    found = data.get(name) if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _data(event: Any) -> Mapping[str, Any]:
    """What an event carries; empty where it carries nothing with names."""
    data = event if isinstance(event, Mapping) else getattr(event, "data", None)
    if data is None and callable(getattr(event, "get_data", None)):
        data = event.get_data()
    return data if isinstance(data, Mapping) else {}


def _element(event: Any) -> Any:
    """The event as an element event; None where it is of another kind."""
    read = getattr(event, "as_element_event", None)
    try:
        return read() if callable(read) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _in_data(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The objects that plain data names."""
    yield str(data.get("bucket") or ""), str(data.get("object_key") or data.get("key") or "")
    for path in [data.get("path"), *_listed(data.get("paths"))]:
        if isinstance(path, str) and path.startswith("s3://"):
            yield _bucket_and_key(path)


def _files(ctx: Any, event: Any, paths: Sequence[str]) -> list[dict[str, Any]]:
    """Each object inspected and published, in the order given."""
    core = Backend(config.load(event=_data(event), ctx=ctx), "vast")
    inspected = {
        happened.file.path: happened
        for happened in core.inspect_objects(paths, _inspect)
        if isinstance(happened, FileInspected)
    }
    records = [one.record for one in inspected.values() if one.record]
    results = {path: refused_result(one.file) for path, one in inspected.items() if not one.record}
    results |= _published(core, records)
    for path in paths:
        log.info("%s: %s", path, results[path].message)
    return [
        {"path": path, "inspection": payload(inspected[path].file), "persistence": results[path].as_dict()}
        for path in paths
    ]


def _published(core: Backend, records: Sequence[Record]) -> dict[str, PublishResult]:
    """The result of publishing each record; whatever keeps the database from answering is told in it."""
    paths = [record.payload["file"]["path"] for record in records]
    if core.config.vast is None:
        return dict.fromkeys(paths, SKIPPED)
    try:
        events = core.publish(records)
        return {event.path: event.result for event in events if isinstance(event, FilePublished)}
    except KnownError as error:
        return dict.fromkeys(paths, not_persisted(error.sentence))


def _inspect(path: str) -> ExrFile:
    """The object at s3://bucket/key, from the few ranges that its header needs."""
    return inspect_source(lambda: S3Source(_clients["s3"], *_bucket_and_key(path)), path)


def _bucket_and_key(path: str) -> tuple[str, str]:
    bucket, _, key = path.removeprefix("s3://").partition("/")
    return bucket, key
