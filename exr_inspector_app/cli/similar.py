"""`similar`: published files that are like one file."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.terminal import ProgressBar, add_target, add_where, core_of, count, out, say, where_of
from exr_inspector_app.contracts import Filter, Progress, Query
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control


def add(commands: Any) -> None:
    """The words of the command."""
    text = "Find published files that are like one file."
    parser = commands.add_parser("similar", help=text, description=text)
    parser.set_defaults(run=_similar, stopped="Stopped before everything was compared; no hits are shown.")
    parser.add_argument(
        "path", metavar="PATH", help="a file, a sequence (its first frame), or the path or file_id of a published one"
    )
    parser.add_argument("--by", choices=("metadata", "channels", "look"), default="metadata")
    parser.add_argument("--limit", type=count, default=20, metavar="N", help="sequences to show (20)")
    parser.add_argument("--exact", action="store_true", help="compare every vector in full, which takes longer")
    parser.add_argument("--json", action="store_true")
    add_target(parser)
    add_where(parser)


def _similar(parsed: argparse.Namespace) -> int:
    core = core_of(parsed)
    where = where_of(parsed)
    record, is_stored = core.sought(parsed.path)
    path = record.payload["file"]["path"]
    if is_stored:
        say(f"{path} is out of reach; compared as it was published.")
    look = core.look(record) if parsed.by == "look" else None
    query = Query(record, parsed.by, parsed.limit, where, look, exact=parsed.exact)
    bar = ProgressBar()
    try:
        hits = core.similar(query, tell=lambda event: bar.show(event) if isinstance(event, Progress) else None)
    finally:
        bar.clear()
    for sentence in core.notes():
        say(sentence)
    if parsed.json:
        names = ("file_id", "file_path", "score")
        rows = [
            {name: getattr(hit, name) for name in names}
            | {"band": hit.band.value, "reasons": hit.reasons, "sequence_count": hit.sequence_count}
            for hit in hits
        ]
        head = {"query": path, "target": parsed.target, "by": parsed.by}
        out(json.dumps({**head, "hits": rows}, indent=2))
        return 0
    for hit in hits:
        frames = f" ({hit.sequence_count:,} files)" if hit.sequence_count > 1 else ""
        out(f"{100 * hit.score:5.1f} %  {hit.band.value:<13}  {escape_control(hit.file_path)}{frames}")
        out(f"{'':24}{escape_control(', '.join(hit.reasons))}")
    if not hits:
        say(_nothing(core, where, parsed.by))
    return 0


def _nothing(core: Backend, where: Filter, by: str) -> str:
    """Why there are no hits, and what to do."""
    if not core.count():
        return f"Nothing is published in {core.target}; publish some files first."
    if not core.count(where):
        return "No published file meets these conditions (--where)."
    if by == "look":
        return "None of these files has a picture yet; `exr-inspector publish --previews PATH...` reads them."
    return "None of these files can be compared."
