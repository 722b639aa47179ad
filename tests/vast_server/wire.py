"""Wire types: call, reply, and refusal with the code of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa

ROW_ID = "$row_id"


class RefusalError(Exception):
    """Error response to a call."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


class Request(NamedTuple):
    """Entry of the server's log; status 0 means that no reply was sent."""

    kind: str
    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Reply:
    """Successful response to a call.

    The body is a sequence of buffers, so that columns are sent without a copy. It is sent in chunks if a client must be
    able to detect truncation.
    """

    body: tuple[bytes | pa.Buffer, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False


@dataclass(frozen=True)
class Call:
    """Request with parsed headers and body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """Path without the query."""
        return urlsplit(self.target).path

    @property
    def parts(self) -> list[str]:
        """Bucket, schemas and table, decoded."""
        return [unquote(part) for part in self.path.split("/") if part]

    @property
    def query(self) -> dict[str, str]:
        """Parameters after the command."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def command(self) -> str:
        """First word of the query, which identifies the call."""
        return urlsplit(self.target).query.split("&")[0].split("=")[0]

    @property
    def transaction(self) -> int:
        """Transaction id; 0 for none."""
        return int(self.headers.get("tabular-txid") or 0)

    @property
    def schema(self) -> tuple[str, str]:
        """Bucket and schema of a call whose path ends in a schema."""
        return self.parts[0], "/".join(self.parts[1:])

    @property
    def table(self) -> tuple[str, str, str]:
        """Bucket, schema and name of a call whose path ends in a table."""
        return self.parts[0], "/".join(self.parts[1:-1]), self.parts[-1]
