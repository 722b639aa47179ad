"""`library export`: what is published as a table for a spreadsheet or a data tool."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from exr_inspector_app.cli.terminal import add_target, add_where, core_of, say, where_of
from exr_inspector_app.text.format import pluralize


def add(inside: Any) -> None:
    """The words of the command."""
    text = "write the published files to a table, one row a file, without vectors"
    parser = inside.add_parser("export", help=text, description=text)
    parser.set_defaults(run=_export)
    parser.add_argument("out", metavar="OUT.csv|OUT.parquet", type=Path)
    add_target(parser)
    add_where(parser)


def _export(parsed: argparse.Namespace) -> int:
    count = core_of(parsed).export(parsed.out, where_of(parsed))
    say(f"{pluralize(count, 'file')} written to {parsed.out}")
    return 0
