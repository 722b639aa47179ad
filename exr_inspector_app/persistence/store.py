"""What every store can do, whether it is the embedded library or a VAST Database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Filter,
    Hit,
    Listing,
    Page,
    Plan,
    Preview,
    ProgressCallback,
    PublishResult,
    Query,
    StopCheck,
    StoredFile,
    Vectors,
    ignore_progress,
    never_stop,
)


class Store(Protocol):
    """A place where published metadata lives; every call is a transaction of its own, whole or not at all.

    Errors are StoreError and its children (`errors.py`), each one sentence. A store may be used by one
    thread at a time; several stores, processes and machines may use the same place at once.
    """

    @property
    def target(self) -> str:
        """The name to show for this place, such as `Local library`."""
        ...

    def ensure_tables(self) -> None:
        """The tables exist afterwards, whoever made them; a newer schema is refused."""
        ...

    def publish(self, batch: Batch) -> list[PublishResult]:
        """Exactly one row of `files` and one set of children for each key, one result for each record."""
        ...

    def update_index(self) -> None:
        """What look-ups keep of published files holds those of the last batches; never fails, may leave it to them."""
        ...

    def plan(self, batch: Batch) -> Plan:
        """What `publish` would do with each record now; writes nothing."""
        ...

    def get(self, file_id: str) -> StoredFile | None:
        """One file with its parts, channels and attributes."""
        ...

    def find(
        self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False
    ) -> list[StoredFile]:
        """The matching files without their children, newest first; current headers only unless `history`."""
        ...

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        """How many files `find` would return without a limit."""
        ...

    def browse(self, listing: Listing) -> Page:
        """One page of the current files, with the facets that are asked for; rows of one sort value by path."""
        ...

    def similar(
        self, query: Query, stop: StopCheck = never_stop, on_progress: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        """The nearest files, best first, sequences folded, current headers only; by look those with a preview.

        With weights by a blend of several ways (`persistence/blend.py`). Where every row has to be looked at, or much
        to be read first, `tell` hears how far that is (anew for each look) and of first hits among what has been
        read, and ScanStopped is raised once `stop` says so.
        """
        ...

    def put_previews(self, previews: Sequence[Preview]) -> int:
        """Each published file among them has this preview and no other; returns how many files that are."""
        ...

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        """By file_id its own preview, or the newest one of its sequence; its `file_id` tells whose it is."""
        ...

    def delete(self, file_ids: Sequence[str]) -> int:
        """The files, all their rows and previews are gone afterwards; returns how many there were."""
        ...

    def undo(self, publish_id: str) -> int:
        """Rows that this publish inserted and no other has met since are gone; returns how many files."""
        ...

    def get_many(self, file_ids: Sequence[str]) -> list[StoredFile]:
        """Those of the files that are there, with all their children, in any order."""
        ...

    def update_vectors(self, revised: Sequence[Vectors]) -> None:
        """The files, as `whole` gave them, have these vectors of the present version."""
        ...

    def check(self) -> CheckReport:
        """What is in the store and what is wrong with it; mends what can be mended without a loss."""
        ...

    def close(self) -> None:
        """The place is released; calling it twice does no harm."""
        ...
