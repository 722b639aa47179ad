"""The command line: what is asked for, and how the pipeline's events are told on a terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from exr_inspector_app import __version__, config
from exr_inspector_app.contracts import (
    Event,
    Finished,
    Found,
    Inspected,
    Plan,
    Planned,
    PlanStatus,
    Progress,
    Published,
    PublishResult,
    Query,
    Unreadable,
)
from exr_inspector_app.errors import KnownError, UsageError
from exr_inspector_app.model import ExrFile, Payload, Problem, payload
from exr_inspector_app.persistence.filters import parse_where
from exr_inspector_app.report import plain, summary
from exr_inspector_app.wiring import Core

COMMANDS = ("inspect", "embed", "publish", "similar", "library")


def is_command(words: list[str]) -> bool:
    """True where the first word names a command; such a word wins over a file of that name."""
    return bool(words) and words[0] in COMMANDS


def main(words: list[str]) -> int:
    """One command, run; its exit code."""
    parsed = _parser().parse_args(words)
    return guarded(lambda: int(parsed.run(parsed)))


def guarded(run: Callable[[], int]) -> int:
    """The exit code of a run in which known errors are one sentence and Ctrl-C is no accident."""
    try:
        return run()
    except UsageError as error:
        say(error.sentence)
        return 2
    except KnownError as error:
        say(error.sentence)
        return 1
    except KeyboardInterrupt:
        say("Stopped. What was published before stays published; run the same command again for the rest.")
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; point stdout at nothing so that the exit is silent too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def say(text: str) -> None:
    """Words for the person, on stderr, without control characters."""
    print(plain(text), file=sys.stderr)


def window_parser() -> argparse.ArgumentParser:
    """The words that open the window."""
    parser = argparse.ArgumentParser(
        prog="exr-inspector",
        description="See everything that is in OpenEXR files, publish their metadata, find similar ones.",
        epilog=f"Commands: {', '.join(COMMANDS)}; `exr-inspector COMMAND --help` tells of each.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or beauty.####.exr")
    parser.add_argument("--screenshot", metavar="OUT.png", help="render the window to a picture and leave")
    parser.add_argument("--version", action="version", version=f"exr-inspector {__version__}")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exr-inspector")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    inspect = command("inspect", _inspect, "Tell what is in files.")
    inspect.add_argument("paths", nargs="+", metavar="PATH")
    form = inspect.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one payload, or a list for several files")
    form.add_argument("--jsonl", action="store_true", help="one payload a line")

    embed = command("embed", _embed, "Compute the embeddings of files.")
    embed.add_argument("paths", nargs="+", metavar="PATH")
    embed.add_argument("--jsonl", action="store_true", required=True, help="one file a line")

    publish = command("publish", _publish, "Publish the metadata of files; publishing twice adds nothing.")
    publish.add_argument("paths", nargs="+", metavar="PATH")
    publish.add_argument("--jsonl", action="store_true", help="one result a line")
    publish.add_argument("--dry-run", action="store_true", help="tell what would happen, write nothing")
    _add_target(publish)

    similar = command("similar", _similar, "Find published files that are like one file.")
    similar.add_argument("path", metavar="PATH")
    similar.add_argument("--by", choices=("metadata", "channels"), default="metadata")
    similar.add_argument("--limit", type=_count, default=20, metavar="N", help="sequences to show (20)")
    similar.add_argument("--json", action="store_true")
    _add_target(similar)
    _add_where(similar)

    library = commands.add_parser("library", help="Look into the library.")
    inside = library.add_subparsers(required=True, metavar="list|check")
    listed = inside.add_parser("list", help="list published files, newest first")
    listed.set_defaults(run=_library_list)
    listed.add_argument("--limit", type=_count, default=1000, metavar="N", help="files to show (1000)")
    listed.add_argument("--json", action="store_true")
    _add_where(listed)
    checked = inside.add_parser("check", help="tell what is in the library and what is wrong with it")
    checked.set_defaults(run=_library_check)
    return parser


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", choices=("local", "vast"), default="local")


def _add_where(parser: argparse.ArgumentParser) -> None:
    text = "only files of which this holds, such as compression=dwaa or width>=4096; may be repeated"
    parser.add_argument("--where", action="append", default=[], metavar="CONDITION", help=text)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _core(parsed: argparse.Namespace) -> Core:
    return Core(config.load(), getattr(parsed, "target", "local"))


class _InOrder:
    """Puts results that come as they are done back into the order in which their files were given."""

    def __init__(self) -> None:
        self._slots: list[Any] = []
        self._place: list[int] = []  # of each found file among the slots
        self._next = 0

    def found(self, event: Found) -> None:
        for _ in event.paths:
            self._place.append(len(self._slots))
            self._slots.append(None)

    def unreadable(self, result: object) -> Iterator[Any]:
        self._slots.append(result)
        yield from self._ready()

    def done(self, index: int, result: object) -> Iterator[Any]:
        self._slots[self._place[index]] = result
        yield from self._ready()

    def _ready(self) -> Iterator[Any]:
        while self._next < len(self._slots) and self._slots[self._next] is not None:
            yield self._slots[self._next]
            self._slots[self._next] = None
            self._next += 1


class _Bar:
    """The progress line of a terminal; nothing where stderr is none."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._shown = False

    def show(self, event: Progress) -> None:
        if not self._on:
            return
        filled = 24 * event.done // max(event.total, 1)
        left = "" if event.seconds_left is None else f", {event.seconds_left:.0f} s left"
        bar = "█" * filled + "░" * (24 - filled)
        text = f"{bar} {event.done:,} of {event.total:,}, {event.per_second:,.0f} files/s{left}"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False


