"""Command `backfill`: publish the files that exist already, in shards, over many processes."""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exr_inspector_app.cli.options.number_arguments import parse_count
from exr_inspector_app.cli.options.source_arguments import add_source, parse_source
from exr_inspector_app.cli.options.target_arguments import add_target, create_backend
from exr_inspector_app.cli.output.terminal import ProgressBar, print_message, print_result
from exr_inspector_app.config.paths import state_folder
from exr_inspector_app.contracts import Event, PathUnreadable, Progress, RunFinished, StoreWaiting
from exr_inspector_app.services.path_roots import disagreement

if TYPE_CHECKING:
    from exr_inspector_app.backfill.engine import Engine

SHARD_FILES = 1000
LOG_INTERVAL_S = 60.0  # between lines of progress where stderr is no terminal


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Publish the files that exist already, in shards. An interrupted backfill continues where it was."
    parser = commands.add_parser("backfill", help=text, description=text)
    stopped = "Stopped. Loaded files stay published; run the command again to continue."
    parser.set_defaults(run=_backfill, stopped=stopped)
    add_source(parser)
    add_target(parser)
    text = "local: processes of this machine; ray: workers of a Ray cluster (pip install 'exr-inspector[cluster]')"
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help=text)
    parser.add_argument("--workers", type=parse_count, metavar="N", help="processes; one per core by default")
    text = "address of the Ray cluster, such as ray://head:10001 or auto; without it, Ray starts on this machine"
    parser.add_argument("--address", default="", help=text)
    text = f"files per transaction (default {SHARD_FILES})"
    parser.add_argument("--shard-files", type=parse_count, default=SHARD_FILES, metavar="N", help=text)
    text = "folder of the shards and their state; for Ray one that all machines share"
    parser.add_argument("--work", type=Path, metavar="FOLDER", help=text)
    parser.add_argument("--json", action="store_true", help="print the counts as one JSON object")


def _backfill(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.backfill.run import backfill
    from exr_inspector_app.backfill.work_folder import WorkFolder

    backend = create_backend(parsed)
    source, _ = parse_source(parsed, backend)
    folder = parsed.work or _default_folder(source.description, backend.location)
    with backend.store() as store:
        stored = store.roots()
        if note := disagreement(store, backend.config, backend.where):
            print_message(note)
    settings = backend.config
    work = WorkFolder(folder, source.description, backend.location, settings.publisher, settings.roots, stored)
    if work.is_resumed:
        print_message(f"Continuing the backfill in {folder}.")
    with closing(_create_engine(parsed)) as engine:
        finished = show_events(backfill(backend, source, work, engine, parsed.shard_files))
    counts = finished.counts
    if parsed.json:
        print_result(json.dumps({**counts, "publish_id": finished.publish_id, "target": backend.location}))
    added, present, failed = counts["inserted"], counts["present"], counts["failed"]
    print_message(f"{added:,} added, {present:,} already there, {failed:,} failed ({backend.location})")
    return int(bool(finished.failed))


def show_events(events: Any) -> RunFinished:
    """Show the progress and the failures of a run on stderr; return its last event."""
    bar, finished, last_line = ProgressBar(), RunFinished(0, 0, False), time.monotonic()
    event: Event
    for event in events:
        match event:
            case PathUnreadable(path, _, message):
                bar.clear()
                print_message(f"{path}: {message}")
            case StoreWaiting(sentence, files, seconds_left):
                bar.clear()
                print_message(f"{sentence} {files:,} files wait; retrying for up to {seconds_left:.0f} s.")
            case Progress():
                bar.show(event)
                if not bar.is_terminal and time.monotonic() - last_line >= LOG_INTERVAL_S:
                    last_line = time.monotonic()
                    left = "" if event.seconds_left is None else f", {event.seconds_left / 60:,.0f} minutes left"
                    print_message(f"{event.done:,} of {event.total:,}, {event.per_second:,.0f} files/s{left}")
            case RunFinished():
                finished = event
    bar.clear()
    return finished


def _create_engine(parsed: argparse.Namespace) -> Engine:
    if parsed.engine == "ray":
        from exr_inspector_app.backfill.ray_engine import RayEngine

        return RayEngine(parsed.workers, parsed.address)
    from exr_inspector_app.backfill.local_engine import LocalEngine

    return LocalEngine(parsed.workers)


def _default_folder(description: str, location: str) -> Path:
    """Return the work folder of a source and a target."""
    name = hashlib.sha256(f"{description}\0{location}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return state_folder() / "backfill" / name
