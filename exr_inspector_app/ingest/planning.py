"""Planning: what publishing would do with records, after a comparison with the disk."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Batch, Plan, PlanFailure, PlanReady, Record, StopCheck, never_stop
from exr_inspector_app.errors import StoreError
from exr_inspector_app.ingest.disk_check import DiskCheck, Inspected
from exr_inspector_app.persistence.store import Store

PLAN_INTERVAL_S = 0.5  # the longest time that inspected files wait for their plan


def make_plan(
    inspected: Sequence[Inspected], store: Store, disk: DiskCheck, stop: StopCheck = never_stop
) -> Plan | None:
    """Return the effect of publishing each record or file; None once `stop` returns True.

    The plan has an item for each file that can be published now, and a failure for each that has changed and cannot be
    published, both in the order given.
    """
    checked = disk.run(inspected, stop)
    if checked is None:
        return None
    plan = store.plan(Batch(tuple(item.record for item in checked if item.record), "", ""))
    planned = iter(plan.items)
    items, failures = [], []
    for given, now in zip(inspected, checked, strict=True):
        if now.record is not None:
            item = next(planned)
            items.append(item if now.file is None else replace(item, replaces=given))
        elif now.file is not None:
            failures.append(PlanFailure(given, now.file))
    return Plan(plan.target, tuple(items), tuple(failures))


class PlanBatcher:
    """Batcher of inspected records that asks the store for the plan of many at a time."""

    def __init__(self, store: Store | None, roots: Sequence[Root]) -> None:
        self._store = store
        self._disk = DiskCheck(roots)
        self._waiting: list[Record] = []
        self._last_plan = time.monotonic()
        self.error: StoreError | None = None

    def add(self, record: Record | None) -> None:
        """Add a record, if there is a store that has not failed."""
        if record is not None and self._store is not None and self.error is None:
            self._waiting.append(record)

    def flush_if_due(self, last: bool) -> Iterator[PlanReady]:
        """Yield the plan of the waiting records every PLAN_INTERVAL_S, and at the end if `last`."""
        is_due = last or time.monotonic() - self._last_plan >= PLAN_INTERVAL_S
        if self._store is None or not self._waiting or not is_due:
            return
        records, self._waiting = self._waiting, []
        try:
            plan = make_plan(records, self._store, self._disk)
            if plan is not None:
                yield PlanReady(plan)
        except StoreError as error:
            self.error = error
        self._last_plan = time.monotonic()

    def close(self) -> None:
        """End the readers of the disk check."""
        self._disk.close()