def _unreadable_file(event: Unreadable) -> ExrFile:
    """A path that led to no file, in the form of one, so that it has its line too."""
    problem = Problem(event.code, event.message)
    return ExrFile(event.path, None, None, None, None, None, errors=(problem,))


def _files(events: Iterator[Event]) -> Iterator[tuple[ExrFile, Inspected | None]]:
    """The inspected files in the order given, with the progress shown meanwhile."""
    order, bar = _InOrder(), _Bar()
    for event in events:
        match event:
            case Found():
                order.found(event)
            case Inspected(index, file, _):
                bar.clear()
                yield from order.done(index, (file, event))
            case Unreadable():
                bar.clear()
                yield from order.unreadable((_unreadable_file(event), None))
            case Progress():
                bar.show(event)
    bar.clear()


def _inspect(parsed: argparse.Namespace) -> int:
    failed = False
    collected: list[Payload] = []
    for file, _ in _files(_core(parsed).inspect(parsed.paths, known=False)):
        failed |= bool(file.errors)
        if parsed.json:
            collected.append(payload(file))
        elif parsed.jsonl:
            _line(payload(file))
        else:
            print(summary(file))
        for problem in file.errors:
            say(f"{file.path}: {problem.message}")
    if parsed.json:
        print(json.dumps(collected[0] if len(collected) == 1 else collected, indent=2))
    return int(failed)


def _embed(parsed: argparse.Namespace) -> int:
    failed = False
    for file, event in _files(_core(parsed).inspect(parsed.paths, known=False)):
        record = event.record if event else None
        if record is None:
            failed = True
            _line({"path": file.path, "errors": [problem._asdict() for problem in file.errors]})
            for problem in file.errors:
                say(f"{file.path}: {problem.message}")
            continue
        vectors = {
            "metadata_embedding": record.metadata_embedding.tolist(),
            "channel_fingerprint": record.channel_fingerprint.tolist(),
        }
        _line({"path": file.path, **vectors})
    return int(failed)


