"""`library`: what is published, and whether the library is sound."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.terminal import add_where, core_of, count, where_of
from exr_inspector_app.report import plain


def add(commands: Any) -> None:
    """The words of the command."""
    parser = commands.add_parser("library", help="Look into the library.")
    inside = parser.add_subparsers(required=True, metavar="list|check")
    listed = inside.add_parser("list", help="list published files, newest first")
    listed.set_defaults(run=_list)
    listed.add_argument("--limit", type=count, default=1000, metavar="N", help="files to show (1000)")
    listed.add_argument("--json", action="store_true")
    add_where(listed)
    checked = inside.add_parser("check", help="tell what is in the library and what is wrong with it")
    checked.set_defaults(run=_check)


def _list(parsed: argparse.Namespace) -> int:
    where = where_of(parsed)
    rows = core_of(parsed).find(where, limit=parsed.limit)
    if parsed.json:
        print(json.dumps([dict(row.file) for row in rows], indent=2))
        return 0
    for row in rows:
        file = row.file
        size = f"{file['width']} × {file['height']}" if file["width"] else "no data window"
        facts = f"{size}, {file['channel_count']} channels, {file['compression']}"
        print(f"{file['inspection_timestamp'][:19]}  {plain(file['file_path'])}  {plain(facts)}")
    return 0


def _check(parsed: argparse.Namespace) -> int:
    report = core_of(parsed).check()
    print(f"{report.target}: {report.files:,} files, schema version {report.schema_version}")
    for sentence in (*report.notes, *report.problems):
        print(plain(sentence))
    if report.repaired:
        print(f"{report.repaired:,} rows were mended")
    return int(bool(report.problems))
