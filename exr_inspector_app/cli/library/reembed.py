"""`library reembed`: embeddings of an older version are made anew from what is stored, without the files."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app.cli.terminal import add_target, core_of, out, say
from exr_inspector_app.text.format import pluralize


def add(inside: Any) -> None:
    """The words of the command."""
    parser = inside.add_parser("reembed", help="make embeddings of an older version anew, without the files")
    stopped = "Stopped. What was made anew stays so; run the same command again for the rest."
    parser.set_defaults(run=_reembed, stopped=stopped)
    add_target(parser)


def _reembed(parsed: argparse.Namespace) -> int:
    core = core_of(parsed)
    done = 0
    for done in core.reembed():
        say(pluralize(done, "file"))
    out(f"Embeddings of {pluralize(done, 'file')} made anew ({core.target})")
    for sentence in core.notes():
        say(sentence)
    return 0
