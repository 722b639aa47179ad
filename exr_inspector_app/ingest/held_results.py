"""Held results: the results of a publish wait for its end, and then report whose rows readers see.

A VAST Database has no unique keys. If two publishers insert a file at the same time, one of them wins, possibly after
the other has finished its batch.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from exr_inspector_app.contracts import PublishResult, persisted
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.store import Store

log = logging.getLogger(__name__)

MAX_HELD_RESULTS = 100_000  # about 50 MB; above this number they are released before the end
_LOOKUP_FILES = 3000  # in one query


@dataclass(slots=True)
class HeldResult:
    """Result of one file.

    Attributes:
        index: Index of the file in the publish.
        path: Path of the file.
        result: Result as the store returned it.
        call: Number of the store call that returned it.
        is_uncertain: True if an earlier attempt of this publish may have inserted the file.
    """

    index: int
    path: str
    result: PublishResult
    call: int
    is_uncertain: bool = False


class HeldResults:
    """Results that are not final yet, in memory."""

    def __init__(self, store: Store, publish_id: str) -> None:
        self._store = store
        self._publish_id = publish_id
        self._held: list[HeldResult] = []

    def __len__(self) -> int:
        return len(self._held)

    def add(self, held: HeldResult) -> None:
        """Hold a result."""
        self._held.append(held)

    def release(self, last_call: int, *, verify: bool) -> list[tuple[int, str, PublishResult]]:
        """Return all held results as (index, path, result), in the order of their indices, and discard them.

        Args:
            last_call: Number of the last store call, which has verified its own results.
            verify: Query the store for the results of earlier calls.
        """
        doubtful = {
            held.result.file_id: None
            for held in self._held
            if (held.is_uncertain and held.result.status == "success")
            or (held.result.inserted and held.call != last_call)
        }
        winners = self._winners([file_id for file_id in doubtful if file_id]) if verify else {}
        counted: set[str | None] = set()
        released = []
        for held in sorted(self._held, key=lambda held: held.index):
            result, file_id = held.result, held.result.file_id
            if file_id in winners and file_id is not None:
                result = persisted(file_id, winners[file_id] == self._publish_id and file_id not in counted)
            if result.inserted:
                counted.add(file_id)
            released.append((held.index, held.path, result))
        self._held = []
        return released

    def _winners(self, file_ids: Sequence[str]) -> dict[str, str]:
        """Return the publish of the visible rows of each file; a failure is logged."""
        winners: dict[str, str] = {}
        try:
            for start in range(0, len(file_ids), _LOOKUP_FILES):
                winners.update(self._store.publishes_of(file_ids[start : start + _LOOKUP_FILES]))
        except StoreError as error:
            log.info("Results of %d files were not verified: %s", len(file_ids), error.sentence)
        return winners
