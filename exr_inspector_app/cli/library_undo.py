"""Command `library undo`: remove the files that one publish added and no other publish has contained since."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.output.terminal import add_target, create_backend, print_message, print_result
from exr_inspector_app.text.format import pluralize


def add_undo(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    text = "remove the files that a publish added and no other publish has contained since"
    parser = subcommands.add_parser("undo", help=text, description=text)
    parser.set_defaults(run=_undo)
    text = "as `publish` prints it, and as `library list --json` has it"
    parser.add_argument("publish_id", metavar="PUBLISH_ID", help=text)
    parser.add_argument("--json", action="store_true", help="publish_id, target and the number of removed files")
    add_target(parser)


def _undo(parsed: argparse.Namespace) -> int:
    with create_backend(parsed).store() as store:
        count, target = store.undo(parsed.publish_id), store.target
    if parsed.json:
        print_result(json.dumps({"publish_id": parsed.publish_id, "target": parsed.target, "removed": count}, indent=2))
    else:
        print_message(f"{pluralize(count, 'file')} removed from {target}")
    if not count:
        print_message(f"Nothing is left of the publish {parsed.publish_id}, or its files were published again since.")
    return int(not count)
