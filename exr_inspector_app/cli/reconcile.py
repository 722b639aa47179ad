"""Command `reconcile`: compare files with the published ones, and publish the missing ones."""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from exr_inspector_app.cli.backfill import show_events
from exr_inspector_app.cli.options.source_arguments import add_source, parse_source
from exr_inspector_app.cli.options.target_arguments import add_target, create_backend
from exr_inspector_app.cli.output.terminal import print_json_line, print_message, print_result
from exr_inspector_app.contracts import Event, FilePublished, PathUnreadable, StoreWaiting
from exr_inspector_app.errors import UsageError
from exr_inspector_app.services.path_roots import disagreement
from exr_inspector_app.text.escape import escape_control

if TYPE_CHECKING:
    from exr_inspector_app.backfill.reconcile import Difference


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Compare files with the published ones by path, size and date: new, changed, gone."
    parser = commands.add_parser("reconcile", help=text, description=text)
    stopped = "Stopped. Published files stay published; run the command again to continue."
    parser.set_defaults(run=_reconcile, stopped=stopped)
    add_source(parser)
    add_target(parser)
    parser.add_argument("--apply", action="store_true", help="publish new and changed files, and mark those gone")
    parser.add_argument("--remove", action="store_true", help="with --apply: remove the entries of files that are gone")
    parser.add_argument("--jsonl", action="store_true", help="one JSON object per difference")


def _reconcile(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.backfill.reconcile import Difference, Reconciler, Status, reconcile

    if parsed.remove and not parsed.apply:
        raise UsageError("--remove needs --apply.")
    backend = create_backend(parsed)
    source, scope = parse_source(parsed, backend)
    counts, failed = Counter[Status](), 0
    with backend.store() as store:
        if note := disagreement(store, backend.config, backend.where):
            print_message(note)
        if parsed.apply:
            store.require_writable()
        with closing(Reconciler(backend, store, source, scope)) as reconciler:
            for event in reconcile(reconciler, apply=parsed.apply, remove=parsed.remove):
                if isinstance(event, Difference):
                    counts[event.status] += 1
                    _print_difference(event, parsed.jsonl)
                else:
                    failed += _show_failure(event)
    if reconciler.is_empty:
        print_message("No EXR file is listed, so no published file counts as gone. Is the storage mounted?")
    totals = ", ".join(f"{counts[status]:,} {status.value}" for status in Status)
    print_message(f"{totals}, {failed:,} failed{'' if parsed.apply else '; nothing was written (--apply)'}")
    return int(bool(failed))


def _print_difference(item: Difference, jsonl: bool) -> None:
    if jsonl:
        print_json_line({"status": item.status.value, "path": item.path, "file_id": item.file_id or None})
    else:
        print_result(f"{item.status.value}: {escape_control(item.path)}")


def _show_failure(event: Event) -> bool:
    """Show the failure of a file or a folder, or the wait for a store; return True for a failure."""
    match event:
        case FilePublished(_, path, result) if result.status == "error":
            print_message(f"{path}: {result.error}")
            return True
        case PathUnreadable():
            show_events([event])
            return True
        case StoreWaiting():
            show_events([event])
    return False
