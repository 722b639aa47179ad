"""Serverless function for VAST DataEngine: inspects the objects of an event and publishes their metadata.

Entry points are `init(ctx)`, called once per instance, and `handler(ctx, event)`, called once per event or batch.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from exr_inspector_app import config
from exr_inspector_app.contracts import (
    SKIPPED,
    FileInspected,
    FilePublished,
    PublishResult,
    Record,
    never_stop,
    not_persisted,
)
from exr_inspector_app.errors import ConfigError, KnownError, RedeliveryError, StoreError, UsageError
from exr_inspector_app.ingest.event_objects import EventObject, event_objects, mapping_at
from exr_inspector_app.ingest.object_reader import ObjectReader
from exr_inspector_app.ingest.patience import FUNCTION_PATIENCE_S, patience_of
from exr_inspector_app.ingest.pipeline import batches_of
from exr_inspector_app.ingest.publish_run import PublishRun, refused_result
from exr_inspector_app.ingest.s3_client import create_s3_client
from exr_inspector_app.model import ExrFile, payload
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services import profile_verdict
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.path_roots import disagreement
from exr_inspector_app.text.escape import escape_control

__all__ = ["handler", "init", "results_by_event"]

log = logging.getLogger(__name__)

_clients: dict[str, Any] = {}


def init(ctx: Any) -> None:
    """Create the S3 client, import the SDK of the database, and connect to the database to create missing tables.

    `handler` does so on the first event if the runtime has not called this.

    Args:
        ctx: Context of the function. `ctx.secrets["s3"]` may hold `endpoint`, `access_key` and `secret_key`; the
            variables S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY are next. If one is missing, boto3 uses its own
            sources (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...).
    """
    started = time.monotonic()
    secrets = mapping_at(getattr(ctx, "secrets", None), "s3")
    _clients["s3"] = create_s3_client(secrets)
    importlib.import_module("exr_inspector_app.persistence.vast")  # its SDK takes over a second: not on the first event
    logger = _logger(ctx)
    try:
        backend = Backend(_settings(ctx), "vast")
        if backend.config.vast is None:
            logger.info("No database is configured. Files are inspected but not published.")
            return
        with backend.store() as store:
            store.ensure_tables()
            if note := disagreement(store, backend.config, "vast"):  # the roots were read with the tables
                logger.warning(note)
    except KnownError as error:  # the first event reports it, or brings other settings
        logger.warning(f"The database is not ready: {error.sentence}")
        return
    logger.info(f"Ready for {backend.location} in {time.monotonic() - started:.2f} s")


def _settings(ctx: Any, event: Any = None) -> config.Config:
    """Return the configuration of the function, or of an event with connection settings."""
    return config.load(event=event, ctx=ctx)


def handler(ctx: Any, event: Any) -> dict[str, Any]:
    """Inspect the objects of an event or a batch of events and publish their metadata.

    Idempotent: an event that is delivered again adds no rows. Removed objects and objects that are no OpenEXR files by
    their extension are skipped. Failures that never pass, of the event, an object or the database, are returned.

    Args:
        ctx: Context of the function. `ctx.secrets["vast-db"]` may hold connection settings of the database;
            `ctx.logger` is used if there is one.
        event: Event that `event_objects` understands, which may also hold connection settings (`vastdb_endpoint`, ...).

    Returns:
        A dictionary with these keys:

        * `status`: "success", or "error" if the event names no object or a file was not published because of an error.
        * `files`: One dictionary per object, in the order of the event, with `path` (s3://bucket/key), `inspection`
          (the payload) and `persistence` (the result of `vast_db_persistence.persist_to_vast_database`); with a profile
          also `check` (`profile`, `status`, `validation`, `ignored`, `passed`).
        * `skipped`: Paths of removed objects, and of objects that are no OpenEXR files.
        * `error`: One sentence if no object was processed, otherwise None.
        * `inspection`, `persistence`: Those of the file, for an event with a single object only.

    Raises:
        RedeliveryError: The database or the object store is unavailable for some objects. The other objects are
            published. The runtime delivers the event again.
    """
    started = time.monotonic()
    logger = _logger(ctx)
    if not _clients:
        init(ctx)
    try:
        named = event_objects(event)
        if not named:
            raise UsageError("The event names no object. Send S3 records, an element event, or a bucket and a key.")
        run = _Run(ctx)
        run.process([item for item in named if item.is_relevant])
    except KnownError as error:
        logger.error(error.sentence)
        return {"status": "error", "files": [], "skipped": [], "error": error.sentence}
    skipped = [item.path for item in named if not item.is_relevant]
    run.log_summary(logger, len(skipped), time.monotonic() - started)
    if run.transient:
        reason = next(iter(run.transient.values()))
        raise RedeliveryError(f"{len(run.transient)} of {len(run.files)} objects were not published: {reason}")
    return _result(run.files, skipped)


def _result(files: list[dict[str, Any]], skipped: list[str]) -> dict[str, Any]:
    has_error = any(file["persistence"]["status"] == "error" for file in files)
    result = {"status": "error" if has_error else "success", "files": files, "skipped": skipped, "error": None}
    # One object is the usual event; its result is also where scripts for one file expect it.
    return result | {name: files[0][name] for name in ("inspection", "persistence")} if len(files) == 1 else result


def results_by_event(result: Mapping[str, Any], events: Iterable[Any]) -> list[dict[str, Any]]:
    """Split the result of a batch into one result per event, as the runtime requires of a batch handler.

    Args:
        result: Result of `handler` for the batch.
        events: The events of the batch.

    Returns:
        Dictionaries like those of `handler`, in the order of the events; an error of the whole batch is that of each.
    """
    files = {file["path"]: file for file in result["files"]}
    results = []
    for event in events:
        named = event_objects(event)
        mine = [files[path] for item in named for path in (item.path, item.unquoted) if path in files]
        skipped = [item.path for item in named if not item.is_relevant]
        error = {"status": "error", "error": result["error"]} if result["error"] else {}
        results.append(_result(mine, skipped) | error)
    return results


def _logger(ctx: Any) -> Any:
    """Return the logger of the context, whose lines the platform attributes to the event, or the one of this module."""
    return getattr(ctx, "logger", None) or log


@dataclass
class _Run:
    """Work of one event: its results, and the objects that have to be delivered again."""

    ctx: Any
    files: list[dict[str, Any]] = field(default_factory=list)
    transient: dict[str, str] = field(default_factory=dict)  # sentence by path
    inspect_s: float = 0.0
    publish_s: float = 0.0

    def process(self, named: Sequence[EventObject]) -> None:
        """Inspect and publish the objects, those with the same connection settings together."""
        results: dict[int, dict[str, Any]] = {}
        for group in dict.fromkeys(item.group for item in named):
            numbers = [number for number, item in enumerate(named) if item.group == group]
            done = self._process_group([named[number] for number in numbers])
            results.update(zip(numbers, done, strict=True))
        self.files = [results[number] for number in range(len(named))]
        logger = _logger(self.ctx)
        for file in self.files:
            result = file["persistence"]
            write = logger.error if result["status"] == "error" else logger.info
            write(escape_control(f"{file['path']}: {result['error'] or result['message']}"))  # keys are of others

    def log_summary(self, logger: Any, skipped: int, seconds: float) -> None:
        """Log counts and timings."""
        statuses = [file["persistence"] for file in self.files]
        inserted = sum(result["inserted"] for result in statuses)
        failed = sum(result["status"] == "error" for result in statuses)
        unchanged = sum(result["status"] == "success" for result in statuses) - inserted
        logger.info(
            f"{len(statuses)} objects: {inserted} added, {unchanged} unchanged, "
            f"{failed} failed ({len(self.transient)} to retry), {skipped} skipped in {seconds:.2f} s "
            f"(inspect {self.inspect_s:.2f} s, publish {self.publish_s:.2f} s)"
        )

    def _process_group(self, group: Sequence[EventObject]) -> list[dict[str, Any]]:
        """Inspect and publish objects with the same settings; invalid settings fail these objects only."""
        started = time.monotonic()
        refusal = ""
        try:
            backend = Backend(_settings(self.ctx, group[0].settings), "vast")
        except ConfigError as error:
            backend, refusal = Backend(_settings(self.ctx), "vast"), error.sentence
        by_path, reader = {item.path: item for item in group}, ObjectReader(_clients["s3"])
        inspected: dict[int, FileInspected] = {
            item.index: item
            for item in backend.inspect_objects(list(by_path), lambda path: reader.inspect(by_path[path]))
            if isinstance(item, FileInspected)
        }
        self.transient |= reader.faults
        self.inspect_s += time.monotonic() - started
        started = time.monotonic()
        inspected_files = [inspected[index] for index in range(len(group))]
        checks = _check_files([item.file for item in inspected_files], group[0].settings, backend.config)
        records = [
            replace(item.record, note=note)
            for item, (_, note) in zip(inspected_files, checks, strict=True)
            if item.record
        ]
        published = iter([not_persisted(refusal)] * len(records) if refusal else self._publish(backend, records))
        results = [next(published) if item.record else refused_result(item.file) for item in inspected_files]
        self.publish_s += time.monotonic() - started
        return [
            {"path": item.file.path, "inspection": payload(item.file), "persistence": result.as_dict(), **verdict}
            for item, result, (verdict, _) in zip(inspected_files, results, checks, strict=True)
        ]

    def _publish(self, backend: Backend, records: Sequence[Record]) -> list[PublishResult]:
        """Publish the records and return their results; a failure of the database is the result of each."""
        if backend.config.vast is None:
            return [SKIPPED] * len(records)
        try:
            with backend.store() as store:
                results, error = _publish_batches(store, backend.config, records)
                self._add_transient(records, results, error)
                failed = [number for number, result in enumerate(results) if result.status == "error"]
                # Published alone, a file of a batch gets its own error, which shows whether it is transient.
                for number in failed if error is None and len(records) > 1 else ():
                    results[number : number + 1], error = _publish_batches(store, backend.config, [records[number]])
                    self._add_transient([records[number]], [results[number]], error)
        except KnownError as failure:
            results = [not_persisted(failure.sentence, record.identity.file_id) for record in records]
            self._add_transient(records, results, failure)
        return results

    def _add_transient(
        self, records: Sequence[Record], results: Sequence[PublishResult], error: KnownError | None
    ) -> None:
        """Record which files failed by an error that may pass."""
        if isinstance(error, StoreError) and error.is_transient:
            for record, result in zip(records, results, strict=True):
                if result.status == "error":
                    self.transient[record.payload["file"]["path"]] = error.sentence


def _check_files(
    files: Sequence[ExrFile], settings: Mapping[str, Any], configuration: config.Config
) -> list[tuple[dict[str, Any], str | None]]:
    """Return for each file the key `check` of its result and its note; both are empty without a profile."""
    try:
        profile = profile_verdict.find_profile(settings)
    except UsageError as error:  # the metadata is published all the same
        return [({"check": {"status": "error", "error": error.sentence}}, None)] * len(files)
    if profile is None:
        return [({}, None)] * len(files)
    verdicts = [profile_verdict.check_published_file(file, profile, configuration) for file in files]
    return [({"check": verdict}, note) for verdict, note in verdicts]


def _publish_batches(
    store: Store, settings: config.Config, records: Sequence[Record]
) -> tuple[list[PublishResult], StoreError | None]:
    """Publish the records; return their results, and the error that ended the publish."""
    patience = patience_of(settings.patience_seconds, FUNCTION_PATIENCE_S)
    with closing(PublishRun(store, settings.publisher, settings.roots, patience)) as run:
        events = chain(
            *(run.publish(batch, never_stop) for batch in batches_of(enumerate(records))), run.settle(never_stop)
        )
        by_index = {event.index: event.result for event in events if isinstance(event, FilePublished)}
        return [by_index[index] for index in range(len(records))], run.error
