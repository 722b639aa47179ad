"""Transaction engine with snapshot isolation; the first writer of a row, a table or a name wins."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from .catalog import Catalog
from .personality import Personality
from .wire import RefusalError

Rows = Any  # a numpy array of the row ids that a change touches; None for the whole object
Touched = dict[tuple[str, ...], list[Rows]]
Operation = Callable[[Catalog], Catalog]


@dataclass
class Transaction:
    """Open transaction: its snapshot, its view and its changes."""

    number: int
    since: int
    snapshot: Catalog
    view: Catalog
    seen: float
    touched: Touched = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)


def overlap(some: list[Rows], others: list[Rows]) -> bool:
    """Return whether two lists of changes to one object share a row, or change the object itself."""
    if any(rows is None for rows in (*some, *others)):
        return True
    return any(bool(np.isin(rows, others_rows).any()) for rows in some for others_rows in others)


class Database:
    """Committed catalog and open transactions. Thread-safe."""

    def __init__(
        self,
        conflicts: bool = True,
        expiry_seconds: float | None = None,
        shuffled: bool = True,
        query_engine: bool = True,
    ) -> None:
        self.conflicts, self.expiry_seconds, self.shuffled = conflicts, expiry_seconds, shuffled
        self.query_engine = query_engine
        self.personality = Personality()
        self.objects: dict[tuple[str, ...], bytes] = {}  # of S3, by bucket and key
        self.results: dict[int, pa.Table] = {}  # of the query engine, until they are closed
        self.committed = Catalog()
        self.lock = threading.RLock()
        self.open: dict[int, Transaction] = {}
        self.history: list[tuple[int, Touched]] = []
        self.commits = 0
        self.numbers = itertools.count(time.time_ns() & 0xFFFFFFFFFFFF)

    def begin(self) -> Transaction:
        """Begin a transaction on everything committed so far."""
        with self.lock:
            self.expire()
            number = next(self.numbers)
            started = Transaction(number, self.commits, self.committed, self.committed, time.monotonic())
            self.open[number] = started
            return started

    def find(self, number: int) -> Transaction:
        """Return an open transaction by number."""
        with self.lock:
            self.expire()
            if number not in self.open:
                raise RefusalError(404, "TabularTransactionNotFound", f"there is no open transaction {number}")
            self.open[number].seen = time.monotonic()
            return self.open[number]

    def view(self, number: int) -> Catalog:
        """Return the catalog that a transaction sees; without one, the committed catalog."""
        return self.find(number).view if number else self.committed

    def change(self, number: int, key: tuple[str, ...], rows: Rows, operation: Operation) -> None:
        """Run an operation in a transaction, or in a new one if `number` is 0."""
        with self.lock:
            transaction = self.find(number) if number else self.begin()
            try:
                if self.conflicts:
                    self.check_conflict(transaction, key, [rows])
                transaction.view = operation(transaction.view)
            except RefusalError:
                if not number:
                    self.rollback(transaction.number)
                raise
            transaction.operations.append(operation)
            transaction.touched.setdefault(key, []).append(rows)
            if not number:
                self.commit(transaction.number)

    def check_conflict(self, transaction: Transaction, key: tuple[str, ...], rows: list[Rows]) -> None:
        """Refuse a change to objects that another transaction changes, or has changed since this one's snapshot."""
        others = [other.touched for other in self.open.values() if other is not transaction]
        others += [touched for moment, touched in self.history if moment > transaction.since]
        if any(key in touched and overlap(rows, touched[key]) for touched in others):
            raise RefusalError(409, "TabularTransactionConflict", f"another transaction has changed {'/'.join(key)}")

    def commit(self, number: int) -> None:
        """Commit: make a transaction's changes visible to all later transactions."""
        with self.lock:
            transaction = self.find(number)
            del self.open[number]
            if transaction.operations:
                alone = self.committed is transaction.snapshot
                self.committed = transaction.view if alone else self.replay(transaction)
                self.commits += 1
                self.history.append((self.commits, transaction.touched))
            oldest = min((other.since for other in self.open.values()), default=self.commits)
            self.history = [entry for entry in self.history if entry[0] > oldest]

    def replay(self, transaction: Transaction) -> Catalog:
        """Apply a transaction's operations to the changes committed since its snapshot."""
        catalog = self.committed
        try:
            for operation in transaction.operations:
                catalog = operation(catalog)
        except RefusalError as refusal:
            raise RefusalError(409, "TabularTransactionConflict", refusal.message) from refusal
        return catalog

    def rollback(self, number: int) -> None:
        """Discard a transaction."""
        with self.lock:
            self.find(number)
            del self.open[number]

    def expire(self) -> None:
        """Discard transactions that were idle for too long."""
        if self.expiry_seconds is not None:
            limit = time.monotonic() - self.expiry_seconds
            self.open = {number: transaction for number, transaction in self.open.items() if transaction.seen >= limit}
