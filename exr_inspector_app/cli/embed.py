"""Command `embed`: compute embedding vectors of files."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app.cli.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.terminal import create_backend, inspected_files, print_json_line, print_problems


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Compute the embeddings of files."
    parser = commands.add_parser("embed", help=text, description=text)
    parser.set_defaults(run=_embed)
    add_paths(parser)
    parser.add_argument("--jsonl", action="store_true", required=True, help="one JSON object per line")


def _embed(parsed: argparse.Namespace) -> int:
    failed = False
    for file, event in inspected_files(create_backend(parsed).inspect(parse_paths(parsed), with_plan=False)):
        record = event.record if event else None
        if record is None:
            failed = True
            print_json_line({"path": file.path, "errors": [problem._asdict() for problem in file.errors]})
            print_problems(file)
            continue
        vectors = {
            "metadata_embedding": record.metadata_embedding.tolist(),
            "channel_fingerprint": record.channel_fingerprint.tolist(),
        }
        print_json_line({"path": file.path, **vectors})
    return int(failed)
