"""Who gets what: the configuration becomes a core with which faces work; nothing else decides this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from exr_inspector_app.config import Config, thumbnails_folder
from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Event,
    Filter,
    Hit,
    Listing,
    Page,
    Plan,
    Preview,
    ProgressCallback,
    Query,
    Record,
    Step,
    StopCheck,
    StoredFile,
    Vector,
    ignore_progress,
    never_stop,
)
from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.pixel_checks import measure
from exr_inspector_app.exr.pixels.thumbnail_cache import Thumbnails
from exr_inspector_app.exr.sequences.discovery import sequence
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.ingest.records import record, together
from exr_inspector_app.ingest.scan import Pace, Read
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.embedding_versions import NEWER, OUTDATED, notes
from exr_inspector_app.persistence.factory import open_store, steps_to_database
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services import lookup as published
from exr_inspector_app.services import preview_generator as previews
from exr_inspector_app.services.reembed import reembed

Where: TypeAlias = Literal["local", "vast"]


@dataclass(slots=True)
class Backend:
    """Everything a face can ask for; each call opens the store for itself and blocks until it is done.

    Its owner may change `config` and `where`: a call that has begun goes on with what it began with.
    """

    config: Config
    where: Where = "local"

    def _open(self) -> closing[Store]:
        return closing(open_store(self.config, self.where))

    @property
    def target(self) -> str:
        """The name of the place that is published to."""
        with self._open() as store:
            return store.target

    @property
    def place(self) -> str:
        """Where the target lies."""
        if self.where == "vast":
            return self.config.vast.place if self.config.vast else ""
        return str(self.config.library)

    def record(self, path: str) -> tuple[ExrFile, Record | None]:
        """One file and its record; None where its errors keep it from having one."""
        file = inspect_file(path)
        return file, record(file, self.config.roots)

    def inspect(
        self, paths: Sequence[str], stop: StopCheck = never_stop, known: bool = True, pace: Pace = never_stop
    ) -> Iterator[Event]:
        """The events of inspecting files and folders; with `known` also what publishing would do."""
        if not known:
            yield from pipeline.inspect(paths, roots=self.config.roots, stop=stop, pace=pace)
            return
        with self._open() as store:
            yield from pipeline.inspect(paths, roots=self.config.roots, store=store, stop=stop)

    def measured(self, files: Iterable[ExrFile], stop: StopCheck = never_stop) -> Iterator[ExrFile]:
        """The files with the statistics of their channels; one whose pixels cannot be read has an error instead."""
        return measure(files, stop)

    def inspect_objects(self, names: Sequence[str], read: Read) -> Iterator[Event]:
        """The events of inspecting what `read` finds under these names, such as objects of a bucket."""
        yield from pipeline.inspect(names, roots=self.config.roots, read=read)

    def plan(self, records: Sequence[Record]) -> Plan:
        """What publishing would do with each record."""
        with self._open() as store:
            return store.plan(Batch(tuple(records), "", ""))

    def publish(self, records: Sequence[Record], stop: StopCheck = never_stop) -> Iterator[Event]:
        """The events of publishing records that have been inspected."""
        with self._open() as store:
            yield from pipeline.publish(records, store, publisher=self.config.publisher, stop=stop)

    def ingest(self, paths: Sequence[str], stop: StopCheck = never_stop) -> Iterator[Event]:
        """The events of inspecting and publishing in one go."""
        publisher, roots = self.config.publisher, self.config.roots
        with self._open() as store:
            yield from pipeline.ingest(paths, store, publisher=publisher, roots=roots, stop=stop)

    def candidates(self) -> list[previews.Candidate]:
        """What may be pictured: every file that is published."""
        with self._open() as store:
            return previews.candidates(store)

    def make_previews(self, candidates: Sequence[previews.Candidate], stop: StopCheck = never_stop) -> Iterator[Event]:
        """The events of picturing published files, after they have been published."""
        with self._open() as store:
            yield from previews.make(candidates, store, stop)

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        """The stored pictures of published files, by file_id; a frame has that of its sequence."""
        with self._open() as store:
            return store.previews(file_ids)

    def thumbnails(
        self, paths: Iterable[str], decoder: Decoder, stop: StopCheck = never_stop
    ) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its thumbnail (a JPEG), made or from the disk; None where its pixels cannot be read."""
        return Thumbnails(thumbnails_folder()).each(paths, decoder, stop)

    def look(self, record: Record, stop: StopCheck = never_stop) -> Vector:
        """How a file looks, for a query by look."""
        with self._open() as store:
            return previews.look(record, store, stop)

    def undo(self, publish_id: str) -> int:
        """How many files the undoing of a publish removed."""
        with self._open() as store:
            return store.undo(publish_id)

    def similar(
        self, query: Query, stop: StopCheck = never_stop, tell: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        """The nearest published files, best first; `stop` and `tell` are for looks at every row."""
        with self._open() as store:
            return store.similar(query, stop, tell)

    def find(self, where: Filter = (), limit: int = 1000, offset: int = 0) -> list[StoredFile]:
        """The published files that match, newest first."""
        with self._open() as store:
            return store.find(where, limit=limit, offset=offset)

    def count(self, where: Filter = ()) -> int:
        """How many published files match."""
        with self._open() as store:
            return store.count(where)

    def browse(self, listing: Listing) -> Page:
        """One page of what is published, and its facets."""
        with self._open() as store:
            return store.browse(listing)

    def published(self, name: str) -> StoredFile | None:
        """The newest published file of a file_id, a path, or a sequence written with #, with all that is in it."""
        with self._open() as store:
            return published.resolve(store, name, self.config.roots)

    def get(self, file_id: str) -> StoredFile | None:
        """One published file with its parts, channels and attributes."""
        with self._open() as store:
            return store.get(file_id)

    def header(self, path: str, file_id: str = "") -> tuple[ExrFile, bool]:
        """A file's header, and whether it is the one that was published, since the file is out of reach.

        Raises KnownError where neither can be had.
        """
        file = inspect_file(path)
        if file.parts:
            return file, False
        stored = self.get(file_id) if file_id else self.published(path)
        if stored is None:
            raise KnownError(f"{path}: {file.errors[0].message}")
        return published.header_of(stored), True

    def sought(self, name: str) -> tuple[Record, bool]:
        """The record of a file, and whether it is made from what is published, since the file is out of reach.

        A sequence stands for its first frame. Of what is out of reach the name may be a path, a sequence written with
        #, or a file_id. Raises KnownError where neither can be had.
        """
        frames = (path for path in sequence(name) if isinstance(path, str))
        file, record = self.record(next(frames, name))
        if record is not None:
            return record, False
        stored = None if file.parts else self.published(name)
        if stored is None:
            raise KnownError(f"{file.path}: {file.errors[0].message}")
        return self.reference([stored.file["file_id"]]), True

    def together(self, records: Sequence[Record]) -> Record:
        """One record that stands for several: what is like all of them is like it."""
        return together(records)

    def reference(self, file_ids: Sequence[str]) -> Record:
        """A record that stands for published files, which need not be within reach.

        Raises StoreError where none of them is published any more.
        """
        with self._open() as store:
            return published.reference(store, file_ids, self.config.roots)

    def ids(self, where: Filter) -> list[str]:
        """The file_ids of all files that match, with the older headers of their paths."""
        with self._open() as store:
            return published.ids_with_history(store, where)

    def export(self, out: Path, where: Filter = (), stop: StopCheck = never_stop) -> int:
        """How many published files were written as rows of a CSV or Parquet file."""
        from exr_inspector_app.persistence.export import export  # Arrow takes 40 ms: only when it is needed

        with self._open() as store:
            return export(store, out, where, stop)

    def delete(self, file_ids: Sequence[str]) -> int:
        """How many files are no longer published; the files themselves stay."""
        with self._open() as store:
            return store.delete(file_ids)

    def left_out(self) -> tuple[int, int]:
        """How many files similarity leaves out: those with embeddings of an older version, and of a newer one."""
        with self._open() as store:
            return store.count(OUTDATED, history=True), store.count(NEWER, history=True)

    def notes(self) -> tuple[str, ...]:
        """What is left out of similarity, each in a sentence: files with embeddings of other versions."""
        return notes(*self.left_out())

    def reembed(self, stop: StopCheck = never_stop) -> Iterator[int]:
        """How many files have got their embeddings anew so far, from what is stored of them."""
        with self._open() as store:
            yield from reembed(store, stop)

    def check(self) -> CheckReport:
        """What is in the store and what is wrong with it."""
        with self._open() as store:
            return store.check()

    def ensure_tables(self) -> None:
        """The tables are there, whoever made them."""
        with self._open() as store:
            store.ensure_tables()


def diagnose(config: Config) -> Iterator[Step]:
    """What stands between this machine and the VAST Database of a configuration, one step after the other."""
    yield from steps_to_database(config)
