"""Terminal output shared by the commands: messages, progress bar, results in order, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping

from exr_inspector_app.cli.output.summary import problem_sentence
from exr_inspector_app.config.extras import missing_library_sentence, missing_package_sentence
from exr_inspector_app.contracts import FileInspected, FilesFound, PathUnreadable, Progress
from exr_inspector_app.errors import KnownError, OutputError, UsageError
from exr_inspector_app.exr import unreadable_file
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from exr_inspector_app.contracts import Event

_BAR_CHARS = 24
_is_quiet = False


def run_guarded(run: Callable[[], int], stopped: str = "Stopped.") -> int:
    """Run a command and report expected errors as one sentence each.

    Args:
        run: The command; returns its exit code.
        stopped: The message after Ctrl-C.

    Returns:
        The exit code: that of `run`, 1 after a failure, 2 after wrong usage, 130 after Ctrl-C.
    """
    try:
        code = _run(run, stopped)
        _write("", flush=True)
        return code
    except BrokenPipeError:  # the process that read our output has exited
        _discard_output()
    except OutputError as error:
        _discard_output()
        print_error(error.sentence)
    return 1


def _run(run: Callable[[], int], stopped: str) -> int:
    try:
        return run()
    except OutputError:
        raise
    except UsageError as error:
        print_error(error.sentence)
        return 2
    except KnownError as error:
        print_error(error.sentence)
        return 1
    except ModuleNotFoundError as error:
        sentence = missing_package_sentence(error.name or "")
        if not sentence:
            raise
        print_error(sentence)
        return 1
    except ImportError as error:
        sentence = missing_library_sentence(str(error))
        if not sentence:
            raise
        print_error(sentence)
        return 1
    except KeyboardInterrupt:
        print_message(stopped)
        return 130


def set_quiet(is_quiet: bool) -> None:
    """Print errors alone to stderr, or messages and progress too."""
    global _is_quiet  # of the process, as stderr is
    _is_quiet = is_quiet


def print_message(text: str) -> None:
    """Print a message to stderr, with control characters escaped; nothing with --quiet."""
    if not _is_quiet:
        print_error(text)


def print_error(text: str) -> None:
    """Print the sentence of a failure to stderr, with control characters escaped."""
    print(escape_control(text), file=sys.stderr)


def print_problems(file: ExrFile) -> None:
    """Print the errors of a file to stderr, one per line."""
    for problem in file.errors:
        print_error(f"{file.path}: {problem_sentence(problem)}")


def print_result(text: str, *, flush: bool = False) -> None:
    """Print a result to stdout.

    Raises:
        OutputError: Stdout cannot be written, for example because the disk is full.
    """
    _write(f"{text}\n", flush)


def print_json_line(row: Mapping[str, Any]) -> None:
    """Print a JSON object on one line and flush it, so that a reader gets each file once it is done."""
    import json  # imported on demand, as in `print_json`: not for text

    print_result(json.dumps(row), flush=True)


def print_json(value: Any) -> None:
    """Print indented JSON piece by piece: large values are read while they are written, and are never all in memory."""
    import json

    pieces: list[str] = []
    size = 0
    for piece in json.JSONEncoder(indent=2).iterencode(value):
        pieces.append(piece)
        size += len(piece)
        if size >= _WRITE_CHARS:
            _write("".join(pieces), flush=False)
            pieces, size = [], 0
    print_result("".join(pieces))


def _write(text: str, flush: bool) -> None:
    try:
        print(text, end="", flush=flush)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write the output: {error.strerror}.") from error


def _discard_output() -> None:
    """Redirect stdout to the null device, so that buffered output does not fail again at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, sys.stdout.fileno())
    finally:
        os.close(null)


_WRITE_CHARS = 64 * 1024  # that are written at once


class JsonRows:
    """Output of --json and --jsonl: one list at the end, or one object per line at once."""

    def __init__(self, parsed: argparse.Namespace) -> None:
        self._is_list, self._is_lines = bool(parsed.json), bool(parsed.jsonl)
        self._rows: list[Mapping[str, Any]] = []

    @property
    def is_chosen(self) -> bool:
        """True if one of the options was given."""
        return self._is_list or self._is_lines

    def add(self, row: Mapping[str, Any]) -> None:
        """Print an object, or keep it for the list."""
        if self._is_lines:
            print_json_line(row)
        elif self._is_list:
            self._rows.append(row)

    def finish(self) -> None:
        """Print the list."""
        if self._is_list:
            print_json(self._rows)


class OrderedOutput:
    """Reorder buffer: results arrive as files are done and leave in the order in which the files were found."""

    def __init__(self) -> None:
        self._slots: list[Any] = []
        self._slot_of_file: list[int] = []  # unreadable paths occupy slots too
        self._next = 0

    def add_files(self, event: FilesFound) -> None:
        """Reserve a slot for each file."""
        for _ in event.paths:
            self._slot_of_file.append(len(self._slots))
            self._slots.append(None)

    def add_result(self, result: object) -> Iterator[Any]:
        """Append the result of a path without files; yield the results that are next in order."""
        self._slots.append(result)
        yield from self._flush()

    def set_result(self, index: int, result: object) -> Iterator[Any]:
        """Set the result of a file by its index; yield the results that are next in order."""
        self._slots[self._slot_of_file[index]] = result
        yield from self._flush()

    def _flush(self) -> Iterator[Any]:
        while self._next < len(self._slots) and self._slots[self._next] is not None:
            yield self._slots[self._next]
            self._slots[self._next] = None
            self._next += 1


class ProgressBar:
    """Progress bar on stderr; prints nothing if stderr is no terminal, or one without cursor control."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not _is_quiet
        self._is_shown = False

    def show(self, event: Progress) -> None:
        """Draw the bar over the one before."""
        if not self.is_terminal:
            return
        filled = _BAR_CHARS * event.done // max(event.total, 1)
        left = "" if event.seconds_left is None else f", {event.seconds_left:.0f} s left"
        unit = {"compare": "rows", "preview": "thumbnails"}.get(event.what, "files")
        bar = "█" * filled + "░" * (_BAR_CHARS - filled)
        text = f"{bar} {event.done:,} of {event.total:,}, {event.per_second:,.0f} {unit}/s{left}"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._is_shown = True

    def clear(self) -> None:
        """Erase the bar, so that a message can take its line."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._is_shown = False


def inspected_files(events: Iterator[Event]) -> Iterator[tuple[ExrFile, FileInspected | None]]:
    """Yield each file with its event in the order given, and show progress on stderr.

    A path that leads to no file yields an `ExrFile` with an error, and None for the event.
    """
    order, bar = OrderedOutput(), ProgressBar()
    for event in events:
        match event:
            case FilesFound():
                order.add_files(event)
            case FileInspected(index, file, _):
                bar.clear()
                yield from order.set_result(index, (file, event))
            case PathUnreadable(path, code, message):
                bar.clear()
                yield from order.add_result((unreadable_file(path, Problem(code, message)), None))
            case Progress():
                bar.show(event)
    bar.clear()
