"""`library list`: published files, or sequences with one line each, newest first."""

from __future__ import annotations

import argparse
import json
import posixpath
from collections.abc import Mapping
from typing import Any

from exr_inspector_app.cli.terminal import add_target, add_where, core_of, count, out, say, where_of
from exr_inspector_app.contracts import Filter, ListedSequence, Listing
from exr_inspector_app.exr.sequences.grouping import ranges
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add(inside: Any) -> None:
    """The words of the command."""
    parser = inside.add_parser("list", help="list published files, newest first")
    parser.set_defaults(run=_list)
    parser.add_argument("--sequences", action="store_true", help="one line a sequence, with its frames")
    parser.add_argument("--limit", type=count, default=1000, metavar="N", help="lines to show (1000)")
    parser.add_argument("--json", action="store_true")
    add_target(parser)
    add_where(parser)


def _list(parsed: argparse.Namespace) -> int:
    where, core = where_of(parsed), core_of(parsed)
    if parsed.sequences:
        return _sequences(core, where, parsed.limit, parsed.json)
    rows = core.find(where, limit=parsed.limit)
    if parsed.json:
        out(json.dumps([dict(row.file) for row in rows], indent=2))
        return 0
    for row in rows:
        out(
            f"{row.file['inspection_timestamp'][:19]}  {escape_control(row.file['file_path'])}  "
            f"{escape_control(_facts(row.file))}"
        )
    return 0


def _sequences(core: Backend, where: Filter, limit: int, as_json: bool) -> int:
    page = core.browse(Listing(where, limit=limit))
    if as_json:
        out(json.dumps([_row(one) for one in page.rows], indent=2))
        return 0
    for one in page.rows:
        frames = f"  {ranges(one.frames)} ({one.count:,} files)" if one.count > 1 else ""
        out(
            f"{one.file['inspection_timestamp'][:19]}  {escape_control(_name(one))}{frames}  "
            f"{escape_control(_facts(one.file))}"
        )
    counted = f"{pluralize(page.files_in_all, 'file')}, {pluralize(page.rows_in_all, 'sequence')}"
    say(counted + _cut(len(page.rows), page.rows_in_all))
    return 0


def _cut(shown: int, in_all: int) -> str:
    return f"; {shown:,} {'is' if shown == 1 else 'are'} shown (--limit)" if shown < in_all else ""


def _row(one: ListedSequence) -> dict[str, Any]:
    """A sequence as JSON: the columns of its newest file, and what its files have together."""
    whole = {"count": one.count, "frames": ranges(one.frames), "size_bytes": one.size_bytes}
    return {**one.file, **whole}


def _name(one: ListedSequence) -> str:
    """The path as this machine knows it, with the frames of a sequence as ####."""
    if one.count == 1:
        return str(one.file["file_path"])
    folder = str(one.file["file_path"]).replace("\\", "/").rpartition("/")[0]
    return f"{folder}/{posixpath.basename(one.file['sequence_key'])}"


def _facts(file: Mapping[str, Any]) -> str:
    size = f"{file['width']} × {file['height']}" if file["width"] else "no data window"
    return f"{size}, {pluralize(file['channel_count'], 'channel')}, {file['compression']}"
