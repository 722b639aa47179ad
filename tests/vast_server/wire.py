"""What goes over the wire: a call, its reply, and a refusal with the code a cluster would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa

ROW_ID = "$row_id"


class Refusal(Exception):
    """The server's answer to a call it will not carry out."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


class Request(NamedTuple):
    """One line of the server's log; status 0 stands for a reply that was never sent."""

    kind: str
    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Reply:
    """What a successful call answers; the body in pieces, so that columns are sent without a copy, and in chunks
    where a client must be able to tell that it was cut."""

    body: tuple[bytes | pa.Buffer, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False


@dataclass(frozen=True)
class Call:
    """A request after its headers and body were read."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def parts(self) -> list[str]:
        """Bucket, schemas and table, decoded."""
        return [unquote(part) for part in self.path.split("/") if part]

    @property
    def query(self) -> dict[str, str]:
        """The parameters after the command."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def command(self) -> str:
        """The first word of the query, which says what the call is about."""
        return urlsplit(self.target).query.split("&")[0].split("=")[0]

    @property
    def transaction(self) -> int:
        """The transaction's id; 0 stands for none."""
        return int(self.headers.get("tabular-txid") or 0)

    @property
    def schema(self) -> tuple[str, str]:
        """Bucket and schema of a call whose path ends in a schema."""
        return self.parts[0], "/".join(self.parts[1:])

    @property
    def table(self) -> tuple[str, str, str]:
        """Bucket, schema and name of a call whose path ends in a table."""
        return self.parts[0], "/".join(self.parts[1:-1]), self.parts[-1]
