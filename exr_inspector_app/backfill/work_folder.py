"""Work folder of a backfill: its manifest, the lists of its shards, their encoded rows, and marks of loaded shards.

    manifest.json          source, target, ids, number of shards and files
    lists/000000.paths     paths of a shard
    shards/000000/         its rows as Parquet, and a report; deleted once they are loaded
    loaded/000000.json     mark of a loaded shard, with its counts

Each step appears complete or not at all, so that a killed run continues where it was. A rename is the only operation
that several machines need from a shared file system.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from exr_inspector_app.backfill.shard_worker import REPORT, ShardTask, read_paths, write_paths
from exr_inspector_app.config import Root
from exr_inspector_app.config.atomic_file import write_file
from exr_inspector_app.contracts import EMBEDDING_VERSION, LEDGER_PREFIX, Shard
from exr_inspector_app.errors import UsageError
from exr_inspector_app.ingest.publish_run import new_publish_id
from exr_inspector_app.operating_system import lock_file

Roots = tuple[Root, ...]

_FOLDERS, _LOCK_NAME = ("lists", "shards", "loaded"), "lock"
_ATTEMPT_DIGITS = 31  # after an f: attempts of publishers begin with the time, and are smaller until the year 2500


@dataclass
class Manifest:
    """Description of a backfill.

    Attributes:
        source: Listed folder or catalog, as the command names it.
        location: Address of the target.
        plan: Random id; part of the attempt ids and of the keys of the ledger.
        publish_id: Publish id of all rows, for `library undo`.
        publisher: User name of all rows.
        shards: Number of shards; None until everything is listed.
        files: Number of listed files.
        unreadable: Number of folders that could not be listed.
        encoding: Inputs that the encoded rows depend on: versions and roots.
        is_finished: True once all shards are loaded and checked.
    """

    source: str
    location: str
    plan: str = field(default_factory=lambda: secrets.token_hex(8))
    publish_id: str = field(default_factory=new_publish_id)
    publisher: str = ""
    shards: int | None = None
    files: int = 0
    unreadable: int = 0
    encoding: str = ""
    is_finished: bool = False


@dataclass
class LoadedMark:
    """Counts of a loaded shard.

    Attributes:
        files: Number of listed files.
        inserted: Files whose rows were inserted.
        present: Files that were published before.
        failed: Paths and sentences of files that cannot be published.
        again: Paths of files that have changed since they were inspected or published, or are too large for a shard;
            they are published at the end.
    """

    files: int
    inserted: int = 0
    present: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


class WorkFolder:
    """Work folder on disk; its methods are called by one thread."""

    def __init__(
        self, path: Path, source: str, location: str, publisher: str, roots: Roots, stored_roots: Roots | None = None
    ) -> None:
        """Open the folder, and continue its backfill if that has not finished.

        Args:
            path: The folder, which may not exist.
            source: Name of the listed files.
            location: Address of the target.
            publisher: User name of all rows.
            roots: Path map of the configuration, for a target without roots.
            stored_roots: Roots of the target; None if it has none.

        Raises:
            UsageError: The folder holds a backfill of other files or for another target, or files of others.
        """
        self.path, self.stored_roots = path, stored_roots
        self.roots = roots if stored_roots is None else stored_roots
        self.manifest = Manifest(source, location, publisher=publisher, encoding=self._encoding())
        self.is_resumed = False
        stored = self._read_manifest()
        if stored is None:
            self._refuse_foreign()
        if stored is None or stored.is_finished or stored.shards is None:
            return
        if (stored.source, stored.location) != (source, location):
            raise UsageError(
                f"{path} holds an unfinished backfill of {stored.source} to {stored.location}. Choose another folder "
                "with --work, or delete this one."
            )
        self.manifest, self.is_resumed = stored, True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for this process, and delete what this backfill cannot use.

        Raises:
            UsageError: Another process uses the folder.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK_NAME).open("ab") as file:
            _lock(file, self.path)
            if not self.is_resumed:
                self._clear()
            elif self.manifest.encoding != self._encoding():  # another version of the program, or other roots
                shutil.rmtree(self.path / "shards", ignore_errors=True)
                self.manifest.encoding = self._encoding()
                self._save()
            yield

    def write_lists(self, paths: Iterable[str], shard_files: int) -> None:
        """Write the lists of all shards and then the manifest, so that an interrupted listing starts again."""
        (self.path / "lists").mkdir(parents=True, exist_ok=True)
        pending, number = iter(paths), 0
        while part := list(islice(pending, shard_files)):
            write_paths(self._list(number), part)
            self.manifest.files += len(part)
            number += 1
        self.manifest.shards = number
        self._save()

    def task(self, number: int) -> ShardTask:
        """Return the task that encodes a shard."""
        audit = {"attempt_id": self._attempt_id(number), "publish_id": self.manifest.publish_id}
        audit["published_by"] = self.manifest.publisher
        return ShardTask(number, self._list(number), self._shard(number), self.roots, audit)

    def shard(self, number: int, left_out: frozenset[str]) -> Shard:
        """Return an encoded shard to load."""
        from exr_inspector_app.persistence.rows.shard import TABLES  # pyarrow takes 40 ms: load on demand

        tables = {name: self._shard(number) / f"{name}.parquet" for name in TABLES}
        key = f"{LEDGER_PREFIX}{self.manifest.plan}/{number:06}"
        return Shard(key, self._attempt_id(number), self.stored_roots, tables, left_out)

    def report(self, number: int) -> dict[str, Any]:
        """Return the report of an encoded shard, as its worker wrote it."""
        return dict(json.loads((self._shard(number) / REPORT).read_bytes()))

    def remaining(self) -> tuple[list[int], list[int]]:
        """Return the shards to encode, and the encoded ones to load."""
        loaded = {int(path.stem) for path in (self.path / "loaded").glob("*.json")}
        encoded = {int(path.name) for path in (self.path / "shards").glob("*") if path.suffix != ".new"} - loaded
        numbers = range(self.manifest.shards or 0)
        return [n for n in numbers if n not in loaded and n not in encoded], sorted(encoded)

    def file_count(self, number: int) -> int:
        """Return the number of listed files of a shard."""
        return len(read_paths(self._list(number)))

    def mark_loaded(self, number: int, mark: LoadedMark) -> None:
        """Write the mark of a loaded shard, and delete its rows."""
        (self.path / "loaded").mkdir(exist_ok=True)
        write_file(self.path / "loaded" / f"{number:06}.json", json.dumps(asdict(mark)).encode())
        shutil.rmtree(self._shard(number), ignore_errors=True)

    def marks(self) -> list[LoadedMark]:
        """Return the marks of all loaded shards."""
        return [self.mark(int(path.stem)) for path in sorted((self.path / "loaded").glob("*.json"))]

    def mark(self, number: int) -> LoadedMark:
        """Return the mark of a loaded shard."""
        return LoadedMark(**json.loads((self.path / "loaded" / f"{number:06}.json").read_bytes()))

    def finish(self) -> None:
        """Mark the backfill as finished, and delete everything else."""
        self.manifest.is_finished = True
        self._save()
        self._clear()

    def _refuse_foreign(self) -> None:
        """Raise UsageError for a folder without a lock of a backfill that has what `_clear` would delete."""
        foreign = [name for name in _FOLDERS if (self.path / name).exists()]
        if foreign and not (self.path / _LOCK_NAME).exists():
            raise UsageError(
                f"{self.path} holds `{foreign[0]}`, which no backfill has written. Choose another folder with --work."
            )

    def _clear(self) -> None:
        for name in _FOLDERS:
            shutil.rmtree(self.path / name, ignore_errors=True)

    def _attempt_id(self, number: int) -> str:
        """Return the attempt of a shard: a hash of the plan, of its paths, and of what its rows depend on."""
        content = [self.manifest.plan.encode(), self.manifest.encoding.encode(), self._list(number).read_bytes()]
        return "f" + hashlib.sha256(b"\0".join(content)).hexdigest()[:_ATTEMPT_DIGITS]

    def _encoding(self) -> str:
        from exr_inspector_app.persistence.schema import SCHEMA_VERSION

        content = {"schema": SCHEMA_VERSION, "embedding": EMBEDDING_VERSION, "has_roots": self.stored_roots is not None}
        return json.dumps({**content, "roots": [root._asdict() for root in self.roots]})

    def _list(self, number: int) -> Path:
        return self.path / "lists" / f"{number:06}.paths"

    def _shard(self, number: int) -> Path:
        return self.path / "shards" / f"{number:06}"

    def _read_manifest(self) -> Manifest | None:
        try:
            return Manifest(**json.loads((self.path / "manifest.json").read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            name = self.path / "manifest.json"
            raise UsageError(f"{name} is not that of a backfill. Choose another folder with --work.") from error

    def _save(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        write_file(self.path / "manifest.json", json.dumps(asdict(self.manifest), indent=1).encode())


def _lock(file: IO[bytes], folder: Path) -> None:
    """Lock an open file until it is closed; without effect on file systems without locks."""
    try:
        lock_file(file.fileno())
    except BlockingIOError as error:
        raise UsageError(f"Another backfill uses {folder}. Wait for its end, or name another --work.") from error
    except OSError:  # a network share without locks
        return
