"""Runner of the probes: answers every fact, and keeps the results in `schema_info` for the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus

from vastdb import errors

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Answer, ProvenFact
from exr_inspector_app.errors import KnownError
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import EndpointUnreachableError, translate_errors
from exr_inspector_app.persistence.vast.prove import (
    column_types,
    conflicts,
    limits,
    names,
    network,
    parquet_import,
    permissions,
    predicates,
    query_engine,
    row_ids,
    transactions,
    updates,
)
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.keep import keep_answers
from exr_inspector_app.persistence.vast.prove.scratch import Options, Scratch, open_scratch
from exr_inspector_app.persistence.vast.prove.updates import INSERT_ONCE

log = logging.getLogger(__name__)

FACTS: tuple[Fact, ...] = tuple(
    fact
    for module in (
        network,
        permissions,
        conflicts,
        transactions,
        updates,
        row_ids,
        column_types,
        predicates,
        limits,
        names,
        parquet_import,
        query_engine,
    )
    for fact in module.FACTS
)
_KEPT = Fact("answers.kept", "Are the answers kept for the store?", lambda _: "", "the store expects yes everywhere")
_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_REFUSED = (errors.NotSupported, errors.InvalidArgument, NotImplementedError)


def prove_and_keep(vast: Vast, options: Options, timeout: tuple[float, float] = (5.0, 20.0)) -> Iterator[ProvenFact]:
    """Answer every fact, and store the answers in the tables; the last item reports whether they are stored.

    Raises:
        StoreError: The scratch schema cannot be created.
    """
    facts: list[ProvenFact] = []
    for fact in prove(vast, options, timeout):
        facts.append(fact)
        yield fact
    started = time.monotonic()
    with closing(Database(vast, timeout=timeout)) as database:
        is_kept, sentence = keep_answers(database, facts)
    yield _result(_KEPT, "yes" if is_kept else "no", sentence, time.monotonic() - started)


def prove(vast: Vast, options: Options, timeout: tuple[float, float] = (5.0, 20.0)) -> Iterator[ProvenFact]:
    """Answer every fact in a scratch schema, and drop it at the end, also if the caller stops early.

    Args:
        vast: Settings of the database, with keys.
        options: Questions that are only asked on request.
        timeout: Seconds to connect, and to wait for a response.

    Raises:
        StoreError: The scratch schema cannot be created.
    """
    with open_scratch(vast, options, timeout) as scratch:
        lost = ""
        for fact in FACTS:
            if options.only and not fact.id.startswith(options.only):
                continue
            if not lost:
                try:
                    yield _answer(fact, scratch)
                    continue
                except EndpointUnreachableError as error:
                    lost = error.sentence
            yield _result(fact, "unknown", lost, 0.0)


def _answer(fact: Fact, scratch: Scratch) -> ProvenFact:
    """Return the answer from one probe; an error that is no answer makes it unknown.

    Raises:
        EndpointUnreachableError: The server is gone, so further probes would only wait.
    """
    started = time.monotonic()
    result: Answer = "unknown"
    try:
        with translate_errors(scratch.vast):
            sentence = _probe(fact, scratch)
            result = "yes"
    except RefutedError as answer:
        result, sentence = "no", str(answer)
    except UnprovenError as answer:
        sentence = str(answer)
    except EndpointUnreachableError:
        raise
    except KnownError as error:
        result, sentence = _judge(error)
    except Exception as error:  # an answer that no server should give must not end the run
        log.debug("Probe %s failed", fact.id, exc_info=True)
        sentence = f"The answer is not understood ({type(error).__name__})."
    return _result(fact, result, sentence, time.monotonic() - started)


def _probe(fact: Fact, scratch: Scratch) -> str:
    """Run the probe; most probes count rows, so that a "no" is not certain where inserts are repeated."""
    try:
        return fact.probe(scratch)
    except RefutedError as answer:
        if fact.id != INSERT_ONCE and scratch.copies != 1:
            raise UnprovenError("The server stores inserted rows more than once, which hides the answer.") from answer
        raise


def _judge(error: KnownError) -> tuple[Answer, str]:
    """Return "no" for a request that the server refuses as such, and "unknown" for any other error."""
    cause = error.__cause__
    if isinstance(cause, errors.HttpError) and cause.status in _REFUSALS:
        return "no", f"Refused ({cause.status}, {cause.code})."
    if isinstance(cause, _REFUSED):
        return "no", f"Refused ({type(cause).__name__})."
    return "unknown", error.sentence


def _result(fact: Fact, result: Answer, sentence: str, seconds: float) -> ProvenFact:
    return ProvenFact(fact.id, fact.question, result, sentence, round(seconds * 1000, 1), fact.fallback)
