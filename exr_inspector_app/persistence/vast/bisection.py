"""Bisection of a batch: isolates the rows that a server rejects, or that another transaction holds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from exr_inspector_app.contracts import Record
from exr_inspector_app.errors import RequestRejectedError, StoreError
from exr_inspector_app.persistence.vast.errors import WriteConflictError

log = logging.getLogger(__name__)

MAX_FAILED_TRANSACTIONS = 40  # of one batch; three rejected rows among 1,000 files are isolated by about 30


def run_in_halves(
    records: Sequence[Record],
    work: Callable[[Sequence[Record], Sequence[float] | None], object],
    pauses: Sequence[float] | None,
) -> dict[str, StoreError]:
    """Run `work` on all records, after a conflict or a rejection on each half, and so on.

    Args:
        records: Records to work on.
        work: Runs a transaction for some of them, with retries after the pauses in seconds.
        pauses: Pauses before retries of the transaction for all records.

    Returns:
        The errors of the records that fail alone, by file_id.

    Raises:
        StoreError: Any other failure, or more than MAX_FAILED_TRANSACTIONS.
    """
    failures: dict[str, StoreError] = {}
    waiting, failed = [records], 0
    while waiting:
        part = waiting.pop()
        try:
            work(part, pauses if part is records else ())
        except (WriteConflictError, RequestRejectedError) as error:
            failed += 1
            if failed > MAX_FAILED_TRANSACTIONS:
                raise
            log.info("Transaction for %d files failed: %s", len(part), error.sentence)
            middle = len(part) // 2
            if middle:
                waiting += [part[middle:], part[:middle]]
            else:
                failures[part[0].identity.file_id] = error
    return failures
