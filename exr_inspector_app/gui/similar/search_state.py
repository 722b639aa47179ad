"""Search state: request, result and matches of a similarity search, and the query that answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from exr_inspector_app.contracts import (
    WEAK_BANDS,
    Band,
    By,
    Filter,
    Hit,
    PartialHits,
    Progress,
    Query,
    Record,
    StopCheck,
    Weights,
)
from exr_inspector_app.errors import NoStructureError, PixelsError
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.tasks.task_runner import Emit
from exr_inspector_app.persistence.roots import with_roots
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.identical_hits import check_identical
from exr_inspector_app.services.search_notes import search_notes

MAX_SEQUENCES = 50  # matches of one search, one per sequence
Way: TypeAlias = By | Literal["blend"]


@dataclass(frozen=True, slots=True)
class SearchState:
    """State of a search: its reference, its settings, and its matches (None while it runs) or its failure."""

    reference: SessionFile
    by: Way
    hits: tuple[Hit, ...] | None = None
    failure: str = ""
    is_stopped: bool = False  # by the user; without partial hits, `failure` holds the progress
    so_far: tuple[int, int] | None = None  # partial hits: files searched, and all files
    more: int = 0  # files that belong to the reference besides the first
    members: tuple[Record, ...] = ()  # reference files, if several of the session
    published: tuple[str, ...] = ()  # file_ids of the reference if it comes from the library
    where: Filter = ()
    has_looks: bool = False  # the store has a thumbnail of the reference or of a hit
    weights: Weights = field(default_factory=dict)  # of a blend
    left_out: tuple[int, int] = (0, 0)  # skipped files: embeddings of an older version, of a newer one
    files: int = 0  # published files that meet the filter, counted if there are no hits
    is_flat: bool = False  # the image of the reference is black or of one color
    notes: tuple[str, ...] = ()  # on the matches, in sentences


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Request for a search; its record is made in a worker."""

    state: SearchState
    make_record: Callable[[], Record]
    is_exact: bool
    is_quiet: bool  # its start is not shown, and the status bar does not report its result
    has_all: bool  # hits among all files are listed until then


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Result of a search request."""

    record: Record
    hits: tuple[Hit, ...]
    has_looks: bool
    left_out: tuple[int, int] = (0, 0)
    files: int = 0
    is_flat: bool = False
    notes: tuple[str, ...] = ()


def search(backend: Backend, request: SearchRequest, stop: StopCheck, emit: Emit) -> SearchResult:
    """Run a search in a worker and return its result; emit `Progress` and `PartialHits` while it runs."""
    state, record = request.state, request.make_record()
    try:
        query = replace(make_query(backend, record, state, stop), exact=request.is_exact)
    except NoStructureError:
        with backend.store() as store:
            return SearchResult(record, (), has_looks=False, files=store.count(state.where), is_flat=True)
    with backend.store() as store:
        keyed, *members = with_roots([record, *state.members], store.roots())
        keys = frozenset(member.identity.sequence_key for member in members)

        def emit_marked(event: Progress | PartialHits) -> None:
            emit(
                replace(event, hits=mark_members(event.hits, state, keys)) if isinstance(event, PartialHits) else event
            )

        answer = store.similar(query, stop, emit_marked)
        checked = check_identical(answer, keyed, store, roots=backend.config.roots, stop=stop)
        hits = mark_members(checked, state, keys)
        files = 0 if hits else store.count(state.where)
        seen = [keyed.identity.file_id, *state.published, *(hit.file_id for hit in hits)]
        has_looks = bool(store.previews(seen))
    left_out = state.left_out if request.is_quiet else backend.outdated_counts()
    notes = search_notes(record, hits, by_look=query.look is not None)
    return SearchResult(record, hits, has_looks, left_out, files, notes=notes)


def make_query(backend: Backend, record: Record, state: SearchState, stop: StopCheck) -> Query:
    """Return the query for the store; a blend leaves out the appearance of a file whose pixels cannot be read."""
    if state.by != "blend":
        look = backend.look(record, stop) if state.by == "look" else None
        return Query(record, state.by, MAX_SEQUENCES, state.where, look)
    blend = Query(record, "metadata", MAX_SEQUENCES, state.where, weights=state.weights)
    if not state.weights.get("look"):
        return blend
    try:
        return replace(blend, look=backend.look(record, stop))
    except PixelsError:
        rest: Weights = {by: weight for by, weight in state.weights.items() if by != "look"}
        if not any(rest.values()):
            raise
        return replace(blend, weights=rest)


def mark_members(hits: Sequence[Hit], state: SearchState, members: AbstractSet[str]) -> tuple[Hit, ...]:
    """Return the hits, those that belong to a reference of several files in the band of their sequence.

    Args:
        hits: Hits of a search.
        state: State of the search.
        members: Sequence keys of the reference files in the store that was searched.
    """

    def is_member(hit: Hit) -> bool:
        return hit.sequence_key in members or (state.more > 0 and hit.file_id in state.published)

    return tuple(
        replace(hit, band=Band.SAME_SEQUENCE) if hit.band is not Band.IDENTICAL and is_member(hit) else hit
        for hit in hits
    )


def count_matches(hits: Sequence[Hit], seconds: float, is_exact: bool) -> str:
    """Return the result sentence; hits in the weak band are counted apart."""
    near = sum(hit.band not in WEAK_BANDS for hit in hits)
    return strings.matches(near, len(hits) - near, seconds, is_exact)
