"""Backend facade: the operations that the command line, the window, and the serverless function share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from exr_inspector_app.config import Config, thumbnails_folder
from exr_inspector_app.contracts import (
    Batch,
    Event,
    Filter,
    Plan,
    Record,
    StopCheck,
    StoredFile,
    Vector,
    never_stop,
)
from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr import inspect_file, local_path
from exr_inspector_app.exr.paths.expansion import expand_path
from exr_inspector_app.exr.pixels.decoded_picture import RgbImage
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.pixel_checks import measure
from exr_inspector_app.exr.pixels.thumbnail_cache import ThumbnailCache
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.ingest.patience import WINDOW_PATIENCE_S, Patience, patience_of
from exr_inspector_app.ingest.records import make_record, mean_record
from exr_inspector_app.ingest.scan import Pace, ReadFile
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.embedding_versions import NEWER, OUTDATED, version_notes
from exr_inspector_app.persistence.factory import open_store
from exr_inspector_app.persistence.roots import with_roots
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services import lookup, preview_generator
from exr_inspector_app.services.path_roots import key_roots
from exr_inspector_app.services.reembed import reembed

Where: TypeAlias = Literal["local", "vast"]


@dataclass(slots=True)
class Backend:
    """Facade over inspection, publishing, and the store of a configuration.

    Every method opens the store itself, blocks until it is done, and closes the store. Methods that return an iterator
    keep the store open until the iterator is exhausted or closed. An owner may change `config` and `where` at any time:
    a call in progress continues with the values it started with. Methods may be called from several threads: each
    call opens a separate store.

    Attributes:
        config: The settings, as `config.load` returns them.
        where: The target: `local` for the library on this machine, `vast` for the VAST Database.
        patience_seconds: How long a publish waits for a VAST Database that fails, unless the configuration sets it.
    """

    config: Config
    where: Where = "local"
    patience_seconds: float = WINDOW_PATIENCE_S

    def store(self) -> closing[Store]:
        """Open the store of the target, as a context manager that closes it at the end.

        Returns:
            A context manager that gives the open store. Use the store in the thread that opened it.

        Raises:
            ConfigError: The target is `vast`, and no VAST Database is configured.
            StoreError: The store cannot be opened; its subclasses name the cause.
        """
        return closing(open_store(self.config, self.where, describe=lookup.describe))

    @property
    def location(self) -> str:
        """Location of the target: the path of the library file, or the address of the VAST Database."""
        if self.where == "vast":
            return self.config.vast.location if self.config.vast else ""
        return str(self.config.library)

    @property
    def patience(self) -> Patience:
        """How long a publish waits for a VAST Database that fails."""
        return patience_of(self.config.patience_seconds, self.patience_seconds)

    def read_record(self, path: str) -> tuple[ExrFile, Record | None]:
        """Inspect a file and make its record.

        Args:
            path: Path of the file.

        Returns:
            The file, and its record or None if errors in the file prevent publishing.
        """
        file = inspect_file(path)
        return file, make_record(file, self.config.roots, is_on_disk=True)

    def inspect(
        self, paths: Sequence[str], stop: StopCheck = never_stop, with_plan: bool = True, pace: Pace = never_stop
    ) -> Iterator[Event]:
        """Inspect files and folders.

        Args:
            paths: Files, folders, and sequences such as `beauty.####.exr`.
            stop: Polled between files; the run ends once it returns True.
            with_plan: Compare the records with the store and yield `PlanReady` events. False opens no store.
            pace: Called before each file by the thread that reads it; it may block. Used without a plan only.

        Yields:
            Events in the order in which files are done, then one `RunFinished`.

        Raises:
            StoreError: The store failed. With a plan only, and after all files have been inspected.
        """
        if not with_plan:
            yield from pipeline.inspect(paths, roots=self.config.roots, stop=stop, pace=pace)
            return
        with self.store() as store:
            yield from pipeline.inspect(paths, roots=self.config.roots, store=store, stop=stop)

    def measure(self, files: Iterable[ExrFile], stop: StopCheck = never_stop) -> Iterator[ExrFile]:
        """Return the files with channel statistics; a file whose pixels cannot be read gets an error instead."""
        return measure(files, stop)

    def inspect_objects(self, names: Sequence[str], read: ReadFile) -> Iterator[Event]:
        """Inspect objects that are no local files, such as objects of a bucket.

        Args:
            names: Names that `read` knows.
            read: Returns the inspected file of a name; called from several threads.

        Yields:
            The events of `inspect` without a plan.
        """
        yield from pipeline.inspect(names, roots=self.config.roots, read=read)

    def plan_publish(self, inspected: Sequence[Record | ExrFile], stop: StopCheck = never_stop) -> Plan:
        """Return the plan of a publish that is about to start; files that have changed on disk are read again.

        Args:
            inspected: Records, and files that could not be published when they were inspected.
            stop: Polled while files are compared with the disk.

        Raises:
            KnownError: The target cannot be written.
        """
        with self.store() as store:
            store.require_writable(tries_write=True)
            return pipeline.plan(inspected, store, roots=key_roots(store, self.config), stop=stop)

    def plan(self, records: Sequence[Record]) -> Plan:
        """Return the effect of publishing each record as it was inspected; write nothing."""
        with self.store() as store:
            return store.plan(Batch(tuple(records), "", ""))

    def publish(
        self, records: Sequence[Record], stop: StopCheck = never_stop, note: str | None = None
    ) -> Iterator[Event]:
        """Publish inspected records as their files are on disk now. Publishing a record again adds nothing.

        Yields:
            One `FilePublished` per record, after a `FileReread` if its file has changed; `Progress`, `StoreWaiting`,
            and one `RunFinished` with the publish id. Results of a VAST Database follow at the end.
        """
        with self.store() as store:
            store.require_writable()
            publisher, roots = self.config.publisher, key_roots(store, self.config)
            yield from pipeline.publish(
                records, store, publisher=publisher, roots=roots, stop=stop, patience=self.patience, note=note
            )

    def ingest(
        self,
        paths: Sequence[str],
        stop: StopCheck = never_stop,
        *,
        publish_id: str = "",
        skip_known: bool = False,
        note: str | None = None,
    ) -> Iterator[Event]:
        """Inspect files and folders, and publish them batch by batch.

        Args:
            paths: Files, folders, and sequences.
            stop: Polled between batches of files and requests.
            publish_id: Id of the publish, to continue an earlier one; empty for a new one.
            skip_known: Do not read files that are published with their present path, size and date.
            note: Column `note` of new rows.

        Yields:
            The events of `inspect` and `publish`, with one `RunFinished` at the end.
        """
        publisher, roots = self.config.publisher, self.config.roots
        with self.store() as store:
            store.require_writable()
            yield from pipeline.ingest(
                paths,
                store,
                publisher=publisher,
                roots=roots,
                stop=stop,
                patience=self.patience,
                publish_id=publish_id,
                skip_known=skip_known,
                note=note,
            )

    def make_previews(
        self, candidates: Sequence[preview_generator.Candidate] | None = None, stop: StopCheck = never_stop
    ) -> Iterator[Event]:
        """Create and store previews of published files, one per sequence.

        Args:
            candidates: Published files, None for all; sequences that have a preview are skipped.
            stop: Polled while pixels are decoded.

        Yields:
            One `PreviewStored` per preview, `Progress`, and one `RunFinished`.
        """
        with self.store() as store:
            store.require_writable()
            if candidates is None:
                candidates = preview_generator.published_candidates(store)
            yield from preview_generator.make_previews(candidates, store, stop, self.config.roots)

    def thumbnails(
        self, paths: Iterable[str], decoder: Decoder, stop: StopCheck = never_stop
    ) -> Iterator[tuple[str, RgbImage | str]]:
        """Yield (path, thumbnail) from the cache on disk or the pixels; a sentence if the pixels cannot be read."""
        return ThumbnailCache(thumbnails_folder()).get_many(paths, decoder, stop)

    def look(self, record: Record, stop: StopCheck = never_stop) -> Vector:
        """Return the look embedding of a file, for a query by look.

        Returns:
            A unit vector, shape (256,), float32: of the stored preview, else of the pixels, else of its sequence.

        Raises:
            PixelsError: There is no stored preview, and the pixels cannot be read.
        """
        with self.store() as store:
            (keyed,) = with_roots([record], store.roots())
            return preview_generator.look_for_query(keyed, store, stop)

    def resolve(self, name: str) -> StoredFile | None:
        """Return the newest published file of a file_id, a path, or a sequence (####), with its children."""
        with self.store() as store:
            return lookup.resolve(store, name, key_roots(store, self.config))

    def header_or_stored(self, path: str, file_id: str = "") -> tuple[ExrFile, bool]:
        """Return a file's header: from the file, or from the store if the file cannot be read.

        Args:
            path: Path of the file.
            file_id: The published file to fall back to; empty for the newest one at `path`.

        Returns:
            The file, and True if its header comes from the store.

        Raises:
            KnownError: The file cannot be read and is not published.
        """
        file = inspect_file(local_path(path, self.config.roots))
        if file.parts:
            return file._replace(path=path), False
        with self.store() as store:
            roots = key_roots(store, self.config)
            stored = store.get(file_id) if file_id else lookup.resolve(store, path, roots)
        if stored is None:
            raise KnownError(f"{path}: {file.errors[0].message}")
        return lookup.stored_header(stored), True

    def record_for_query(self, name: str) -> tuple[Record, bool]:
        """Return the record to search with: from the file, or from the store if the file cannot be read.

        Args:
            name: A path or a sequence (####), represented by its first frame; for published files also a file_id.

        Returns:
            The record, and True if it comes from the store.

        Raises:
            KnownError: The file cannot be read and is not published.
        """
        frames = (path for path in expand_path(name, self.config.roots) if isinstance(path, str))
        file, record = self.read_record(next(frames, name))
        if record is not None:
            return record, False
        stored = None if file.parts else self.resolve(name)
        if stored is None:
            raise KnownError(f"{file.path}: {file.errors[0].message}")
        return self.reference([stored.file["file_id"]]), True

    def mean_record(self, records: Sequence[Record]) -> Record:
        """Return the first record with the mean vectors of all, to search with several files at once."""
        return mean_record(records)

    def reference(self, file_ids: Sequence[str]) -> Record:
        """Return a record of published files to search with; the files themselves are not read.

        Raises:
            StoreError: None of the files is in the library.
        """
        with self.store() as store:
            return lookup.reference_record(store, file_ids, key_roots(store, self.config))

    def export(self, out: Path, where: Filter = (), stop: StopCheck = never_stop) -> int:
        """Export published files to a CSV or Parquet file, one row per file, without vectors.

        Args:
            out: Path of the table; its suffix (.csv or .parquet) names the format.
            where: Conditions that the files match.
            stop: Polled between batches of rows.

        Returns:
            Number of rows.

        Raises:
            UsageError: `out` has another suffix.
        """
        from exr_inspector_app.persistence.export import export  # pyarrow takes 40 ms to import: load on demand

        with self.store() as store:
            return export(store, out, where, stop)

    def outdated_counts(self) -> tuple[int, int]:
        """Return the numbers of files that similarity skips: embedded by an older version, and by a newer one."""
        with self.store() as store:
            return store.count(OUTDATED, history=True), store.count(NEWER, history=True)

    def embedding_version_notes(self) -> tuple[str, ...]:
        """Return one sentence per group of files that similarity skips because of their embedding version."""
        return version_notes(*self.outdated_counts())

    def reembed(self, stop: StopCheck = never_stop) -> Iterator[int]:
        """Recompute embeddings of older versions from the stored metadata; the files are not read.

        Yields:
            Number of files done so far, after each transaction. Completed transactions stay if the run is stopped.
        """
        with self.store() as store:
            store.require_writable()
            yield from reembed(store, stop)
