"""Hostile object stores: slow, oversized and endless responses end in one sentence, within a limit of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.config import Config

from exr_inspector_app.backfill.sources import PathSource
from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.source.s3_source import S3Source
from exr_inspector_app.ingest import s3_client

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nLast-Modified: x\r\nConnection: close\r\n\r\n"
LIST = (
    '<?xml version="1.0"?><ListBucketResult><IsTruncated>{more}</IsTruncated>'
    "<NextContinuationToken>{token}</NextContinuationToken>{rest}</ListBucketResult>"
)


class HostileStore(ThreadingHTTPServer):
    """Server that answers every request in its `way`."""

    daemon_threads = True
    way = ""
    requests = 0


class Handler(BaseHTTPRequestHandler):
    """Handler of one connection."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def do_GET(self) -> None:
        assert isinstance(self.server, HostileStore)
        self.server.requests += 1
        self.close_connection = True
        try:
            getattr(self, f"_{self.server.way}")(self.server.requests)
        except OSError:
            return  # the client has hung up

    def _slow_head(self, _: int) -> None:
        self._send_slowly(b"HTTP/1.1 200 OK\r\nX-Header: ")

    def _slow_body(self, _: int) -> None:
        self.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
        self._send_slowly(LIST.encode())

    def _flood(self, _: int) -> None:
        self.connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(100):
            self.connection.sendall(bytes(2**18))

    def _endless(self, number: int) -> None:
        self._send(LIST.format(more="true", token=number, rest=""))

    def _foreign(self, _: int) -> None:
        self._send(LIST.format(more="false", token="", rest="<Contents><Size>x</Size><Key>a.exr</Key></Contents>"))

    def _page(self, _: int) -> None:
        self._send("<html><p>Login")

    def _send(self, text: str) -> None:
        body = text.encode()
        self.connection.sendall(HEAD % len(body) + body)

    def _send_slowly(self, start: bytes) -> None:
        self.connection.sendall(start)
        for _ in range(2000):
            time.sleep(0.01)
            self.connection.sendall(b"x")


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileStore]:
    """Return a server that the S3 client of the program uses, with a low limit of bytes."""
    monkeypatch.setattr(s3_client, "CONFIG", Config(connect_timeout=5, read_timeout=5, retries={"max_attempts": 0}))
    monkeypatch.setattr(s3_client.S3Response, "max_bytes", 2**20)
    server = HostileStore(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    monkeypatch.setenv("S3_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("S3_ACCESS_KEY", "S3_SECRET_KEY"):
        monkeypatch.setenv(name, "k")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def shorten_limits(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the limits of time for a slow server; others would exceed them on a busy machine."""
    if way.startswith("slow"):
        monkeypatch.setattr(s3_client.S3Response, "head_s", 0.2)
        monkeypatch.setattr(s3_client.S3Response, "max_s", 0.4)


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        ("slow_head", "did not respond"),
        ("slow_body", "did not respond"),
        ("flood", "sent more than was requested"),
        ("endless", "does not list its objects as S3 does"),
        ("foreign", "does not list its objects as S3 does"),
        ("page", "refused to list it"),
    ],
)
def test_lists_are_bounded(hostile: HostileStore, way: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten_limits(way, monkeypatch)
    hostile.way = way
    [item] = PathSource("", ["s3://renders/a"]).list_files()
    assert isinstance(item, PathUnreadable)
    assert sentence in item.message
    assert hostile.requests < 200


@pytest.mark.parametrize("way", ["slow_head", "slow_body", "flood", "page"])
def test_objects_are_bounded(hostile: HostileStore, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten_limits(way, monkeypatch)
    hostile.way = way
    with closing(s3_client.create_s3_client()) as client, pytest.raises(OSError, match="the server"):
        S3Source(client, "renders", "a.exr")
