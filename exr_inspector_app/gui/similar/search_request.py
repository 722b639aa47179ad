"""One question about what is similar, and how it is answered in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from exr_inspector_app.contracts import Hit, Query, Record, Weights
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.gui.activity.job_model import Job
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.tasks.task_runner import Say, Stop
from exr_inspector_app.services.backend import Backend

LIMIT = 50  # sequences


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked; the record to compare with is made in the background."""

    asked: SearchState
    prepare: Callable[[], Record]
    job: Job
    is_exact: bool
    is_quiet: bool  # not shown before it is answered, and the status bar says nothing of it
    has_all: bool  # hits among all files are shown meanwhile
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the library has told."""

    record: Record
    hits: tuple[Hit, ...]
    has_looks: bool
    left_out: tuple[int, int]
    files: int


def answer(core: Backend, question: SearchRequest, stop: Stop, say: Say) -> SearchResult:
    """The answer, in a worker; `say` tells how far it is, and first hits."""
    asked, record = question.asked, question.prepare()
    request = replace(query(core, record, asked, stop), exact=question.is_exact)
    with core.store() as store:
        hits = store.similar(request, stop, say)
        files = 0 if hits else store.count(asked.where)
        seen = [record.identity.file_id, *asked.published, *(hit.file_id for hit in hits)]
        has_looks = bool(store.previews(seen))
    left_out = asked.left_out if question.is_quiet else core.outdated_counts()
    return SearchResult(record, tuple(hits), has_looks, left_out, files)


def query(core: Backend, record: Record, asked: SearchState, stop: Stop) -> Query:
    """The question for the store; a blend does without the look of a file whose pixels cannot be read."""
    if asked.by != "blend":
        look = core.look(record, stop) if asked.by == "look" else None
        return Query(record, asked.by, LIMIT, asked.where, look)
    blend = Query(record, "metadata", LIMIT, asked.where, weights=asked.weights)
    if not asked.weights.get("look"):
        return blend
    try:
        return replace(blend, look=core.look(record, stop))
    except PixelsError:
        rest: Weights = {by: weight for by, weight in asked.weights.items() if by != "look"}
        if not any(rest.values()):
            raise
        return replace(blend, weights=rest)
