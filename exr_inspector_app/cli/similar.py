"""Command `similar`: search for published files similar to a file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from exr_inspector_app.cli.options.number_arguments import parse_count
from exr_inspector_app.cli.options.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.options.target_arguments import (
    add_search,
    add_target,
    create_backend,
    parse_filter,
)
from exr_inspector_app.cli.output.terminal import ProgressBar, print_json_line, print_message, print_result
from exr_inspector_app.config import Root
from exr_inspector_app.contracts import By, Filter, Hit, Progress, Query
from exr_inspector_app.errors import NoStructureError, UsageError
from exr_inspector_app.persistence.roots import with_roots
from exr_inspector_app.persistence.similarity.explanations import band_name
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.identical_hits import check_identical
from exr_inspector_app.services.search_notes import search_notes
from exr_inspector_app.text.escape import escape_control

_NEWEST_FILES = 1000  # in which previews are searched


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Find published files similar to a file."
    parser = commands.add_parser("similar", help=text, description=text)
    parser.set_defaults(run=_similar, stopped="Stopped before the search was complete; no matches shown.")
    text = "a file, a sequence (its first frame), or the path or file_id of a published one"
    add_paths(parser, text)
    text = "what to compare: metadata (default), names of channels, or the look of thumbnails"
    parser.add_argument("--by", choices=("metadata", "channels", "look"), default="metadata", help=text)
    parser.add_argument("--limit", type=parse_count, default=20, metavar="N", help="sequences to show (20)")
    text = "read the identical matches, and compare their contents with those of the file"
    parser.add_argument("--stats", action="store_true", help=text)
    parser.add_argument("--exact", action="store_true", help="exact search (slower)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="query, target and hits as one object")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per hit")
    add_target(parser)
    add_search(parser)


def _similar(parsed: argparse.Namespace) -> int:
    backend, where = create_backend(parsed), parse_filter(parsed)
    paths = parse_paths(parsed)
    if len(paths) != 1:
        raise UsageError("Give one PATH to compare with.")
    record, is_stored = backend.record_for_query(paths[0])
    path = record.payload["file"]["path"]
    if is_stored:
        print_message(f"Cannot read {path}; using its published record.")
    try:
        look = backend.look(record) if parsed.by == "look" else None
    except NoStructureError as error:  # an answer, not a failure: nothing is similar
        with backend.store() as store:
            reason = _no_match_reason(store, where, parsed, error.sentence)
        return _print_no_hits(parsed, path, reason)
    query = Query(record, parsed.by, parsed.limit, where, look, exact=parsed.exact)
    with backend.store() as store:
        hits = _search(store, query, backend.config.roots, reads=parsed.stats)
        reason = "" if hits or parsed.json or parsed.jsonl else _no_match_reason(store, where, parsed)
    notes = search_notes(record, hits, by_look=parsed.by == "look")
    for sentence in (*backend.embedding_version_notes(), *map(escape_control, notes)):
        print_message(sentence)
    if parsed.json:
        print_result(_answer_json(path, parsed, notes, hits))
        return 0
    if parsed.jsonl:
        for hit in hits:
            print_json_line(_hit_json(hit))
        return 0
    _print_hits(hits, parsed.by)
    if reason:
        print_message(reason)
    return 0


def _print_no_hits(parsed: argparse.Namespace, path: str, sentence: str) -> int:
    """Print an empty result and the reason for it."""
    if parsed.json:
        print_result(_answer_json(path, parsed, [sentence], []))
    print_message(sentence)
    return 0


def _search(store: Store, query: Query, roots: Sequence[Root], *, reads: bool) -> list[Hit]:
    """Run the query and show its progress."""
    bar = ProgressBar()
    try:
        hits = store.similar(query, on_progress=lambda event: bar.show(event) if isinstance(event, Progress) else None)
    finally:
        bar.clear()
    (keyed,) = with_roots([query.reference], store.roots())
    return check_identical(hits, keyed, store, reads=reads, roots=roots)


def _answer_json(path: str, parsed: argparse.Namespace, notes: Sequence[str], hits: Sequence[Hit]) -> str:
    """Return the result as JSON; programs find `notes` only where there are some."""
    head = {"query": path, "target": parsed.target, "by": parsed.by, **({"notes": notes} if notes else {})}
    return json.dumps({**head, "hits": list(map(_hit_json, hits))}, indent=2)


def _hit_json(hit: Hit) -> dict[str, Any]:
    columns = {name: getattr(hit, name) for name in ("file_id", "file_path", "score")}
    return {**columns, "band": hit.band.value, "reasons": hit.reasons, "sequence_count": hit.sequence_count}


def _print_hits(hits: Sequence[Hit], by: By) -> None:
    for hit in hits:
        frames = f" ({hit.sequence_count:,} files)" if hit.sequence_count > 1 else ""
        score = f"{100 * hit.score:5.1f} %  {band_name(hit.band, by):<13}"
        print_result(f"{score}  {escape_control(hit.file_path)}{frames}")
        differs = [f"differs: {', '.join(hit.differs)}"] if hit.differs else []
        print_result(f"{'':24}{escape_control(', '.join([*hit.same, *differs]))}")


def _no_match_reason(store: Store, where: Filter, parsed: argparse.Namespace, flat: str = "") -> str:
    """Return the reason why there is no match, and what to do; `flat` is the sentence on an image of one color."""
    given = {"--where": parsed.where, "--search": parsed.search}
    options = " and ".join(name for name, value in given.items() if value)
    if not store.count():
        return f"Nothing is published in {store.target}. Publish some files first."
    if not store.count(where):
        return f"No published file matches {options}."
    if flat and _has_previews(store, where):
        return flat
    if parsed.by == "look":
        return "No thumbnails yet; run `exr-inspector publish --previews PATH...`."
    return "None of these files can be compared."


def _has_previews(store: Store, where: Filter) -> bool:
    """Return whether one of the newest files has a preview."""
    return bool(store.previews([row.file["file_id"] for row in store.find(where, limit=_NEWEST_FILES)]))
