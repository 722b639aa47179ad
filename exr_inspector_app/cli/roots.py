"""Subcommands `roots` and `rekey` of `vast` and `library`: the path map of a target, and the keys that follow."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exr_inspector_app.cli.options.target_arguments import add_target, create_backend
from exr_inspector_app.cli.output.terminal import print_message, print_result
from exr_inspector_app.config import format_roots, read_roots
from exr_inspector_app.contracts import RekeyedRange
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.path_roots import change_roots, describe_change, present_roots
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

_STOPPED = "Stopped. Moved files keep their new keys; run `rekey --apply` to continue."


def add_roots(subcommands: Any, target: str | None = None) -> None:
    """Add the subcommand `roots` to the parser, for a fixed target or with --target."""
    text = "print the roots that give files their keys, as TOML, or set them"
    parser = subcommands.add_parser("roots", help=text, description=text)
    _add_target(parser, target)
    parser.add_argument("--set", type=Path, metavar="FILE", help="set the [[roots]] of a TOML file")
    parser.add_argument("--rekey", action="store_true", help="with --set, give published files the keys that follow")
    parser.add_argument("--json", action="store_true", help="print a JSON list")
    parser.set_defaults(run=_roots, stopped=_STOPPED)


def add_rekey(subcommands: Any, target: str | None = None) -> None:
    """Add the subcommand `rekey` to the parser, for a fixed target or with --target."""
    text = "show which published files get another key under the present roots, and with --apply move them"
    parser = subcommands.add_parser("rekey", help=text, description=text)
    _add_target(parser, target)
    parser.add_argument("--apply", action="store_true", help="write the new keys")
    parser.add_argument(
        "--from", dest="start", default="", metavar="DIGITS", help="continue at the range that a stopped run reported"
    )
    parser.set_defaults(run=_rekey, stopped=_STOPPED)


def set_roots(store: Store, file: Path, *, rekey: bool = False) -> int:
    """Show the changes, and set the roots of a store from a TOML file; return the exit code."""
    roots, before = read_roots(file), present_roots(store)
    lines = describe_change(before or (), roots)
    for line in lines:
        print_message(line)
    code = _report(change_roots(store, roots, rekey=rekey), is_applied=True) if rekey else 0
    if not rekey:
        list(change_roots(store, roots))
    print_message(f"{pluralize(len(roots), 'root')} set in {store.target}.")
    return code


def _add_target(parser: argparse.ArgumentParser, target: str | None) -> None:
    if target is None:
        add_target(parser)
    else:
        parser.set_defaults(target=target)


def _roots(parsed: argparse.Namespace) -> int:
    with create_backend(parsed).store() as store:
        if parsed.set is not None:
            return set_roots(store, parsed.set, rekey=parsed.rekey)
        roots, target = store.roots(), store.target
    if parsed.json:
        rows = [{"name": root.name, "prefixes": root.prefixes, "fold_case": root.fold_case} for root in roots or ()]
        print_result(json.dumps(rows, indent=2))
    elif roots is None:
        print_message(f"{target} has no roots: those of the settings of each user count. Set them with --set FILE.")
    else:
        print_result(format_roots(roots))
    return 0


def _rekey(parsed: argparse.Namespace) -> int:
    with create_backend(parsed).store() as store:
        if store.roots() is None:
            print_message(f"{store.target} has no roots, so every key is the path of its file.")
        ranges = store.rekey(start=parsed.start.lower(), apply=parsed.apply)
        return _report(ranges, is_applied=parsed.apply)


def _report(ranges: Iterable[RekeyedRange], *, is_applied: bool) -> int:
    """Print each range and the totals; return 1 if files keep their old key for now."""
    files = moved = joined = held = 0
    example = ""
    for item in ranges:
        files, moved = files + item.files, moved + item.moved
        joined, held = joined + item.joined, held + item.held
        example = example or item.example
        if item.ranges > 1:
            counts = f"{pluralize(item.files, 'file')}, {item.moved:,} with another key"
            print_message(f"{item.first or '0'}: range {item.index:,} of {item.ranges:,}, {counts}")
    if is_applied:
        print_result(f"{pluralize(files, 'file')}, {moved:,} moved to other keys, {joined:,} joined with another file")
    else:
        print_result(
            f"{pluralize(files, 'file')}, {moved:,} would get another key, at least {joined:,} would join another file"
        )
        if moved:
            print_message(escape_control(f"For example {example}. Add --apply to write the new keys."))
    if held:
        print_message(f"{pluralize(held, 'file')} held by another publish; run the command again.")
    return int(bool(held))
