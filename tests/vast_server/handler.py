"""HTTP handler: parses and verifies a request, applies faults, executes it and sends the reply."""

from __future__ import annotations

import socket
import struct
import sys
import time
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import escape

from . import admin, foreign
from .faults import FOREIGN, Fault
from .limits import check_body
from .routes import Action, route
from .signing import verify
from .wire import Call, RefusalError, Reply, Request

if TYPE_CHECKING:
    from .server import VastServer

LINGER_NOT = struct.pack("ii", 1, 0)  # closing sends a reset


class NoReplyError(Exception):
    """Signal to close the connection without a reply."""


class Handler(BaseHTTPRequestHandler):
    """Handler of one keep-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    owner: VastServer  # set on the subclass that a server makes for itself

    def version_string(self) -> str:
        """Return the header by which a client recognizes a cluster and its version."""
        return f"vast {self.owner.personality.version or self.owner.version}"

    def log_message(self, format: str, *args: Any) -> None:
        """Discard the message: the server has its own log."""

    def handle_one(self) -> None:
        """Handle one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(self.command, self.path, cast(Mapping[str, str], self.headers), body)
        if call.path.startswith("/__"):
            self.reply(200, admin.answer(self.owner, call))
            return
        kind, action = route(call)
        status = 0
        try:
            status = self.answer(kind, call, action, self.owner.faults.take(kind))
        except (NoReplyError, ConnectionError):
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        finally:
            self.owner.record(Request(kind, call.method, call.target, status))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_one

    def answer(self, kind: str, call: Call, action: Action, fault: Fault | None) -> int:
        """Send the reply to a call, or the effect of a fault, and return its status."""
        try:
            self.fail_before(fault)
            reply = self.execute(kind, call, action)
        except RefusalError as refusal:
            return self.refuse(refusal)
        if fault is not None and fault.word == "drop_reply":
            raise NoReplyError
        if fault is not None and fault.word == "stall":
            time.sleep(fault.seconds)
        if fault is not None and fault.word in FOREIGN:
            return foreign.send(self, fault, reply)
        return self.reply(200, reply, cut=fault is not None and fault.word == "truncate")

    def fail_before(self, fault: Fault | None) -> None:
        """Apply a fault that precedes the request."""
        if fault is None:
            return
        if fault.word == "reset":
            raise NoReplyError
        if fault.word == "delay":
            time.sleep(fault.seconds)
        if fault.word == "hold":
            self.owner.hold()
        if fault.word in ("slowdown", "error500", "status"):
            raise fault.refusal

    def execute(self, kind: str, call: Call, action: Action) -> Reply:
        """Execute a call; print bugs of the server and return them as errors."""
        check_body(len(call.body))
        verify(call, self.owner.access, self.owner.secret, self.owner.personality)
        if call.parts and call.parts[0] not in self.owner.buckets:
            raise RefusalError(404, "NoSuchBucket", "The specified bucket does not exist")
        self.owner.personality.check_call(kind, call)
        try:
            if kind == "insert" and self.owner.personality.repeats_inserts:
                action(self.owner.database, call)
            return self.owner.personality.answer(kind, action(self.owner.database, call))
        except RefusalError:
            raise
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            raise RefusalError(500, "InternalError", f"the loopback server failed: {error!r}") from error

    def refuse(self, refusal: RefusalError) -> int:
        """Send an error as S3 does."""
        fields = {"Code": refusal.code, "Message": refusal.message, "Resource": self.path, "RequestId": "0"}
        text = "".join(f"<{name}>{escape(word)}</{name}>" for name, word in fields.items())
        body = f"<Error>{text}</Error>".encode()
        return self.reply(refusal.status, Reply((body,), {"Content-Type": "application/xml"}))

    def reply(self, status: int, reply: Reply, cut: bool = False) -> int:
        """Send a reply, or its first half if `cut`."""
        pieces: list[bytes | memoryview] = [memoryview(piece) for piece in reply.body]
        size = sum(map(len, pieces))
        self.owner.sent_bytes += size
        self.send_response(status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            pieces = [
                memoryview(part) for piece in pieces if piece for part in (b"%x\r\n" % len(piece), piece, b"\r\n")
            ]
            pieces.append(memoryview(b"0\r\n\r\n"))
        else:
            self.send_header("Content-Length", str(size + cut))
        self.end_headers()
        left = size // 2 if cut else sum(map(len, pieces))
        for piece in pieces if self.command != "HEAD" else ():
            self.wfile.write(piece[:left])
            left -= min(left, len(piece))
        self.close_connection = self.close_connection or cut
        return status
