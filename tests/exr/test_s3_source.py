"""Object store that misbehaves: redirects, other content, more than was asked for, or a few bytes now and then."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.exr.source import s3_source
from exr_inspector_app.exr.source.s3_source import S3Source

boto3 = pytest.importorskip("boto3")
from botocore.config import Config  # noqa: E402

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, parts: int = 1) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    for _ in range(parts):
        handler.wfile.write(body)
        handler.wfile.flush()
        time.sleep(0.05 if parts > 1 else 0)


RANGE = {"ETag": '"1"', "Last-Modified": "Mon, 30 Nov 2026 10:00:00 GMT", "Content-Range": "bytes 0-99/100"}
ANSWERS: dict[str, tuple[Answer, str]] = {
    "a page": (lambda to: send(to, 200, {"Content-Type": "text/html", "Content-Length": "9"}, b"<h1>Hi</h"), "object"),
    "a redirect": (lambda to: send(to, 302, {"Location": "http://127.0.0.1:9/", "Content-Length": "0"}, b""), "server"),
    "too much": (lambda to: send(to, 206, {**RANGE, "Content-Length": "9000000"}, b"x" * 9_000_000), "more than"),
    "a trickle": (lambda to: send(to, 206, {**RANGE, "Content-Length": "400000"}, b"x" * 4000, 100), "too little"),
    "a wrong range": (
        lambda to: send(to, 206, {**RANGE, "Content-Range": "bytes ?", "Content-Length": "3"}, b"abc"),
        "object store",
    ),
}


@pytest.mark.parametrize(("bucket", "reason"), [("shots", "no keys of the object store"), ("a b", "invalid name")])
def test_faults_of_this_side_are_not_those_of_the_server(
    bucket: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "S3_"))]:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.session.Session().client("s3", endpoint_url="http://127.0.0.1:9", region_name="us-east-1")
    with pytest.raises(OSError, match=reason):
        S3Source(client, bucket, "a.exr")


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Any]]:
    servers = []

    def start(answer: Answer) -> Any:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        keys = {"aws_access_key_id": "A", "aws_secret_access_key": "S", "region_name": "us-east-1"}
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client("s3", endpoint_url=f"http://127.0.0.1:{server.server_port}", config=config, **keys)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("kind", ANSWERS)
def test_misbehaving_store_is_one_failure(
    serve: Callable[[Answer], Any], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    answer, reason = ANSWERS[kind]
    if kind == "a trickle":
        monkeypatch.setattr(s3_source, "BODY_TIMEOUT_S", 0.2)
    with pytest.raises(OSError, match=reason):
        S3Source(serve(answer), "bucket", "a.exr")
