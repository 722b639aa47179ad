"""Subcommand `library duplicates`: equal files on disk and the bytes that could be freed; nothing is deleted."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.options.target_arguments import add_search, add_target, create_backend, parse_filter
from exr_inspector_app.cli.output.terminal import print_message, print_result
from exr_inspector_app.services.duplicates import Duplicates, find_duplicates
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add_duplicates(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    text = "list equal files on disk, and the bytes that could be freed; nothing is deleted"
    parser = subcommands.add_parser("duplicates", help=text, description=text)
    parser.set_defaults(run=_duplicates, stopped="Stopped. Some duplicates may be missing.")
    parser.add_argument("--quick", action="store_true", help="compare header and size only; contents may differ")
    parser.add_argument("--json", action="store_true", help="a list of groups of equal files")
    add_target(parser)
    add_search(parser)


def _duplicates(parsed: argparse.Namespace) -> int:
    where, backend = parse_filter(parsed), create_backend(parsed)
    with backend.store() as store:
        groups = sorted(
            find_duplicates(store, where, backend.config.roots, reads=not parsed.quick),
            key=lambda group: (-group.freed_bytes, group.paths),
        )
    if parsed.json:
        print_result(json.dumps(list(map(_group_json, groups)), indent=2))
        return 0
    for group in groups:
        print_result(f"{pluralize(len(group.paths), 'file')} of {group.size_bytes:,} bytes, {_basis(group)}")
        for path in group.paths:
            print_result(f"  {escape_control(path)}")
    freed = sum(group.freed_bytes for group in groups)
    verb = "could" if not parsed.quick else "might"
    print_message(f"{pluralize(len(groups), 'group')} of duplicates; {freed:,} bytes {verb} be freed")
    return 0


def _basis(group: Duplicates) -> str:
    return "equal contents" if group.is_compared else "equal header and size, contents not compared"


def _group_json(group: Duplicates) -> dict[str, Any]:
    compared = "contents" if group.is_compared else "header and size"
    return {
        "size_bytes": group.size_bytes,
        "freed_bytes": group.freed_bytes,
        "compared": compared,
        "paths": list(group.paths),
    }
