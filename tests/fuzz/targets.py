"""Fuzz targets beside files: worker messages, JPEG headers, settings, saved filters, paths, library file and cache."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Protocol

from exr_inspector_app.config import load
from exr_inspector_app.config.settings_reader import read_text
from exr_inspector_app.contracts import Condition, Query
from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr import resolve_paths
from exr_inspector_app.exr.pixels.decoding.jpeg_header import MAX_JPEG_SIDE, JpegError, jpeg_size
from exr_inspector_app.exr.pixels.message_codec import decode_message, encode_message
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.worker_protocol import Message
from exr_inspector_app.exr.sequences.frame_number import frame_number
from exr_inspector_app.gui.filters.saved_filters import SavedFilters
from exr_inspector_app.persistence.local import LocalStore
from tests.exr.test_worker_protocol import MESSAGES
from tests.fuzz.checks import InvariantError
from tests.records import batch, small

CORPUS = Path(__file__).parent / "corpus"  # findings, as TARGET-NAME; each is checked again before a run
PIECES = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"1e999", b"-1", b"\\u0000", b"\xff", b"\0", b"\n", b"../"]
TOML = b"""publisher = "me"
viewer = "rv {path}"
[vast]
endpoint = "http://a"
[[roots]]
name = "prod"
prefixes = ["P:/"]
"""
FILTERS = b'{"mine": [["width", ">=", 4096]], "b": [["owner", "in", ["me"]]], "newer": {"version": 2}, "odd": 5}'
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffc00011080010001003011100021100031100ffda000c03010002000300003f00112233ffd9"
)
PATHS = [
    b"/shot/a.####.exr 1001-1010", b"file:///a/b%20c.exr", b"P:\\show\\x.%04d.exr", b"//host/share/x.<UDIM>.exr",
    b"'/a b/c.exr' /d.exr", b"=1001-1003", b"/a/b.$F4.exr", b"/v/%V/x.@@@@.exr", b"[1001-1003]", b"/a/*.exr",
]  # fmt: skip


class Target(Protocol):
    """Reader of strangers' bytes."""

    name: str
    extension: str

    def make(self, random: Random) -> bytes:
        """Return a damaged input."""

    def check(self, data: bytes) -> None:
        """Raise an exception if an invariant does not hold for an input."""


def damage(random: Random, sound: bytes) -> bytes:
    """Return bytes with one to four changes, some of them of structure."""
    data = bytearray(sound)
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + random.choice((1, 1, 2, 8, 64)))
        kind = random.randrange(5)
        if kind == 0:
            data[at:end] = random.choice(PIECES)
        elif kind == 1:
            del data[at:end]
        elif kind == 2:
            data[at:at] = data[at:end] * random.choice((1, 2, 50))
        elif kind == 3:
            data[at:end] = random.randbytes(end - at)
        else:
            data[at:at] = random.choice(PIECES) * random.choice((1, 1, 1000))
    return bytes(data)


class Messages:
    """Messages of the worker are decoded, or are no message."""

    name, extension = "protocol", "json"

    def make(self, random: Random) -> bytes:
        return damage(random, encode_message(random.choice(MESSAGES)).rstrip(b"\n"))

    def check(self, data: bytes) -> None:
        with suppress(ProtocolError):
            message = decode_message(data)
            if not isinstance(message, Message):
                raise InvariantError(f"{message!r} is no message")
            encode_message(message)


class Jpeg:
    """Sizes of thumbnails are bounded."""

    name, extension = "jpeg", "jpg"

    def make(self, random: Random) -> bytes:
        return damage(random, JPEG)

    def check(self, data: bytes) -> None:
        with suppress(JpegError):
            if not 0 < min(jpeg_size(data)) <= max(jpeg_size(data)) <= MAX_JPEG_SIDE:
                raise InvariantError("a size beyond the limit")


