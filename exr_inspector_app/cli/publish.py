"""`publish`: files into a store, each once however often it is published."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import Any

from exr_inspector_app.cli.summary import sentence
from exr_inspector_app.cli.terminal import OrderedOutput, ProgressBar, add_target, core_of, line, out, say
from exr_inspector_app.contracts import (
    Event,
    FileInspected,
    FilePublished,
    FilesFound,
    PathUnreadable,
    PlanItem,
    PlanReady,
    PlanStatus,
    PreviewStored,
    Progress,
    PublishResult,
    RunFinished,
    not_persisted,
)
from exr_inspector_app.exr import unreadable_file
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.preview_generator import Candidate, to_candidate
from exr_inspector_app.text.escape import escape_control


def add(commands: Any) -> None:
    """The words of the command."""
    text = "Publish the metadata of files; publishing twice adds nothing."
    parser = commands.add_parser("publish", help=text, description=text)
    stopped = "Stopped. What was published before stays published; run the same command again for the rest."
    parser.set_defaults(run=_publish, stopped=stopped)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--jsonl", action="store_true", help="one result a line")
    text = "afterwards read the pixels of one frame a sequence, for thumbnails and for similar --by look"
    parser.add_argument("--previews", action="store_true", help=text)
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, write nothing")
    add_target(parser)


def _publish(parsed: argparse.Namespace) -> int:
    core = core_of(parsed)
    if parsed.dry_run:
        return _dry_run(core, parsed)
    order, bar = OrderedOutput(), ProgressBar()
    last = RunFinished(0, 0, False)
    ready: Iterator[tuple[str, PublishResult]] = iter(())
    published: list[Candidate] = []
    for event in _noting(core.ingest(parsed.paths), published):
        match event:
            case FilesFound():
                order.found(event)
            case FileInspected(_, file, _) if file.is_complete is False and not file.errors:
                bar.clear()
                say(f"{file.path}: this file is not finished; publish it again when it is.")
            case FilePublished(index, path, result):
                ready = order.done(index, (path, result))
            case PathUnreadable(path, _, message):
                ready = order.unreadable((path, not_persisted(message)))
            case Progress():
                bar.show(event)
            case RunFinished():
                last = event
        for path, result in ready:
            bar.clear()
            _tell_result(path, result, parsed.jsonl)
    bar.clear()
    counts = last.counts
    say(
        f"{counts['inserted']:,} added, {counts['present']:,} already there, {counts['failed']:,} failed "
        f"({core.target}, {core.location})"
    )
    unseen = _previews(core, published) if parsed.previews else 0
    return int(bool(last.failed or unseen))


def _noting(events: Iterator[Event], into: list[Candidate]) -> Iterator[Event]:
    """The events, with what the pass over the pixels needs of each sound file noted."""
    for event in events:
        if isinstance(event, FileInspected) and event.record is not None:
            into.append(to_candidate(event.record))
        yield event


def _previews(core: Backend, published: list[Candidate]) -> int:
    """The pass over the pixels; returns how many pictures could not be made."""
    bar, last = ProgressBar(), RunFinished(0, 0, False)
    for event in core.make_previews(published):
        match event:
            case PreviewStored(_, path, str(error)):
                bar.clear()
                say(f"{path}: {error}")
            case Progress():
                bar.show(event)
            case RunFinished():
                last = event
    bar.clear()
    say(f"{last.done:,} previews added, {last.failed:,} failed")
    return last.failed


def _tell_result(path: str, result: PublishResult, jsonl: bool) -> None:
    if jsonl:
        line({"path": path, **result.as_dict()})
    elif result.error:
        say(f"{path}: {result.error}")


def _dry_run(core: Backend, parsed: argparse.Namespace) -> int:
    """What publishing would do with each file, in the order given; one that cannot be read has its line too."""
    order, counts, failed = OrderedOutput(), Counter[PlanStatus](), 0
    places: dict[int, int] = {}  # of each record that waits for its plan
    for event in core.inspect(parsed.paths):
        ready: list[PlanItem | ExrFile] = []
        match event:
            case FilesFound():
                order.found(event)
            case FileInspected(index, file, None):
                failed += 1
                ready += order.done(index, file)
            case FileInspected(index, _, record):
                places[id(record)] = index
            case PathUnreadable(path, code, message):
                failed += 1
                ready += order.unreadable(unreadable_file(path, Problem(code, message)))
            case PlanReady(plan):
                counts.update(item.status for item in plan.items)
                for item in plan.items:
                    ready += order.done(places.pop(id(item.record)), item)
        for one in ready:
            _tell_plan(one, parsed.jsonl)
    told = [f"{counts[one]:,} {one.value}" for one in PlanStatus]
    say(f"{', '.join(told)}, {failed:,} failed; nothing was written")
    return int(bool(failed))


def _tell_plan(one: PlanItem | ExrFile, jsonl: bool) -> None:
    """The plan of one file, or why it has none."""
    if isinstance(one, ExrFile):
        if jsonl:
            line({"path": one.path, "errors": [problem._asdict() for problem in one.errors]})
        say(f"{one.path}: {sentence(one.errors[0])}")
        return
    path = one.record.payload["file"]["path"]
    if jsonl:
        line({"path": path, "plan": one.status.value, "is_incomplete": one.is_incomplete})
    else:
        out(f"{one.status.value}: {escape_control(path)}" + (" (not finished)" if one.is_incomplete else ""))
