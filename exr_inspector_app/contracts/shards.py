"""Data classes of bulk loads: shards of encoded rows, and their results in a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exr_inspector_app.config import Root

LEDGER_PREFIX = "backfill/"  # of the keys in `schema_info` that record loaded shards


@dataclass(frozen=True, slots=True)
class Shard:
    """Encoded rows of some files, in one Parquet file per table; a store loads them in one transaction.

    Attributes:
        key: Key of the row in `schema_info` that records the load, `backfill/PLAN/NUMBER`.
        attempt_id: Attempt of all rows; equal whenever the same shard of the same plan is encoded.
        roots: Roots of the store when the keys of the files were made; None if it had none.
        tables: Parquet file of each table but `previews` and `schema_info`.
        left_out: Ids of files that are not loaded, such as those that have changed on disk since.
    """

    key: str
    attempt_id: str
    roots: tuple[Root, ...] | None
    tables: Mapping[str, Path]
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LoadedShard:
    """Result of the load of a shard.

    Attributes:
        inserted: Number of files whose rows this shard inserted, now or in an earlier load of it.
        known: Columns of the files of the shard that were published before the call, by file_id.
        was_loaded: True if an earlier call has loaded the shard; nothing was written then.
    """

    inserted: int
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    was_loaded: bool = False