def _publish(parsed: argparse.Namespace) -> int:
    core = _core(parsed)
    if parsed.dry_run:
        return _dry_run(core, parsed)
    order, bar = _InOrder(), _Bar()
    last = Finished(0, 0, False)
    ready: Iterator[tuple[str, PublishResult]] = iter(())
    for event in core.ingest(parsed.paths):
        match event:
            case Found():
                order.found(event)
            case Inspected(_, file, _) if file.is_complete is False and not file.errors:
                bar.clear()
                say(f"{file.path}: this file is not finished; publish it again when it is.")
            case Published(index, path, result):
                ready = order.done(index, (path, result))
            case Unreadable(path, _, message):
                result = PublishResult("error", None, False, "File not persisted", message)
                ready = order.unreadable((path, result))
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
    return int(bool(last.failed))


def _tell_result(path: str, result: PublishResult, jsonl: bool) -> None:
    if jsonl:
        _line({"path": path, **result.as_dict()})
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
                say(f"{file.path}: {file.errors[0].message}")
            case Unreadable(path, _, message):
                failed += 1
                say(f"{path}: {message}")
    for item in (item for plan in plans for item in plan.items):
        path = item.record.payload["file"]["path"]
        if parsed.jsonl:
            _line({"path": path, "plan": item.status.value, "is_incomplete": item.is_incomplete})
        else:
            print(f"{item.status.value}: {plain(path)}" + (" (not finished)" if item.is_incomplete else ""))
    counts = [f"{sum(plan.count(one) for plan in plans):,} {one.value}" for one in PlanStatus]
    say(f"{', '.join(counts)}, {failed:,} failed; nothing was written")
    return int(bool(failed))


def _similar(parsed: argparse.Namespace) -> int:
    core = _core(parsed)
    where = tuple(parse_where(text) for text in parsed.where)
    file, record = core.record(parsed.path)
    if record is None:
        raise KnownError(f"{file.path}: {file.errors[0].message}")
    hits = core.similar(Query(record, parsed.by, parsed.limit, where))
    if parsed.json:
        names = ("file_id", "file_path", "score")
        rows = [
            {name: getattr(hit, name) for name in names}
            | {"band": hit.band.value, "reasons": hit.reasons, "sequence_count": hit.sequence_count}
            for hit in hits
        ]
        head = {"query": file.path, "target": parsed.target, "by": parsed.by}
        print(json.dumps({**head, "hits": rows}, indent=2))
        return 0
    for hit in hits:
        frames = f" ({hit.sequence_count:,} files)" if hit.sequence_count > 1 else ""
        print(f"{100 * hit.score:5.1f} %  {hit.band.value:<13}  {plain(hit.file_path)}{frames}")
        print(f"{'':24}{plain(', '.join(hit.reasons))}")
    if not hits:
        say(f"Nothing is published in {core.target} that could be compared; publish some files first.")
    return 0


def _library_list(parsed: argparse.Namespace) -> int:
    where = tuple(parse_where(text) for text in parsed.where)
    rows = _core(parsed).find(where, limit=parsed.limit)
    if parsed.json:
        print(json.dumps([dict(row.file) for row in rows], indent=2))
        return 0
    for row in rows:
        file = row.file
        size = f"{file['width']} × {file['height']}" if file["width"] else "no data window"
        facts = f"{size}, {file['channel_count']} channels, {file['compression']}"
        print(f"{file['inspection_timestamp'][:19]}  {plain(file['file_path'])}  {plain(facts)}")
    return 0


def _library_check(parsed: argparse.Namespace) -> int:
    report = _core(parsed).check()
    print(f"{report.target}: {report.files:,} files, schema version {report.schema_version}")
    for sentence in (*report.notes, *report.problems):
        print(plain(sentence))
    if report.repaired:
        print(f"{report.repaired:,} rows were mended")
    return int(bool(report.problems))


def _line(row: dict[str, Any]) -> None:
    """One JSON object on a line, at once, so that a reader sees files as they are done."""
    print(json.dumps(row), flush=True)
