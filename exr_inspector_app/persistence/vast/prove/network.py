"""Probes of the server's version, clock and addresses."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch
from exr_inspector_app.text.format import pluralize

_MAX_SKEW_S = 60.0  # requests are rejected at 15 minutes


def _clock(scratch: Scratch) -> str:
    date = scratch.api._request(method="HEAD", url=scratch.api._url(bucket=scratch.vast.bucket)).headers.get("Date")
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(date or "")).total_seconds()
    except ValueError as error:
        raise UnprovenError("The server does not report its time.") from error
    if abs(skew) > _MAX_SKEW_S:
        raise RefutedError(f"The clocks are {abs(skew):,.0f} s apart; requests are rejected at 900 s.")
    return f"The clocks are {abs(skew):.0f} s apart."


def _addresses(scratch: Scratch) -> str:
    vast = scratch.vast
    with scratch.transaction() as transaction:
        stats = scratch.api.get_table_stats(vast.bucket, vast.schema, "files", txid=transaction.id)
    url = urlsplit(vast.endpoint)
    port = url.port or (443 if url.scheme == "https" else 80)
    deadline = time.monotonic() + scratch.timeout[1]
    silent = [vip for vip in stats.vips if time.monotonic() > deadline or not _is_open(vip, port, scratch.timeout[0])]
    if silent:
        raise RefutedError(f"{len(silent)} of {len(stats.vips)} addresses do not answer, such as {silent[0]}.")
    return f"The server reports {pluralize(len(stats.vips), 'address', 'addresses')} for data; all answer."


def _is_open(host: str, port: int, timeout: float) -> bool:
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError:
        return False
    return True


FACTS = (
    Fact("network.clock", "Do the clocks agree?", _clock, "requests are rejected at 15 minutes"),
    Fact("network.addresses", "Do all addresses of the data answer?", _addresses, "one address is used"),
)
