"""`publish`: files into a store, each once however often it is published."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from exr_inspector_app.cli.terminal import Bar, InOrder, add_target, core_of, line, out, say
from exr_inspector_app.contracts import (
    Event,
    Finished,
    Found,
    Inspected,
    Plan,
    Planned,
    PlanStatus,
    Previewed,
    Progress,
    Published,
    PublishResult,
    Unreadable,
    not_persisted,
)
from exr_inspector_app.previews import Candidate, candidate
from exr_inspector_app.report import plain, sentence
from exr_inspector_app.wiring import Core


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
    order, bar = InOrder(), Bar()
    last = Finished(0, 0, False)
    ready: Iterator[tuple[str, PublishResult]] = iter(())
    published: list[Candidate] = []
    for event in _noting(core.ingest(parsed.paths), published):
        match event:
            case Found():
                order.found(event)
            case Inspected(_, file, _) if file.is_complete is False and not file.errors:
                bar.clear()
                say(f"{file.path}: this file is not finished; publish it again when it is.")
            case Published(index, path, result):
                ready = order.done(index, (path, result))
            case Unreadable(path, _, message):
                ready = order.unreadable((path, not_persisted(message)))
            case Progress():
                bar.show(event)
            case Finished():
                last = event
        for path, result in ready:
            bar.clear()
            _tell_result(path, result, parsed.jsonl)
    bar.clear()
    counts = last.counts
    say(
        f"{counts['inserted']:,} added, {counts['present']:,} already there, {counts['failed']:,} failed "
        f"({core.target}, {core.place})"
    )
    unseen = _previews(core, published) if parsed.previews else 0
    return int(bool(last.failed or unseen))


def _noting(events: Iterator[Event], into: list[Candidate]) -> Iterator[Event]:
    """The events, with what the pass over the pixels needs of each sound file noted."""
    for event in events:
        if isinstance(event, Inspected) and event.record is not None:
            into.append(candidate(event.record))
        yield event


def _previews(core: Core, published: list[Candidate]) -> int:
    """The pass over the pixels; returns how many pictures could not be made."""
    bar, last = Bar(), Finished(0, 0, False)
    for event in core.make_previews(published):
        match event:
            case Previewed(_, path, str(error)):
                bar.clear()
                say(f"{path}: {error}")
            case Progress():
                bar.show(event)
            case Finished():
                last = event
    bar.clear()
    say(f"{last.done:,} previews added, {last.failed:,} failed")
    return last.failed


def _tell_result(path: str, result: PublishResult, jsonl: bool) -> None:
    if jsonl:
        line({"path": path, **result.as_dict()})
    elif result.error:
        say(f"{path}: {result.error}")


def _dry_run(core: Core, parsed: argparse.Namespace) -> int:
    plans: list[Plan] = []
    failed = 0
    for event in core.inspect(parsed.paths):
        match event:
            case Planned(plan):
                plans.append(plan)
            case Inspected(_, file, None):
                failed += 1
                say(f"{file.path}: {sentence(file.errors[0])}")
            case Unreadable(path, _, message):
                failed += 1
                say(f"{path}: {message}")
    for item in (item for plan in plans for item in plan.items):
        path = item.record.payload["file"]["path"]
        if parsed.jsonl:
            line({"path": path, "plan": item.status.value, "is_incomplete": item.is_incomplete})
        else:
            out(f"{item.status.value}: {plain(path)}" + (" (not finished)" if item.is_incomplete else ""))
    counts = [f"{sum(plan.count(one) for plan in plans):,} {one.value}" for one in PlanStatus]
    say(f"{', '.join(counts)}, {failed:,} failed; nothing was written")
    return int(bool(failed))