class Settings:
    """Settings are read, or refused in one sentence."""

    name, extension = "settings", "toml"

    def make(self, random: Random) -> bytes:
        return damage(random, TOML)

    def check(self, data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "settings.toml"
            path.write_bytes(data)
            _expect_sentence(lambda: load(environ={}, settings=path))


class Filters:
    """Saved filters are read as filters; a save keeps all other entries, or sets a damaged file aside."""

    name, extension = "filters", "json"

    def make(self, random: Random) -> bytes:
        return damage(random, FILTERS)

    def check(self, data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "filters.json"
            path.write_bytes(data)
            saved = SavedFilters(path)
            for name in saved.names():
                if not isinstance(saved.get(name), tuple):
                    raise InvariantError(f"{name!r} is no filter")
            before = _entries(path)
            copy = saved.save("mine", (Condition("width", ">=", 1),))
            if (before is None) != (copy is not None) or (copy and copy.read_bytes() != data):
                raise InvariantError("a damaged file was not set aside as it is")
            if {**(before or {}), "mine": [["width", ">=", 1]]} != _entries(path):
                raise InvariantError("a save has changed other entries")
            if saved.get("mine") != (Condition("width", ">=", 1),):
                raise InvariantError("the saved filter is another one")


def _entries(path: Path) -> dict[str, object] | None:
    """Return the entries of a file of saved filters; None if it has none that can be read."""
    try:
        table = json.loads(read_text(path))
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None


class Paths:
    """Resolve text, which becomes paths and reasons."""

    name, extension = "paths", "txt"

    def make(self, random: Random) -> bytes:
        return damage(random, b" ".join(random.sample(PATHS, random.choice((1, 1, 2)))))

    def check(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        resolved = resolve_paths(text)
        if any("\n" in str(reason) for reason in resolved.refused):
            raise InvariantError(f"no clear sentence: {resolved.refused}")
        frame_number(text)


class Library:
    """Read a library file, or expect one sentence; DuckDB runs in a separate process."""

    name, extension = "library", "duckdb"

    @cached_property
    def _sound(self) -> tuple[bytes, Query]:
        with tempfile.TemporaryDirectory() as folder:
            records = [small(Path(folder), f"{name}.exr") for name in "abc"]
            LocalStore(Path(folder) / "library.duckdb").publish(batch(*records))
            return (Path(folder) / "library.duckdb").read_bytes(), Query(records[0])

    def make(self, random: Random) -> bytes:
        data = bytearray(self._sound[0])
        for _ in range(random.choice((1, 4, 32))):
            at = random.randrange(len(data))
            data[at : at + 8] = random.randbytes(min(8, len(data) - at))
        return bytes(data[: random.randrange(len(data))] if random.random() < 0.1 else data)

    def check(self, data: bytes) -> None:
        query = self._sound[1]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "library.duckdb"
            path.write_bytes(data)
            _run_apart(lambda: _expect_sentence(lambda: (LocalStore(path).count(), LocalStore(path).similar(query))))


class Cache:
    """Compare the hits of a damaged similarity index with those of the library."""

    name, extension = "cache", "bin"

    def make(self, random: Random) -> bytes:
        return random.randbytes(8)

    def check(self, data: bytes) -> None:
        random = Random(data)
        with tempfile.TemporaryDirectory() as name:
            _run_apart(lambda: _damage_cache(random, Path(name)))


def _damage_cache(random: Random, folder: Path) -> None:
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    records = [small(folder, f"{name}.exr", width=8 * number) for number, name in enumerate("abcd", 1)]
    path = folder / "library.duckdb"
    LocalStore(path).publish(batch(*records))
    expected = [hit.file_id for hit in LocalStore(path).similar(Query(records[0]))]
    files = sorted(file for file in (folder / "cache").rglob("*") if file.is_file())
    for file in random.sample(files, min(len(files), random.choice((1, 2, 8)))):
        content = file.read_bytes()
        file.write_bytes(damage(random, content)) if random.random() < 0.9 else file.unlink()
    if random.random() < 0.1:
        shutil.rmtree(folder / "cache")
    hits = [hit.file_id for hit in LocalStore(path).similar(Query(records[0]))]
    if hits != expected:
        raise InvariantError(f"other hits: {hits} in place of {expected}")


def _expect_sentence(work: Callable[[], object]) -> None:
    """Run work that may raise an error with one sentence, and no other exception."""
    try:
        work()
    except KnownError as error:
        if "\n" in error.sentence or not error.sentence.endswith((".", "`")):
            raise InvariantError(f"no clear sentence: {error.sentence!r}") from error


def _run_apart(work: Callable[[], object]) -> None:
    """Run work in a child process; raise if it fails or dies."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise InvariantError(f"a process ended with {os.waitstatus_to_exitcode(status)}")


TARGETS: Sequence[Target] = [Messages(), Jpeg(), Settings(), Filters(), Paths(), Library(), Cache()]
