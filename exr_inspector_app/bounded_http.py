"""Bounded HTTP responses: connections whose servers cannot keep a request waiting by sending little.

A time-out of a socket begins again with each byte. Here the time until the end of the headers, or of the whole
response, is limited as well.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from http.client import HTTPResponse
from typing import Any, ClassVar


class LargeResponseError(OSError):
    """Response with more bytes than its limit."""


class _BoundedStream(io.RawIOBase):
    """Bytes of a socket, until a time and up to a number of bytes."""

    def __init__(self, raw: Any, max_bytes: int) -> None:
        self._raw = raw
        self._socket = raw._sock
        self._timeout: float | None = self._socket.gettimeout()
        self._left = max_bytes
        self._start, self._max_s = time.monotonic(), 0.0  # 0: no limit

    def limit_time(self, max_s: float) -> None:
        """Set the seconds from the request on, 0 for no limit but the time-out of the socket."""
        self._max_s = max_s

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the bytes that arrive next; TimeoutError after the time, LargeResponseError after the bytes."""
        if self._max_s:
            left = self._start + self._max_s - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"a response that takes more than {self._max_s:g} s")
            self._socket.settimeout(left if self._timeout is None else min(left, self._timeout))
        try:
            count: int = self._raw.readinto(buffer) or 0
        finally:
            if self._max_s:
                self._socket.settimeout(self._timeout)
        self._left -= count
        if self._left < 0:
            raise LargeResponseError("a response that is too large")
        return count

    def close(self) -> None:
        """Close the stream."""
        if not self.closed:
            self._raw.close()
        super().close()


class BoundedResponse(HTTPResponse):
    """Response with limits, which subclasses set.

    Attributes:
        head_s: Seconds from the request to the end of the headers.
        max_s: Seconds from the request to the end of the body; 0 for no limit.
        max_bytes: Bytes of headers and body.
    """

    head_s: ClassVar[float] = 120.0
    max_s: ClassVar[float] = 0.0
    max_bytes: ClassVar[int] = 2**62

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        stream: Any = self.fp
        self._stream = _BoundedStream(stream.detach(), self.max_bytes)
        self._stream.limit_time(self.head_s)
        self.fp = io.BufferedReader(self._stream)

    def begin(self) -> None:
        """Read status and headers."""
        super().begin()
        self._stream.limit_time(self.max_s)


def bounded_pools(pools: Mapping[str, type[Any]], response: type[BoundedResponse]) -> dict[str, type[Any]]:
    """Return classes of connection pools whose responses have limits.

    Args:
        pools: Classes of urllib3 or botocore by scheme.
        response: Class of the responses.
    """
    bounded = {}
    for scheme, pool in pools.items():
        connection = type(f"Bounded{pool.ConnectionCls.__name__}", (pool.ConnectionCls,), {"response_class": response})
        bounded[scheme] = type(f"Bounded{pool.__name__}", (pool,), {"ConnectionCls": connection})
    return bounded


def is_oversized(error: BaseException | None) -> bool:
    """Return True if a response with too many bytes caused an error of a library."""
    while error is not None and not isinstance(error, LargeResponseError):
        wrapped = next((item for item in error.args if isinstance(item, BaseException)), None)
        error = error.__cause__ or wrapped or error.__context__
    return error is not None
