"""Loopback server: threads, request log, faults, and access to committed rows for tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import Any, Self

import pyarrow as pa

from .database import Database
from .faults import Fault, Faults
from .handler import Handler
from .personality import Personality
from .wire import ROW_ID, Request

HOLD_TIMEOUT_S = 150.0  # after which a test that does not release a request fails


class Listener(ThreadingHTTPServer):
    """Listener with one thread per connection; closing it ends keep-alive connections."""

    daemon_threads = False  # closing waits for them
    request_queue_size = 128

    def __init__(self, port: int, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.alive: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Track the connection."""
        self.alive.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Stop tracking the connection."""
        self.alive.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error: clients may disconnect at any time."""

    def hang_up(self) -> None:
        """Close every connection, so that their threads end."""
        for connection in list(self.alive):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class VastServer:
    """In-memory VAST Database on a port of this machine; `shuffled` sends rows in no stable order.

    The query engine is on by default: with the ADBC driver installed, the SDK starts no transaction without one.
    """

    def __init__(
        self,
        buckets: Sequence[str] = ("vastdb",),
        access: str = "KEY",
        secret: str = "SECRET",
        conflicts: bool = True,
        expiry_seconds: float | None = None,
        port: int = 0,
        shuffled: bool = True,
        version: str = "5.5.0.0",
        query_engine: bool = True,
    ) -> None:
        self.buckets, self.access, self.secret, self.version = tuple(buckets), access, secret, version
        self.database = Database(conflicts, expiry_seconds, shuffled, query_engine)
        self.faults = Faults()
        self.lock = threading.Lock()
        self.requests: list[Request] = []
        self.sent_bytes = 0  # in bodies since the last `clear`
        self.is_holding = False  # a request waits for `release`
        self.released = threading.Event()
        self.returned, self.is_back = threading.Event(), threading.Event()  # of a fail-over
        self.is_back.set()
        self.listener = Listener(port, type("Owned", (Handler,), {"owner": self}))
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self.come_back()
        self.listener.shutdown()
        self.thread.join()
        self.listener.hang_up()
        self.listener.server_close()

    @property
    def endpoint(self) -> str:
        """URL of the server."""
        return f"http://127.0.0.1:{self.listener.server_address[1]}"

    @property
    def log(self) -> list[Request]:
        """Requests since the last `clear`."""
        with self.lock:
            return list(self.requests)

    def record(self, request: Request) -> None:
        """Append a request to the log."""
        with self.lock:
            self.requests.append(request)

    def clear(self) -> None:
        """Clear the log and the pending faults, and release held requests."""
        self.faults.clear()
        self.release()
        with self.lock:
            self.requests.clear()
            self.sent_bytes = 0

    def fault(self, kind: str, action: str, times: int = 1, skip: int = 0) -> None:
        """Make requests of a kind ("*" for any) fail: the first `skip` pass, the next `times` get the action.

        Actions: before the request is carried out `slowdown`, `error500`, `status:403:AccessDenied`, `reset`,
        `delay:SECONDS`, and `hold`, which waits for `release`; after it `drop_reply`, `truncate` and `stall:SECONDS`;
        in place of its reply `redirect:URL`, `oversize:BYTES`, `flood:MEGABYTES`, `page`, `packed`, `garbage:SEED` and
        `drip:SECONDS`, and `trickle:SECONDS`, which sends a header byte by byte.
        """
        self.faults.add(Fault(kind, action, times, skip))
        if action == "hold":
            self.released.clear()

    def fail_over(self, seconds: float) -> None:
        """Refuse connections for some time, as an address does that moves to another node; return at once."""
        port = self.listener.server_address[1]
        self.listener.shutdown()
        self.thread.join()
        self.listener.hang_up()
        self.listener.server_close()

        self.is_back.clear()

        def come_back() -> None:
            self.returned.wait(seconds)
            self.listener = Listener(port, type("Owned", (Handler,), {"owner": self}))
            self.is_back.set()
            self.listener.serve_forever(0.05)

        self.returned.clear()
        self.thread = threading.Thread(target=come_back, daemon=True)
        self.thread.start()

    def come_back(self) -> None:
        """End a fail-over."""
        self.returned.set()
        self.is_back.wait()

    def hold(self) -> None:
        """Block the thread of a request until `release`."""
        self.is_holding = True
        self.released.wait(HOLD_TIMEOUT_S)
        self.is_holding = False

    def release(self) -> None:
        """Let held requests continue."""
        self.released.set()

    def rows(self, schema: str, table: str) -> pa.Table:
        """Return the committed rows of a table in the first bucket, as stored."""
        return self.database.committed.table((self.buckets[0], schema, table)).data.drop_columns([ROW_ID])

    @property
    def personality(self) -> Personality:
        """What this server does differently."""
        return self.database.personality

    @personality.setter
    def personality(self, value: Personality) -> None:
        """What this server does differently."""
        self.database.personality = value

    @property
    def conflicts(self) -> bool:
        """Whether a second writer of a row gets a conflict."""
        return self.database.conflicts

    @conflicts.setter
    def conflicts(self, value: bool) -> None:
        """Whether a second writer of a row gets a conflict."""
        self.database.conflicts = value

    @property
    def expiry_seconds(self) -> float | None:
        """Seconds for which an idle transaction stays open; None for no limit."""
        return self.database.expiry_seconds

    @expiry_seconds.setter
    def expiry_seconds(self, value: float | None) -> None:
        """Seconds for which an idle transaction stays open; None for no limit."""
        self.database.expiry_seconds = value
