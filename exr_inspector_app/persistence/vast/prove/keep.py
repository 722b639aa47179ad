"""Storage of answers in `schema_info`, where every store of the database reads them."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pyarrow as pa

from exr_inspector_app.contracts import ProvenFact
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.capabilities import CAPABILITIES_KEY, Capabilities, newest_capabilities
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import Transaction

_OF_ONE_MACHINE = ("permission.", "network.")  # prefixes of facts that depend on the key or the network


def keep_answers(database: Database, facts: Iterable[ProvenFact]) -> tuple[bool, str]:
    """Replace the answers in `schema_info`; an unknown one keeps the earlier answer from the same server version.

    Returns:
        Whether they are kept, and a sentence.
    """
    answers = {
        fact.id: fact.result for fact in facts if fact.result != "unknown" and not fact.id.startswith(_OF_ONE_MACHINE)
    }
    if not answers:
        return False, "Nothing is known, so the earlier answers stay."
    try:
        if database.read(lambda _: True) is None:
            return False, f"There are no tables in {database.vast.location}. Run `exr-inspector vast init`."
        server = ".".join(map(str, database.session.api.vast_version))
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        database.write(lambda transaction: _replace(transaction, Capabilities(answers, stamp, server)), lambda *_: True)
    except StoreError as error:
        return False, error.sentence
    database.tables.invalidate()
    return True, f"Every store of {database.vast.location} reads them."


def _replace(transaction: Transaction, capabilities: Capabilities) -> None:
    condition = transaction.tables.columns("schema_info").key == CAPABILITIES_KEY
    rows = transaction.rows("schema_info", ["value"], [condition], row_ids=True)
    earlier = newest_capabilities(rows["value"].to_pylist())
    if earlier.server == capabilities.server:
        answers = {**earlier.answers, **capabilities.answers}
        capabilities = Capabilities(answers, capabilities.proved_at, capabilities.server)
    transaction.delete("schema_info", rows)
    row = {"key": [CAPABILITIES_KEY], "value": [capabilities.to_json()]}
    transaction.insert("schema_info", pa.table(row, schema=schema.SCHEMA_INFO))
