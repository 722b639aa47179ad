"""Personality of a loopback server: what clusters do differently, as switches that a test sets."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from .limits import unsupported
from .wire import Call, RefusalError


@dataclass
class Personality:
    """Switches of one server.

    Attributes:
        region: Region that signatures must have; any if empty.
        plain_buckets: Buckets that are no database: calls on schemas and tables get a conflict.
        denied: Kinds of requests that the policy of the key lacks, such as `head_bucket`, or `update:files` on a table.
        refused_texts: Texts that no inserted row may contain.
        has_vectors: False for a server that refuses columns of fixed-size lists.
    """

    region: str = ""
    plain_buckets: tuple[str, ...] = ()
    denied: set[str] = field(default_factory=set)
    refused_texts: set[str] = field(default_factory=set)
    has_vectors: bool = True

    def check_region(self, scope: str) -> None:
        """Refuse the credential scope of another region."""
        if self.region and scope.split("/")[1] != self.region:
            message = f"the region '{scope.split('/')[1]}' is wrong; expecting '{self.region}'"
            raise RefusalError(400, "AuthorizationHeaderMalformed", message)

    def check_call(self, kind: str, call: Call) -> None:
        """Refuse a call that this server does not allow."""
        if kind in self.denied or (call.parts and f"{kind}:{call.parts[-1]}" in self.denied):
            raise RefusalError(403, "AccessDenied", "Access Denied")
        if call.parts and call.parts[0] in self.plain_buckets and kind != "head_bucket":
            raise RefusalError(409, "Conflict", "The bucket is not of database type")
        if kind == "insert" and any(text.encode() in call.body for text in self.refused_texts):
            raise RefusalError(400, "InvalidArgument", "a value is not supported")
        if kind == "table_create" and not self.has_vectors:
            for column in pa.ipc.read_schema(pa.BufferReader(call.body)):
                if pa.types.is_fixed_size_list(column.type):
                    raise unsupported(column.type)
