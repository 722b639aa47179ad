"""Command `library undo`: list publishes, or remove the files that one added and no other has contained since."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from exr_inspector_app.cli.options.number_arguments import parse_count
from exr_inspector_app.cli.options.target_arguments import add_target, create_backend
from exr_inspector_app.cli.output.terminal import print_message, print_result
from exr_inspector_app.contracts import PublishSummary
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add_undo(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    text = "remove the files that a publish added and no other publish has contained since"
    parser = subcommands.add_parser("undo", help=text, description=text)
    parser.set_defaults(run=_undo)
    text = "as `publish` prints it; without one, the newest publishes are listed and nothing is removed"
    parser.add_argument("publish_id", metavar="PUBLISH_ID", nargs="?", help=text)
    text = "publish_id, target and the number of removed files; without PUBLISH_ID a list of publishes"
    parser.add_argument("--json", action="store_true", help=text)
    parser.add_argument("--limit", type=parse_count, default=20, metavar="N", help="publishes to list (20)")
    add_target(parser)


def _undo(parsed: argparse.Namespace) -> int:
    backend = create_backend(parsed)
    if parsed.publish_id is None:
        return _list_publishes(backend, parsed)
    with backend.store() as store:
        count, target = store.undo(parsed.publish_id), store.target
    if parsed.json:
        print_result(json.dumps({"publish_id": parsed.publish_id, "target": parsed.target, "removed": count}, indent=2))
    else:
        print_message(f"{pluralize(count, 'file')} removed from {target}")
    if not count:
        print_message(f"Nothing is left of the publish {parsed.publish_id}, or its files were published again since.")
    return int(not count)


def _list_publishes(backend: Backend, parsed: argparse.Namespace) -> int:
    """Print the newest publishes, newest first."""
    with backend.store() as store:
        publishes, target = store.publishes(parsed.limit), store.target
    if parsed.json:
        print_result(json.dumps([asdict(publish) for publish in publishes], indent=2))
        return 0
    for publish in publishes:
        print_result(escape_control(_line(publish)))
    if not publishes:
        print_message(f"No publishes in {target}.")
    return 0


def _line(publish: PublishSummary) -> str:
    kept = publish.files - publish.removable
    stays = f" ({kept:,} also in other publishes)" if kept else ""
    note = f"  “{publish.note}”" if publish.note else ""
    by = publish.published_by or "(unknown publisher)"
    files = pluralize(publish.files, "file")
    return f"{publish.publish_id}  {publish.published_at[:19]}  {files}{stays}  {by}{note}  {publish.path}"
