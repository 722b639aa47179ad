"""What the commands share: words on stderr, progress, results in the order given, and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from exr_inspector_app import config
from exr_inspector_app.cli.summary import sentence
from exr_inspector_app.contracts import Event, FileInspected, FilesFound, Filter, PathUnreadable, Progress
from exr_inspector_app.errors import KnownError, OutputError, UsageError
from exr_inspector_app.exr import unreadable_file
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.services.backend import Backend, Where
from exr_inspector_app.text.escape import escape_control

_MOST = 100_000_000  # of one answer; stores take no number of any size


def guarded(run: Callable[[], int], stopped: str = "Stopped.") -> int:
    """The exit code of a run in which known errors are one sentence; `stopped` is what Ctrl-C is answered with."""
    try:
        code = _run(run, stopped)
        _write("", flush=True)
        return code
    except BrokenPipeError:  # the reader of our output has gone
        _drop_output()
    except OutputError as error:
        _drop_output()
        say(error.sentence)
    return 1


def _run(run: Callable[[], int], stopped: str) -> int:
    try:
        return run()
    except OutputError:
        raise
    except UsageError as error:
        say(error.sentence)
        return 2
    except KnownError as error:
        say(error.sentence)
        return 1
    except KeyboardInterrupt:
        say(stopped)
        return 130


def say(text: str) -> None:
    """Words for the person, on stderr, without control characters."""
    print(escape_control(text), file=sys.stderr)


def say_problems(file: ExrFile) -> None:
    """What is wrong with a file, on stderr, a line each."""
    for problem in file.errors:
        say(f"{file.path}: {sentence(problem)}")


def out(text: str, *, at_once: bool = False) -> None:
    """A result on stdout; raises OutputError where it cannot be written."""
    _write(f"{text}\n", at_once)


def line(row: dict[str, Any]) -> None:
    """One JSON object on a line, at once, so that a reader sees files as they are done."""
    out(json.dumps(row), at_once=True)


def _write(text: str, flush: bool) -> None:
    try:
        print(text, end="", flush=flush)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"The output cannot be written: {error.strerror}.") from error


def _drop_output() -> None:
    """Stdout leads nowhere: what is left to write does not fail once more at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", choices=("local", "vast"), default="local")


def add_where(parser: argparse.ArgumentParser) -> None:
    text = "only files of which this holds, such as compression=dwaa or width>=4096; may be repeated"
    parser.add_argument("--where", action="append", default=[], metavar="CONDITION", help=text)


def count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return min(number, _MOST)


def core_of(parsed: argparse.Namespace) -> Backend:
    return core_on(getattr(parsed, "target", "local"))


def core_on(target: Where) -> Backend:
    """The core over the local library or the VAST Database."""
    return Backend(config.load(), target)


def where_of(parsed: argparse.Namespace) -> Filter:
    """The conditions that were given with --where."""
    from exr_inspector_app.persistence.query.filter_parser import (
        parse_where,  # Arrow takes 40 ms: only when it is needed
    )

    return tuple(parse_where(text) for text in parsed.where)


class OrderedOutput:
    """Puts results that come as they are done back into the order in which their files were given."""

    def __init__(self) -> None:
        self._slots: list[Any] = []
        self._place: list[int] = []  # of each found file among the slots
        self._next = 0

    def found(self, event: FilesFound) -> None:
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


class ProgressBar:
    """The progress line of a terminal; nothing where stderr is none."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._shown = False

    def show(self, event: Progress) -> None:
        if not self._on:
            return
        filled = 24 * event.done // max(event.total, 1)
        left = "" if event.seconds_left is None else f", {event.seconds_left:.0f} s left"
        unit = {"compare": "rows", "preview": "previews"}.get(event.what, "files")
        bar = "█" * filled + "░" * (24 - filled)
        text = f"{bar} {event.done:,} of {event.total:,}, {event.per_second:,.0f} {unit}/s{left}"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False


def files(events: Iterator[Event]) -> Iterator[tuple[ExrFile, FileInspected | None]]:
    """The inspected files in the order given, with the progress shown meanwhile."""
    order, bar = OrderedOutput(), ProgressBar()
    for event in events:
        match event:
            case FilesFound():
                order.found(event)
            case FileInspected(index, file, _):
                bar.clear()
                yield from order.done(index, (file, event))
            case PathUnreadable(path, code, message):  # in the form of a file, so that it has its line too
                bar.clear()
                yield from order.unreadable((unreadable_file(path, Problem(code, message)), None))
            case Progress():
                bar.show(event)
    bar.clear()
