"""One VAST Database: connected for an operation, its transactions retried, settled and closed."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import backoff
import vastdb
from vastdb.config import SessionConfig
from vastdb.session import Session

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreError, VASTDatabaseError, VASTUnavailableError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast import errors
from exr_inspector_app.persistence.vast.errors import (
    ConnectionLostError,
    EndpointUnreachableError,
    WriteConflictError,
    translate_errors,
)
from exr_inspector_app.persistence.vast.tables import Tables
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)
logging.getLogger("vastdb").addHandler(logging.NullHandler())  # its warnings are not for stderr

T = TypeVar("T")

TIMEOUT = (5.0, 60.0)  # seconds to connect, and to wait for an answer
PAUSES = (0.1, 0.4, 1.0, 2.0)  # seconds before what failed is tried again


class CommitOutcomeUnknownError(VASTDatabaseError):
    """It is not known whether a transaction has been kept."""


class Database:
    """Reads and writes in transactions. One thread at a time."""

    def __init__(self, vast: Vast, session: Session | None = None, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.vast = vast
        self.tables = Tables(vast)
        self._given = session
        self._session = session
        self._timeout = timeout

    @property
    def session(self) -> Session:
        """The session of the SDK; made, and the server's version asked for, when it is first needed."""
        if self._session is None:
            self._session = connect(self.vast, self._timeout)
        return self._session

    def read(self, work: Callable[[Transaction], T]) -> T | None:
        """What `work` finds in one snapshot; None where there are no tables yet.

        Failures that may pass are waited for.
        """

        def once() -> T | None:
            try:
                with self.begun() as transaction:
                    self.tables.verify(transaction)
                    return work(transaction)
            except ConnectionLostError:
                if self._are_tables_missing():
                    return None
                raise

        return self._patiently(once)

    def write(self, work: Callable[[Transaction], T], is_kept: Callable[[Transaction, T], bool]) -> T:
        """What `work` returned from the transaction that has been kept, whole.

        `work` may run several times, each in a transaction of its own. `is_kept` looks whether a commit whose
        answer was lost has been carried out. Raises StoreError where nothing was written, and Unsettled where
        that is not known.
        """

        def once() -> T:
            try:
                with self.begun() as transaction:
                    self.tables.verify(transaction)
                    done = work(transaction)
                    self._commit(transaction, lambda look: is_kept(look, done))
                    return done
            except ConnectionLostError:
                if self._are_tables_missing():
                    self.ensure_tables()
                raise

        return self._patiently(once)

    def ensure_tables(self) -> None:
        """The tables are there, whoever made them."""

        def once() -> None:
            with self.begun() as transaction, translate_errors(self.vast):
                if self.tables.create(transaction):
                    self._commit(transaction, lambda _: True)
            self.tables.forget()
            with self.begun() as transaction:
                self.tables.verify(transaction)

        self._patiently(once)

    def close(self) -> None:
        """The connections are closed; a session that was given stays the giver's."""
        if self._session is not None and self._session is not self._given:
            self._session.api.__exit__()
            self._session = None

    @contextmanager
    def begun(self) -> Iterator[Transaction]:
        """A transaction that is rolled back at the end, unless it has been committed by then."""
        with translate_errors(self.vast):
            sdk = self.session.transaction()
            # Entering the SDK's transaction would connect its driver, two requests that similarity alone needs.
            sdk.txid = int(self.session.api.begin_transaction().headers["tabular-txid"])
        try:
            yield Transaction(sdk, self.vast, self.tables)
        finally:
            if sdk.txid is not None:
                self._roll_back(sdk.txid)
                sdk.txid = None

    def _roll_back(self, txid: int) -> bool | None:
        """True where it has been rolled back, False where the server does not know it, None where nobody can tell."""
        try:
            with translate_errors(self.vast):
                self.session.api.rollback_transaction(txid)
            return True
        except VASTUnavailableError as error:
            log.debug("Transaction %x is left to expire: %s", txid, error.sentence)
            return False if isinstance(error, ConnectionLostError) else None
        except VASTDatabaseError:
            return False

    def _commit(self, transaction: Transaction, is_kept: Callable[[Transaction], bool]) -> None:
        """The transaction is kept; raises where it certainly is not, and Unsettled where nobody can tell."""
        txid = transaction.id
        try:
            with translate_errors(self.vast):
                self.session.api.commit_transaction(txid)
        except WriteConflictError:
            raise
        except VASTUnavailableError as error:
            log.info("The answer to a commit was lost: %s", error.sentence)
            transaction.sdk.txid = None
            if not self._is_settled(txid, is_kept):
                raise
        transaction.sdk.txid = None

    def _is_settled(self, txid: int, is_kept: Callable[[Transaction], bool]) -> bool:
        """Whether a commit without an answer has been carried out, certainly.

        It may still be under way: only a transaction that has been rolled back, or that is gone, is looked for.
        """
        for pause in (*PAUSES, None):
            gone = self._roll_back(txid)
            if gone is not None or pause is None:
                break
            time.sleep(pause)
        if gone:
            return False
        try:
            kept = bool(self.read(is_kept))
        except StoreError as error:
            raise self._unsettled() from error
        if not kept and gone is None:
            raise self._unsettled()
        return kept

    def _unsettled(self) -> CommitOutcomeUnknownError:
        return CommitOutcomeUnknownError(
            f"The connection to {self.vast.endpoint} was lost while it wrote, and it is not known whether it did. "
            "Publish again: what is there is not doubled."
        )

    def _patiently(self, run: Callable[[], T]) -> T:
        """What `run` returns in the end; failures that may pass are waited for."""
        for pause in PAUSES:
            try:
                return run()
            except EndpointUnreachableError:
                raise
            except VASTUnavailableError as error:
                log.info("Tried again in %.1f s: %s", pause, error.sentence)
                time.sleep(pause * random.uniform(0.5, 1.5))
        return run()

    def _are_tables_missing(self) -> bool:
        """True where the bucket is there and lacks a table; no bucket is told."""
        self.tables.forget()
        with self.begun() as transaction, translate_errors(self.vast):
            bucket = transaction.sdk.bucket(self.vast.bucket)
            place = bucket.schema(self.vast.schema, fail_if_missing=False)
            return place is None or not set(schema.TABLES) <= set(place.tablenames())


def connect(vast: Vast, timeout: tuple[float, float]) -> Session:
    """A session; VASTDatabaseError where there is no such server, or none that can be used.

    The error comes without the frames of the SDK, among whose variables the secret is.
    """
    assert vast.secret_key is not None, "made by config.with_keys"
    try:
        with translate_errors(vast):
            return vastdb.connect(
                endpoint=vast.endpoint,
                access=vast.access_key,
                secret=vast.secret_key.reveal(),
                ssl_verify=str(vast.ca_file) if vast.ca_file else True,
                timeout=timeout,
                backoff_config=vastdb.BackoffConfig(wait_gen=_waits, max_value=2.0, max_tries=5, max_time=20.0),
                # One endpoint: addresses that the server tells would not match the name in its certificate.
                config=SessionConfig(data_endpoints=[vast.endpoint]),
            )
    except VASTDatabaseError as error:
        failure = type(error)(error.sentence)
    except NotImplementedError as error:
        failure = errors.wrong_version(error, vast)
    raise failure


def _waits(max_value: float | None = None) -> Any:
    return backoff.expo(factor=0.2, max_value=max_value)
