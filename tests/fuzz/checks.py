"""What must hold for every file, however damaged."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from exr_inspector_app.cli.summary import summary
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.chunk_map import map_chunks
from exr_inspector_app.exr.source.file_source import BytesSource
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.model import Attribute, ExrFile, Problem, from_payload, payload

SECONDS = 10  # for one file
MEGABYTES = 300  # in our process, over what it had before


class Read(NamedTuple):
    """An attribute of a sound file, and the byte behind it."""

    part: int
    attribute: Attribute
    end: int


class Broken(Exception):
    """A file for which something does not hold; the text says what."""


def sound_attributes(data: bytes) -> list[Read]:
    """The attributes of a sound file and where each ends, found by walking its bytes."""
    file = inspect_bytes(data, "sound.exr", None)
    at, found = 8, []
    for part in file.parts:
        for one in part.attributes:
            at = data.index(b"\0", at) + 1
            at = data.index(b"\0", at) + 1
            at += 4 + int.from_bytes(data[at : at + 4], "little")
            found.append(Read(part.index, one, at))
        at += 1
    return found


def check(data: bytes, kept: list[Read]) -> ExrFile:
    """The file of these bytes, with all checks passed; the attributes `kept` were not touched by the damage."""
    file = inspect_bytes(data, "damaged.exr", None)
    for problem in file.errors:
        _check_problem(problem, len(data))
    for part, attribute, _ in kept:
        if not any(_same(one, attribute) for one in file.parts[part].attributes):
            raise Broken(f"{attribute.name} in part {part} stands before the damage and was lost")
    facts = payload(file)
    json.dumps(facts, allow_nan=False)
    if payload(from_payload(facts)) != facts:
        raise Broken("the payload does not come back")
    if file.header_hash is None and not file.errors:
        raise Broken("a header without an end and without a problem")
    summary(file).encode()
    make_record(file)
    for place in range(min(len(file.parts), 3)):
        for level in map_chunks(BytesSource(data, None), place):
            if len(level.states) != level.columns * level.rows:
                raise Broken("a level of the map has not the states of its grid")
    return file


def _check_problem(problem: Problem, size: int) -> None:
    """One clear sentence or two, and a place within the file."""
    if not problem.message.endswith(".") or len(problem.message) > 1000 or "\n" in problem.message:
        raise Broken(f"no clear sentence: {problem.message!r}")
    if problem.attribute is not None and problem.part_index is None:
        raise Broken(f"{problem.attribute} without a part")
    if problem.byte_offset is not None and not 0 <= problem.byte_offset <= size:
        raise Broken(f"byte {problem.byte_offset} of {size}")


def _same(one: Attribute, other: Attribute) -> bool:
    """True for equal attributes, NaN being equal to itself."""
    return one[:2] == other[:2] and repr(one.value) == repr(other.value)


class TooLong(Broken):
    """Seconds of the clock were over, which a busy machine may have taken for others."""


@contextmanager
def limits(timer: int = signal.ITIMER_PROF) -> Iterator[None]:
    """Broken after ten seconds, or where the process has grown by more than 300 MB meanwhile.

    Seconds of the processor, so that a busy machine breaks nothing; of the clock with ITIMER_REAL.
    """

    def late(number: int, frame: FrameType | None) -> None:
        kind = Broken if timer == signal.ITIMER_PROF else TooLong
        raise kind(f"more than {SECONDS} seconds")

    word = signal.SIGPROF if timer == signal.ITIMER_PROF else signal.SIGALRM
    before = peak()
    earlier = signal.signal(word, late)
    signal.setitimer(timer, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(word, earlier)
    if peak() - before > MEGABYTES:
        raise Broken(f"{peak() - before:,.0f} MB")


def peak() -> float:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
