"""Replies that no VAST Database sends: those of hostile servers, and of proxies in front of a cluster."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from random import Random

from .faults import Fault
from .wire import Reply

_BLOCK = b"\xff" * 2**20  # signs of life, for a parser of rows


def send(handler: BaseHTTPRequestHandler, fault: Fault, reply: Reply) -> int:
    """Send the reply of a fault, and return its status."""
    if fault.word == "trickle":
        return _trickle(handler, fault.seconds)
    status = 307 if fault.word == "redirect" else 200
    handler.send_response(status)
    handler.send_header("Connection", "close")
    handler.close_connection = True
    if fault.word != "redirect":
        for name, value in reply.headers.items():
            handler.send_header(name, value)
    head, body = _content(fault, b"".join(map(bytes, reply.body)))
    for name, value in head.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.flush()
    for piece in body:
        handler.connection.sendall(piece)  # not buffered: a client may end the connection at any time
    return status


def _trickle(handler: BaseHTTPRequestHandler, pause: float) -> int:
    """Send a header that does not end, byte by byte."""
    handler.close_connection = True
    handler.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Header: ")
    for _ in range(20_000):
        time.sleep(pause)
        handler.connection.sendall(b"x")
    return 200


def _content(fault: Fault, body: bytes) -> tuple[dict[str, str], Iterator[bytes]]:
    """Return the headers and the pieces of the body."""
    length = {"Content-Length": str(len(body))}
    match fault.word:
        case "redirect":
            return {"Location": fault.argument, "Content-Length": "0"}, iter(())
        case "oversize":
            return {"Content-Length": str(int(fault.argument))}, iter((_BLOCK,))
        case "flood":  # without a length, so that only counting helps
            return {}, (_BLOCK for _ in range(int(fault.argument)))
        case "page":
            return {"Content-Type": "text/html; charset=utf-8"} | length, iter((body,))
        case "packed":
            packed = gzip.compress(bytes(50 * 2**20))
            return {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}, iter((packed,))
        case "garbage":
            return length, iter((_altered(body, int(fault.argument)),))
    return length, _dripping(body, fault.seconds)


def _altered(body: bytes, seed: int) -> bytes:
    """Return the body with some bytes changed; other bytes for an empty one."""
    chance, altered = Random(seed), bytearray(body)
    for _ in range(1 + seed % 8 if altered else 0):
        altered[chance.randrange(len(altered))] = chance.randrange(256)
    return bytes(altered)


def _dripping(body: bytes, pause: float) -> Iterator[bytes]:
    for position in range(len(body)):
        time.sleep(pause)
        yield body[position : position + 1]
