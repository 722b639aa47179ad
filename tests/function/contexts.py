"""Contexts of the runtime, with secrets and a logger, and objects in the store."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exr_inspector_app.config import Vast

KEYS = {"access_key": "KEY", "secret_key": "SECRET"}


class Lines:
    """Logger of a context, which records its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, line: str) -> None:
        self.lines.append(line)

    warning = error = info


def context(objects: str, **secrets: Any) -> SimpleNamespace:
    """Return a context with the keys of the object store and other secrets."""
    s3 = {"endpoint": objects, "access_key": "a", "secret_key": "b"}
    return SimpleNamespace(secrets={"s3": s3, **secrets})


def vast_context(objects: str, vast: Vast, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a context that publishes to the database."""
    monkeypatch.setenv("VAST_DB_BUCKET", vast.bucket)
    monkeypatch.setenv("VAST_DB_SCHEMA", vast.schema)
    assert vast.secret_key is not None
    keys = {"access_key": vast.access_key, "secret_key": vast.secret_key.reveal()}
    return context(objects, **{"vast-db": {"endpoint": vast.endpoint, **keys}})


def put(client: Any, path: Path, key: str) -> dict[str, str]:
    """Put a file into the bucket `renders`, and return data of an event that names it."""
    client.put_object(Bucket="renders", Key=key, Body=path.read_bytes())
    return {"bucket": "renders", "key": key}
