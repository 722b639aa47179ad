"""Store protocol: the interface of the local library and of a VAST Database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Filter,
    Hit,
    Listing,
    LoadedShard,
    Page,
    Plan,
    Preview,
    ProgressCallback,
    PublishResult,
    PublishSummary,
    Query,
    RekeyedRange,
    Shard,
    StopCheck,
    StoredFile,
    Vectors,
    ignore_progress,
    never_stop,
)


class Store(Protocol):
    """Store of published metadata: one transaction per call, committed completely or not at all.

    Thread safety: one thread at a time may use a store. Any number of stores, processes, and machines may use the
    same target concurrently.

    Errors: every method that accesses the target may raise `StoreError` or one of its subclasses, each with a
    one-sentence message for users. Methods list further errors only:

    * `StoreUnavailableError`: locked by another process, disk full, or not reachable; the same call may succeed later.
    * `StoreDamagedError`: corrupt, created by another program or by a newer version; nothing was changed.
    * `VASTDatabaseError`, `VASTUnavailableError`: the same for a VAST Database.

    Reading from a target that does not exist yet returns empty results. Only `ensure_tables`, methods that write, and
    `check` of a VAST Database create it. Reading needs no right to write.
    """

    @property
    def target(self) -> str:
        """Display name of the target, such as `Local library`."""
        ...

    @property
    def has_final_inserts(self) -> bool:
        """True if a file that `publish` reports as inserted stays so: no publisher can insert it at the same time."""
        ...

    def ensure_tables(self) -> None:
        """Create missing tables. Idempotent, also when several processes call it at once.

        Raises:
            StoreDamagedError: The tables have a newer schema version.
        """
        ...

    def require_writable(self, *, tries_write: bool = False) -> None:
        """Check that the target can be written or created, before files are read for it; no change remains.

        Args:
            tries_write: Where only the server knows the rights of the key, insert a row in a transaction that is
                rolled back. It takes a few requests.

        Raises:
            KnownError: The library, its folder, or its file system may only be read, or the key may not write.
        """
        ...

    def roots(self) -> tuple[Root, ...] | None:
        """Return the roots that the store maps paths with, or None if it has none. Read once by a VAST Database.

        `publish` and `plan` compute the identities of records under them, and ignore the identities in the records.

        Raises:
            StoreDamagedError: The roots cannot be read.
        """
        ...

    def set_roots(self, roots: Sequence[Root]) -> None:
        """Replace the roots. Rows keep their keys until `rekey`; an empty sequence means that paths stay as they are.

        Raises:
            StoreDamagedError: A prefix is not absolute.
        """
        ...

    def rekey(
        self, *, start: str = "", apply: bool = False, roots: Sequence[Root] | None = None
    ) -> Iterator[RekeyedRange]:
        """Compute the keys of all rows under the roots, range by range of file_id, in bounded memory.

        Idempotent: a run that was stopped is continued by another one. Readers see each file once at any moment.

        Args:
            start: First digits of file_id to start from: those of the last range that an earlier run has reported.
            apply: Write the new keys: a file moves with its parts, channels, attributes and preview, and of files that
                become one the first attempt stays. Otherwise nothing is written.
            roots: Roots to compute with, to preview their changes; only without `apply`. None for those of the
                store, or for no roots if it has none.

        Yields:
            Each range of file_id once it is done.
        """
        ...

    def publish(self, batch: Batch, stop: StopCheck = never_stop) -> list[PublishResult]:
        """Insert the records that are not stored yet and refresh those whose file changed on disk.

        Idempotent: each `file_id` has one row of `files` and one set of children afterwards, however often and by
        however many processes it is published. A record with invalid vectors or an invalid payload gets a result with
        status `error` and does not affect the rest of the batch, and neither does a record that the target rejects. A
        refresh that fails is logged; the file stays published as it was.

        Args:
            batch: Records to publish, with the id under which `undo` removes them.
            stop: Polled between requests; the transaction is rolled back once it returns True.

        Returns:
            One result per record, in the order of the batch. Of several records with the same `file_id` the first one
            is `inserted`.

        Raises:
            PublishCancelledError: `stop` returned True before the records were committed.
        """
        ...

    def load(self, shard: Shard, stop: StopCheck = never_stop) -> LoadedShard:
        """Insert the rows of a shard whose files are not published yet, and a row in `schema_info` that records it.

        Idempotent: both are one transaction, and a shard that is recorded is not loaded again. Files that are published
        already stay as they are.

        Args:
            shard: Encoded rows.
            stop: Polled between requests; the transaction is rolled back once it returns True.

        Raises:
            PublishCancelledError: `stop` returned True before the rows were committed.
            RequestRejectedError: The target rejected a row; nothing was inserted.
            StoreError: The roots are others than those that the keys of the shard follow from.
        """
        ...

    def close_ledger(self, plan: str, summary: str) -> None:
        """Replace the rows in `schema_info` that record the shards of a plan by one with a summary. Idempotent."""
        ...

    def set_notes(self, notes: Mapping[str, str | None]) -> None:
        """Replace the notes of published files, by file_id; unknown ids are ignored. Idempotent."""
        ...

    def publishes_of(self, file_ids: Sequence[str]) -> dict[str, str]:
        """Return the publish_id of the publish that inserted each file, by file_id; files that do not exist are absent.

        Of several publishers that insert a file at the same time, this is the one whose rows readers see.
        """
        ...

    def update_index(self) -> None:
        """Update the similarity index after a publish. Best effort and idempotent.

        Failures are logged, not raised: the next call of `similar` catches up, as it does where much is missing. A
        store without an index does nothing.
        """
        ...

    def plan(self, batch: Batch) -> Plan:
        """Return the effect of publishing each record now, without writing.

        Returns:
            One item per record, in the order of the batch. Records count as published for those after them.
        """
        ...

    def get(self, file_id: str) -> StoredFile | None:
        """Return one file with its parts, channels, and attributes in file order, or None for an unknown id."""
        ...

    def find(
        self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False
    ) -> list[StoredFile]:
        """Return matching files without their children, newest first.

        Args:
            where: Conditions that a file has to meet, all of them; an empty filter matches every file.
            limit: Maximum number of files to return, 0 or more.
            offset: Number of matching files to skip.
            history: Include files whose path has been published again with another header.

        Returns:
            Files by time of inspection, newest first; files of equal time by path, then by id.

        Raises:
            StoreError: A condition has an unknown column or operator, or a value of the wrong type.
        """
        ...

    def scan(self, where: Filter = (), *, history: bool = False, batch_files: int = 1000) -> Iterator[list[StoredFile]]:
        """Yield all matching files without their children, in one pass over the store.

        Batches are read in several snapshots: files that are published, changed or deleted
        during the pass may be in them or not. Every other file is in exactly one.

        Args:
            where: Conditions as for `find`.
            history: As for `find`.
            batch_files: Files in a batch, at least 1; the last batch may be smaller.

        Raises:
            StoreError: As for `find`.
        """
        ...

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        """Return the number of files that `find` would return without a limit.

        A VAST Database with more than 65,536 matching rows counts older headers as well.

        Raises:
            StoreError: As for `find`.
        """
        ...

    def browse(self, listing: Listing) -> Page:
        """Return one page of the current files, with counts of the requested facets.

        Rows of equal sort value are ordered by path, so that pages are disjoint and complete. Rows without a value
        come last in both directions.

        Raises:
            StoreError: An unknown sort column or facet, or an invalid condition as for `find`.
        """
        ...

    def similar(
        self, query: Query, stop: StopCheck = never_stop, on_progress: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        """Return the files nearest to the reference, best first, one hit per sequence, current headers only.

        With `query.weights` hits are ranked by the weighted mean of several similarities
        (`persistence/similarity/blend.py`). `by="look"` considers only files that have a preview.

        Args:
            query: Reference, similarity, filter, and maximum number of hits (sequences, not files).
            stop: Called in the calling thread between batches of rows; True cancels the search.
            on_progress: Called in the calling thread between batches while rows are scanned or read: `Progress`
                events, counted from 0 for each scan, and `PartialHits` among the files read so far. Never called for
                a search that the index answers at once.

        Returns:
            At most `query.limit` hits; scores are cosines from -1 to 1. Of equal scores identical files come first,
            then equal headers, then the order of paths.

        Raises:
            ScanCancelledError: `stop` returned True. Index entries written before are kept.
            StoreError: An invalid condition as for `find`, no weight above 0, or `by="look"` without `query.look`.
        """
        ...

    def put_previews(self, previews: Sequence[Preview]) -> int:
        """Store the previews of published files, replacing their earlier ones. Idempotent.

        Returns:
            The number of previews stored; those of unknown files are skipped.
        """
        ...

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        """Return the preview to show for each file: its own, or else the newest of its sequence.

        Returns:
            Previews by requested id; `Preview.file_id` is the file that was decoded. Ids without a preview are absent.
        """
        ...

    def delete(self, file_ids: Sequence[str]) -> int:
        """Delete files with all their rows and previews. Idempotent; unknown ids are ignored.

        Returns:
            The number of files deleted.
        """
        ...

    def undo(self, publish_id: str) -> int:
        """Delete the files that a publish inserted and no other publish has contained since. Idempotent.

        Returns:
            The number of files deleted; 0 for an empty or unknown id.
        """
        ...

    def publishes(self, limit: int = 100, published_by: str = "") -> list[PublishSummary]:
        """Return the newest publishes with files in the store, newest first.

        Of a VAST Database with more than 65,536 rows only the newest files are read: publishes of files that were
        inspected long before may be absent, and `removable` may be too large.

        Args:
            limit: Maximum number of publishes.
            published_by: Only publishes of this user; empty for those of all.
        """
        ...

    def get_many(self, file_ids: Sequence[str]) -> list[StoredFile]:
        """Return files with all their children in file order, with one query per table.

        Returns:
            The files that exist, in any order; unknown ids are skipped.
        """
        ...

    def update_vectors(self, revised: Sequence[Vectors]) -> None:
        """Replace the vectors of published files and set their embedding version to the current one. Idempotent.

        Args:
            revised: One entry per file; `channel_vectors` in the order of the channels that `get_many` returned.
                Entries of files that no longer exist are ignored.
        """
        ...

    def check(self) -> CheckReport:
        """Verify the integrity of the store, and repair problems that can be repaired without data loss.

        Returns:
            Number of files, schema version, notes, problems that remain, and number of repaired rows.
        """
        ...

    def close(self) -> None:
        """Release connections and temporary files. Idempotent; never raises."""
        ...
