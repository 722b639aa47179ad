"""Personality of a loopback server: what clusters do differently, as switches that a test sets."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from .limits import PREDICATE, unsupported
from .wire import Call, RefusalError, Reply

SINCE = {"row_ids": (5, 1), "import": (5, 2), "query_engine": (5, 4), "vector_index": (5, 5)}  # versions of features


@dataclass
class Personality:
    """Switches of one server.

    Attributes:
        region: Region that signatures must have; any if empty.
        plain_buckets: Buckets that are no database: calls on schemas and tables get a conflict.
        denied: Kinds of requests that the policy of the key lacks, such as `head_bucket`, or `update:files` on a table.
        refused_texts: Texts that no inserted row may contain.
        has_vectors: False for a server that refuses columns of fixed-size lists.
        version: Version that the server reports, without the features of later ones; all features if empty.
        updates_indexed: False for a server that refuses updates of tables with a vector index.
        ascending_ids: False for a server whose row ids descend, within an insert and over inserts.
        has_projections: False for a server that refuses projections.
        repeats_inserts: True for a gateway that sends each insert twice.
        other_tenant: True for a virtual IP pool of a tenant that does not own the key.
        refuses_substrings: True for a server that refuses conditions on parts of a text.
        max_predicate: Bytes of a query.
        has_null_vectors: False for a server that refuses null in a column of vectors.
        rolls_back_committed: True for a server that accepts the rollback of a committed transaction, without effect.
    """

    region: str = ""
    plain_buckets: tuple[str, ...] = ()
    denied: set[str] = field(default_factory=set)
    refused_texts: set[str] = field(default_factory=set)
    has_vectors: bool = True
    version: str = ""
    updates_indexed: bool = True
    ascending_ids: bool = True
    has_projections: bool = True
    repeats_inserts: bool = False
    other_tenant: bool = False
    refuses_substrings: bool = False
    max_predicate: int = PREDICATE
    has_null_vectors: bool = True
    rolls_back_committed: bool = False

    def has(self, feature: str) -> bool:
        """Return whether the version has a feature."""
        numbers = tuple(int(number) for number in self.version.split(".")[:2]) if self.version else SINCE[feature]
        return numbers >= SINCE[feature]

    def check_region(self, scope: str) -> None:
        """Refuse the credential scope of another region."""
        if self.region and scope.split("/")[1] != self.region:
            message = f"the region '{scope.split('/')[1]}' is wrong; expecting '{self.region}'"
            raise RefusalError(400, "AuthorizationHeaderMalformed", message)

    def check_call(self, kind: str, call: Call) -> None:
        """Refuse a call that this server does not allow."""
        is_denied = kind in self.denied or (call.parts and f"{kind}:{call.parts[-1]}" in self.denied)
        if is_denied or (self.other_tenant and kind != "version"):
            raise RefusalError(403, "AccessDenied", "Access Denied")
        if call.parts and call.parts[0] in self.plain_buckets and kind != "head_bucket":
            raise RefusalError(409, "Conflict", "The bucket is not of database type")
        if kind == "insert" and any(text.encode() in call.body for text in self.refused_texts):
            raise RefusalError(400, "InvalidArgument", "a value is not supported")
        if kind == "table_create":
            self.check_columns(call)
        self.check_feature(kind)

    def check_feature(self, kind: str) -> None:
        """Refuse a call of a feature that this server does not have."""
        missing = {
            "projection": not self.has_projections,
            "import": not self.has("import"),
            "engine": not self.has("query_engine"),
            "vector": not self.has("query_engine"),
        }
        if missing.get(kind.split("_")[0]):
            raise RefusalError(501, "NotImplemented", f"{kind} is not supported by this cluster")

    def check_columns(self, call: Call) -> None:
        """Refuse a table with vectors or a vector index if this server has none."""
        if call.headers.get("tabular-vector-index-column") and not self.has("vector_index"):
            raise RefusalError(400, "InvalidArgument", "vector indexes are not supported")
        if not self.has_vectors:
            for column in pa.ipc.read_schema(pa.BufferReader(call.body)):
                if pa.types.is_fixed_size_list(column.type):
                    raise unsupported(column.type)

    def answer(self, kind: str, reply: Reply) -> Reply:
        """Return the reply as this server sends it: without row ids before version 5.1."""
        return Reply() if kind == "insert" and not self.has("row_ids") else reply
