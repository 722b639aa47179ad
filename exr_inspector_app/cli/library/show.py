"""`library show`: one published file as the library has it; the file itself is not read."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.summary import summary
from exr_inspector_app.cli.terminal import add_target, core_of, out
from exr_inspector_app.errors import KnownError
from exr_inspector_app.model import from_payload
from exr_inspector_app.persistence.rows.decode import payload_of
from exr_inspector_app.text.escape import escape_control


def add(inside: Any) -> None:
    """The words of the command."""
    parser = inside.add_parser("show", help="show one published file as the library has it")
    parser.set_defaults(run=_show)
    parser.add_argument("name", metavar="FILE_ID|PATH", help="a file_id, a path, or a sequence (beauty.####.exr)")
    parser.add_argument("--json", action="store_true", help="its inspection payload and its columns in the library")
    add_target(parser)


def _show(parsed: argparse.Namespace) -> int:
    stored = core_of(parsed).published(parsed.name)
    if stored is None:
        raise KnownError(f"{parsed.name} is not published; `library list` tells what is.")
    payload = payload_of(stored)
    if parsed.json:
        out(json.dumps({"library": dict(stored.file), "payload": payload}, indent=2))
        return 0
    file = stored.file
    out(summary(from_payload(payload)))
    out(escape_control(f"  published {file['inspection_timestamp'][:19]} by {file['published_by'] or 'nobody named'}"))
    out(
        f"  file_id {file['file_id']}, inspected {file['inspection_count']:,} times, last {file['last_inspected'][:19]}"
    )
    for row in stored.attributes:
        value = row["attribute_value"] if row["value_text"] is None else row["value_text"]
        out(escape_control(f"  {row['attribute_name']} ({row['attribute_type']}): {value[:200]}"))
    return 0
