"""Connection to a VAST Database: transactions with retries, and commits whose outcome is verified."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from vastdb import errors
from vastdb.session import Session

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import PublishCancelledError, StoreError, VASTDatabaseError, VASTUnavailableError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.errors import (
    ConnectionLostError,
    EndpointUnreachableError,
    WriteConflictError,
    translate_errors,
)
from exr_inspector_app.persistence.vast.search.vector_cache import expire_cache
from exr_inspector_app.persistence.vast.session import connect
from exr_inspector_app.persistence.vast.tables import Tables
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)
logging.getLogger("vastdb").addHandler(logging.NullHandler())  # its warnings are not for stderr

T = TypeVar("T")

DEFAULT_TIMEOUT_S = (5.0, 60.0)  # to connect, and to wait for a response
RETRY_PAUSES_S = (0.1, 0.4, 1.0, 2.0)
_STOP_INTERVAL_S = 0.1  # between the polls of a stop callback during a pause


class CommitOutcomeUnknownError(VASTDatabaseError):
    """Commit whose outcome is unknown: the connection broke before the reply."""

    is_transient = True


class Database:
    """Client of one VAST Database that reads and writes in transactions. Not thread-safe."""

    def __init__(
        self, vast: Vast, session: Session | None = None, timeout: tuple[float, float] = DEFAULT_TIMEOUT_S
    ) -> None:
        self.vast = vast
        self.tables = Tables(vast)
        self._external_session = session
        self._session = session
        self._timeout = timeout
        self._stop: StopCheck = never_stop

    @property
    def session(self) -> Session:
        """Session of the SDK; connects, and queries the server's version, on first use."""
        if self._session is None:
            self._session = connect(self.vast, self._timeout)
            self._session.api.check_stop = self._check_stop
        return self._session

    def read(self, work: Callable[[Transaction], T]) -> T | None:
        """Run `work` in one snapshot, retrying transient failures.

        Returns:
            The result of `work`, or None if the tables do not exist yet.
        """

        def attempt() -> T | None:
            try:
                with self.transaction() as transaction:
                    self.tables.verify(transaction)
                    return work(transaction)
            except ConnectionLostError:
                if self._are_tables_missing():
                    return None
                raise

        return self._retry(attempt)

    @contextmanager
    def stoppable(self, stop: StopCheck) -> Iterator[None]:
        """Raise PublishCancelledError before the next request of a transaction, or in a pause, once `stop` is True.

        The transaction is then rolled back. A commit that has been sent is not abandoned.
        """
        self._stop = stop
        try:
            yield
        finally:
            self._stop = never_stop

    def _check_stop(self) -> None:
        if self._stop():
            raise PublishCancelledError("The publish was stopped.")

    def _pause(self, seconds: float) -> None:
        """Sleep, polling the stop callback."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._check_stop()
            time.sleep(min(left, _STOP_INTERVAL_S))

    def write(
        self,
        work: Callable[[Transaction], T],
        is_committed: Callable[[Transaction, T], bool],
        pauses: Sequence[float] | None = None,
    ) -> T:
        """Run `work` and commit it, retrying transient failures.

        Args:
            work: Writes within the transaction that it is given. It may run several times, each time in a new
                transaction.
            is_committed: Returns whether a commit without a reply was carried out; called with a new transaction and
                the result of `work`.
            pauses: Seconds before each retry; None for RETRY_PAUSES_S.

        Returns:
            The result of `work` in the transaction that was committed.

        Raises:
            CommitOutcomeUnknownError: The connection broke before the reply to the commit.
            StoreError: Nothing was written.
        """

        def attempt() -> T:
            try:
                with self.transaction() as transaction:
                    self.tables.verify(transaction)
                    result = work(transaction)
                    self._commit(transaction, lambda snapshot: is_committed(snapshot, result))
                    return result
            except ConnectionLostError:
                if self._are_tables_missing():
                    self.ensure_tables()
                raise

        try:
            return self._retry(attempt, pauses)
        finally:
            expire_cache(self.vast)

    def ensure_tables(self) -> None:
        """Create the missing tables; idempotent, also if another process creates them at the same time."""

        def attempt() -> None:
            with self.transaction() as transaction, translate_errors(self.vast):
                if self.tables.create(transaction):
                    self._commit(transaction, lambda _: True)
            self.tables.invalidate()
            with self.transaction() as transaction:
                self.tables.verify(transaction)

        self._retry(attempt)

    def close(self) -> None:
        """Close the connections; a session that the caller passed in stays open."""
        if self._session is not None and self._session is not self._external_session:
            self._session.api.__exit__()
            self._session = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction, and roll it back at the end unless it was committed."""
        with translate_errors(self.vast):
            sdk = self.session.transaction()
            # Entering the SDK's transaction would connect its driver, two requests that only similarity needs.
            sdk.txid = _transaction_id(self.session.api.begin_transaction().headers)
        try:
            yield Transaction(sdk, self.vast, self.tables, self._check_stop)
        finally:
            if sdk.txid is not None:
                self._roll_back(sdk.txid)
                sdk.txid = None

    def _roll_back(self, txid: int) -> bool | None:
        """Return True if rolled back, False if the server does not know the transaction, None if that is unknown."""
        try:
            with translate_errors(self.vast):
                self.session.api.rollback_transaction(txid)
            return True
        except VASTUnavailableError as error:
            log.debug("Transaction %x is left to expire: %s", txid, error.sentence)
            return False if isinstance(error, ConnectionLostError) else None
        except VASTDatabaseError:
            return False

    def _commit(self, transaction: Transaction, is_committed: Callable[[Transaction], bool]) -> None:
        """Commit the transaction.

        Raises:
            CommitOutcomeUnknownError: The connection broke before the reply.
            VASTDatabaseError: The transaction was not committed.
        """
        txid = transaction.id
        try:
            with translate_errors(self.vast):
                self.session.api.commit_transaction(txid)
        except WriteConflictError:
            raise
        except VASTUnavailableError as error:
            log.info("No reply to a commit: %s", error.sentence)
            transaction.sdk.txid = None
            if not self._was_committed(txid, is_committed):
                raise
        transaction.sdk.txid = None

    def _was_committed(self, txid: int, is_committed: Callable[[Transaction], bool]) -> bool:
        """Return whether a commit without a reply was carried out; raise CommitOutcomeUnknownError if unknown.

        The commit may still be in progress, so its rows are searched only once the transaction was rolled back or no
        longer exists. A successful rollback means that nothing was committed, unless the server accepts any rollback.
        """
        for pause in (*RETRY_PAUSES_S, None):
            rolled_back = self._roll_back(txid)
            if rolled_back is not None or pause is None:
                break
            time.sleep(pause)
        if rolled_back and not self.tables.capabilities.lacks("transaction.rollback_after_commit"):
            return False
        try:
            committed = bool(self.read(is_committed))
        except StoreError as error:
            raise self._unknown_outcome() from error
        if not committed and rolled_back is None:
            raise self._unknown_outcome()
        return committed

    def _unknown_outcome(self) -> CommitOutcomeUnknownError:
        return CommitOutcomeUnknownError(
            f"Connection to {self.vast.endpoint} lost during the write; the result is unknown. "
            "Publish again: nothing is added twice."
        )

    def _retry(self, run: Callable[[], T], pauses: Sequence[float] | None = None) -> T:
        """Return the result of `run`, retrying transient failures after pauses."""
        for pause in RETRY_PAUSES_S if pauses is None else pauses:
            try:
                return run()
            except EndpointUnreachableError:
                raise
            except VASTUnavailableError as error:
                log.info("Retrying in %.1f s: %s", pause, error.sentence)
                self._pause(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries
        return run()

    def _are_tables_missing(self) -> bool:
        """Return True if the bucket exists without all tables; raise if it does not exist, or holds other ones."""
        self.tables.invalidate()
        with self.transaction() as transaction, translate_errors(self.vast):
            bucket = transaction.sdk.bucket(self.vast.bucket)
            namespace = bucket.schema(self.vast.schema, fail_if_missing=False)
            existing = set(namespace.tablenames()) & set(schema.TABLES) if namespace else set()
            if existing == set(schema.TABLES):
                return False
            self.tables.refuse_foreign(transaction.sdk, sorted(existing))
            return True


def _transaction_id(headers: Mapping[str, str]) -> int:
    try:
        return int(headers["tabular-txid"])
    except (KeyError, ValueError) as error:
        raise errors.ApiResponseError("no transaction id") from error
