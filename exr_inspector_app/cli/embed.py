"""`embed`: the vectors of files."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app.cli.terminal import core_of, files, line, say_problems


def add(commands: Any) -> None:
    """The words of the command."""
    text = "Compute the embeddings of files."
    parser = commands.add_parser("embed", help=text, description=text)
    parser.set_defaults(run=_embed)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--jsonl", action="store_true", required=True, help="one file a line")


def _embed(parsed: argparse.Namespace) -> int:
    failed = False
    for file, event in files(core_of(parsed).inspect(parsed.paths, known=False)):
        record = event.record if event else None
        if record is None:
            failed = True
            line({"path": file.path, "errors": [problem._asdict() for problem in file.errors]})
            say_problems(file)
            continue
        vectors = {
            "metadata_embedding": record.metadata_embedding.tolist(),
            "channel_fingerprint": record.channel_fingerprint.tolist(),
        }
        line({"path": file.path, **vectors})
    return int(failed)
