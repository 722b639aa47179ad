"""Results of `persist_to_vast_database`, which never raises or prints."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.identity import header_hash_of, identify
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.vast_db_persistence import (
    VectorEmbeddingError,
    compute_metadata_embedding,
    payload_to_attributes_rows,
    payload_to_channels_rows,
    payload_to_files_row,
    payload_to_parts_rows,
    persist_to_vast_database,
)
from tests.persistence.samples import payload
from tests.vast.crowd import SECRET

NOWHERE = {
    "vastdb_endpoint": "http://127.0.0.1:9",
    "vastdb_access_key": "KEY",
    "vastdb_secret_key": "hunter2",
    "vastdb_bucket": "vastdb",
}


def id_of(document: dict[str, Any]) -> str:
    file = document["file"]
    return identify(file["path"], file["frame_number"], header_hash_of(document)).file_id


def test_persist_without_a_database_is_skipped(capfd: pytest.CaptureFixture[str]) -> None:
    assert persist_to_vast_database(payload()) == {
        "status": "skipped",
        "file_id": None,
        "inserted": False,
        "message": "VAST DataBase not configured",
        "error": None,
    }
    assert capfd.readouterr() == ("", "")


def test_endpoint_without_keys_is_an_error() -> None:
    result = persist_to_vast_database(payload(), {"vastdb_endpoint": "vast.example.com"})
    assert (result["status"], result["message"]) == ("error", "File not persisted")
    assert result["error"].startswith("The VAST Database https://vast.example.com is configured without its access")


def test_unreachable_database_is_an_error_of_the_file(capfd: pytest.CaptureFixture[str]) -> None:
    result = persist_to_vast_database(payload(), NOWHERE)
    assert (result["status"], result["file_id"], result["inserted"]) == ("error", id_of(payload()), False)
    assert result["error"] == "No connection to http://127.0.0.1:9. Check the endpoint in Settings."
    assert capfd.readouterr() == ("", "")


JUNK = [None, 3, "x", [], {}, {"file": 3}, {"file": {}, "channels": []}, {"file": {"path": ""}}, {"file": {"path": 7}}]


@pytest.mark.parametrize("document", JUNK)
def test_invalid_payload_is_an_embedding_error(document: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert persist_to_vast_database(document, NOWHERE) == {
        "status": "error",
        "file_id": None,
        "inserted": False,
        "message": "Vector embedding error",
        "error": "Failed to compute metadata embedding: invalid payload",
    }
    assert capfd.readouterr() == ("", "")


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
PLACES = [
    *(("file", name) for name in payload()["file"]),
    *(("parts", 0, name) for name in payload()["parts"][0]),
    *(("channels", 0, name) for name in payload()["channels"][0]),
    *(("attributes", "parts", 0, 0, name) for name in ("name", "type", "value")),
    ("parts", 0), ("channels", 0), ("attributes", "parts", 0), ("attributes", "parts", 0, 0), ("errors",), ("stats",),
    ("validation",), ("schema_version",), ("file",), ("parts",), ("channels",), ("attributes",),
]  # fmt: skip
EXCEPTION = re.compile(r"\b[A-Z]\w*(Error|Exception|Invalid)\b|Traceback|object has no|not subscriptable|unhashable")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=values)
def test_result_of_a_junk_payload_has_no_exception_text(
    vast: Vast, place: tuple[str | int, ...], value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    document = copy.deepcopy(payload())
    owner: Any = document
    for step in place[:-1]:
        owner = owner[step]
    owner[place[-1]] = value
    names = {"endpoint": vast.endpoint, "access_key": vast.access_key, "secret_key": SECRET, "bucket": vast.bucket}
    event = {f"vastdb_{name}": text for name, text in {**names, "schema": vast.schema}.items()}
    result = persist_to_vast_database(document, event)
    assert result["status"] in ("success", "error")
    texts = f"{result['message']} {result['error']}"
    assert place == ("errors",) or not EXCEPTION.search(texts), texts
    assert "Unexpected error" not in texts


def test_published_file_with_a_junk_payload_is_an_embedding_error(vast: Vast, store: VastStore) -> None:
    names = {"endpoint": vast.endpoint, "access_key": vast.access_key, "secret_key": SECRET, "bucket": vast.bucket}
    event = {f"vastdb_{name}": text for name, text in {**names, "schema": vast.schema}.items()}
    assert persist_to_vast_database(payload(), event)["inserted"]
    for name, value in (("size_bytes", True), ("mtime", 5), ("is_complete", "no")):
        document = copy.deepcopy(payload())
        document["file"][name] = value
        assert persist_to_vast_database(document, event)["message"] == "Vector embedding error", name


@pytest.mark.parametrize("convert", [
    lambda document: payload_to_files_row(document, np.ones(384)),
    lambda document: payload_to_parts_rows(document, "id"),
    lambda document: payload_to_channels_rows(document, "id", np.ones(128)),
    lambda document: payload_to_attributes_rows(document, "id"),
])  # fmt: skip
@pytest.mark.parametrize("document", JUNK)
def test_rows_of_a_payload_without_a_path_are_refused(convert: Any, document: Any) -> None:
    with pytest.raises(ValueError, match="payload"):
        convert(document)


def test_rows_of_a_partial_payload_have_defaults() -> None:
    document = {"file": {"path": "/a/b.1001.exr"}, "channels": [{"name": "N.x"}]}
    (file,) = payload_to_files_row(document, np.ones(384)).to_pylist()
    assert (file["file_path"], file["channel_count"], file["multipart_count"]) == ("/a/b.1001.exr", 1, 0)
    (channel,) = payload_to_channels_rows(document, "id", np.ones(128)).to_pylist()
    assert (channel["part_index"], channel["layer_name"], channel["x_sampling"]) == (0, "N", 1)
    assert len(payload_to_parts_rows(document, "id")) == len(payload_to_attributes_rows(document, "id")) == 0


@pytest.mark.parametrize("document", [None, 3, {}, {"parts": 3}])
def test_embedding_of_an_invalid_payload_is_refused(document: Any) -> None:
    with pytest.raises(VectorEmbeddingError, match="invalid payload"):
        compute_metadata_embedding(document)


def test_payload_with_errors_is_not_published() -> None:
    document = {**payload(), "errors": [{"code": "cut", "message": "The header is cut off."}]}
    assert persist_to_vast_database(document, NOWHERE)["error"] == "The header is cut off."
