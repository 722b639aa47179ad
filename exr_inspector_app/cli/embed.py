"""Command `embed`: compute embedding vectors of files."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app.cli.options.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.options.target_arguments import create_backend
from exr_inspector_app.cli.output.terminal import JsonRows, inspected_files, print_problems


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Compute the embeddings of files."
    parser = commands.add_parser("embed", help=text, description=text)
    parser.set_defaults(run=_embed)
    add_paths(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list of objects, one per file")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per line (default)")


def _embed(parsed: argparse.Namespace) -> int:
    failed = False
    parsed.jsonl = not parsed.json
    rows = JsonRows(parsed)
    for file, event in inspected_files(create_backend(parsed).inspect(parse_paths(parsed), with_plan=False)):
        record = event.record if event else None
        if record is None:
            failed = True
            rows.add({"path": file.path, "errors": [problem._asdict() for problem in file.errors]})
            print_problems(file)
            continue
        vectors = {
            "metadata_embedding": record.metadata_embedding.tolist(),
            "channel_fingerprint": record.channel_fingerprint.tolist(),
        }
        rows.add({"path": file.path, **vectors})
    rows.finish()
    return int(failed)
