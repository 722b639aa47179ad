"""Fixtures of the tests of the function: an object store on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from exr_inspector_app import function
from exr_inspector_app.ingest.s3_client import create_s3_client


@pytest.fixture(scope="session")
def objects() -> Iterator[str]:
    """Return the endpoint of an object store."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(objects: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client of the object store; the bucket `renders` is empty."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=objects, aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket="renders")
    yield client
    for item in client.list_objects_v2(Bucket="renders").get("Contents", []):
        client.delete_object(Bucket="renders", Key=item["Key"])
    client.close()


@pytest.fixture
def initialize(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Return a function that initializes the function and returns its client of the object store."""
    clients: list[Any] = []

    def create(secrets: Any) -> Any:
        clients.append(create_s3_client(secrets))
        return clients[-1]

    def initialize(ctx: Any) -> Any:
        function.init(ctx)
        return clients[-1]

    monkeypatch.setattr(function, "create_s3_client", create)
    return initialize
