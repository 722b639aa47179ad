"""Roots in `schema_info` of a VAST Database: read once per place, read again after each insert, and replaced."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pyarrow as pa

from exr_inspector_app.config import Root
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.roots import ROOTS_KEY, Roots, to_json
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)


def known_roots(database: Database) -> Roots | None:
    """Return the roots, read with the schema version; no request where that is known. None without roots or tables.

    Raises:
        StoreDamagedError: The roots cannot be read.
    """
    if database.tables.is_verified:
        return database.tables.roots
    return database.read(lambda transaction: transaction.tables.roots)


def read_roots_again(database: Database) -> None:
    """Update the cached roots; a failure is logged."""
    try:
        database.read(lambda transaction: transaction.tables.read_info(transaction))
    except StoreError as error:
        log.info("The roots were not read again: %s", error.sentence)


def replace_roots(database: Database, roots: Sequence[Root]) -> None:
    """Replace the roots in one transaction; tables that do not exist are created."""
    database.ensure_tables()

    def work(transaction: Transaction) -> None:
        condition = transaction.tables.columns("schema_info").key == ROOTS_KEY
        transaction.delete("schema_info", transaction.rows("schema_info", ["value"], [condition], row_ids=True))
        row = {"key": [ROOTS_KEY], "value": [to_json(roots)]}
        transaction.insert("schema_info", pa.table(row, schema=schema.SCHEMA_INFO))

    database.write(work, lambda *_: False)  # idempotent, so a retry is safe
    read_roots_again(database)
