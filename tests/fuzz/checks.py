"""Invariants of the parser for damaged files."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from exr_inspector_app.cli.output.summary import summary
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.chunk_map import map_chunks
from exr_inspector_app.exr.source.file_source import BytesSource
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.model import Attribute, ExrFile, Problem, from_payload, payload

SECONDS = 10  # for one file
MEGABYTES = 300  # growth of our process


class KnownAttribute(NamedTuple):
    """Attribute of a valid file, and the byte after it."""

    part: int
    attribute: Attribute
    end: int


class InvariantError(Exception):
    """An invariant does not hold for a file; the text names it."""


def sound_attributes(data: bytes) -> list[KnownAttribute]:
    """Return the attributes of a valid file and where each ends, by walking its bytes."""
    file = inspect_bytes(data, "sound.exr", None)
    at, known = 8, []
    for part in file.parts:
        for attribute in part.attributes:
            at = data.index(b"\0", at) + 1
            at = data.index(b"\0", at) + 1
            at += 4 + int.from_bytes(data[at : at + 4], "little")
            known.append(KnownAttribute(part.index, attribute, at))
        at += 1
    return known


def check(data: bytes, known: list[KnownAttribute]) -> ExrFile:
    """Check all invariants for these bytes; return the file. The attributes `known` are before the damage."""
    file = inspect_bytes(data, "damaged.exr", None)
    for problem in file.errors:
        _check_problem(problem, len(data))
    for part, attribute, _ in known:
        if not any(_same(candidate, attribute) for candidate in file.parts[part].attributes):
            raise InvariantError(f"{attribute.name} in part {part} is before the damage and was lost")
    facts = payload(file)
    json.dumps(facts, allow_nan=False)
    if payload(from_payload(facts)) != facts:
        raise InvariantError("the payload does not survive a round trip")
    if file.header_hash is None and not file.errors:
        raise InvariantError("a header without an end and without a problem")
    summary(file).encode()
    make_record(file)
    for index in range(min(len(file.parts), 3)):
        for level in map_chunks(BytesSource(data, None), index):
            if len(level.states) != level.columns * level.rows:
                raise InvariantError("a level of the map does not have the states of its grid")
    return file


def _check_problem(problem: Problem, size: int) -> None:
    """Check that a problem is one or two sentences, with a position in the file."""
    if not problem.message.endswith(".") or len(problem.message) > 1000 or "\n" in problem.message:
        raise InvariantError(f"no clear sentence: {problem.message!r}")
    if problem.attribute is not None and problem.part_index is None:
        raise InvariantError(f"{problem.attribute} without a part")
    if problem.byte_offset is not None and not 0 <= problem.byte_offset <= size:
        raise InvariantError(f"byte {problem.byte_offset} of {size}")


def _same(left: Attribute, right: Attribute) -> bool:
    """Return True for equal attributes; NaN equals NaN."""
    return left[:2] == right[:2] and repr(left.value) == repr(right.value)


class TimeLimitError(InvariantError):
    """The time limit on the clock was exceeded, perhaps because the machine was busy."""


@contextmanager
def limits(timer: int = signal.ITIMER_PROF) -> Iterator[None]:
    """Raise Broken after ten seconds, or if the process grows by more than 300 MB.

    Counts processor time, so that a busy machine causes no failure; with ITIMER_REAL the time of the clock.
    """

    def late(number: int, frame: FrameType | None) -> None:
        kind = InvariantError if timer == signal.ITIMER_PROF else TimeLimitError
        raise kind(f"more than {SECONDS} seconds")

    number = signal.SIGPROF if timer == signal.ITIMER_PROF else signal.SIGALRM
    before = peak()
    earlier = signal.signal(number, late)
    signal.setitimer(timer, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, earlier)
    if peak() - before > MEGABYTES:
        raise InvariantError(f"{peak() - before:,.0f} MB")


def peak() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
