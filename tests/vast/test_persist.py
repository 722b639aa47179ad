"""Results of `persist_to_vast_database`, which never raises or prints."""

from __future__ import annotations

from typing import Any

import pytest

from exr_inspector_app.persistence.identity import header_hash_of, identify
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.persistence.samples import payload

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


@pytest.mark.parametrize("document", [None, 3, {}, {"file": 3}, {"file": {}, "channels": []}])
def test_invalid_payload_is_an_error_without_exception(document: Any, capfd: pytest.CaptureFixture[str]) -> None:
    result = persist_to_vast_database(document, NOWHERE)
    assert (result["status"], result["file_id"], result["inserted"]) == ("error", None, False)
    assert capfd.readouterr() == ("", "")


def test_payload_with_errors_is_not_published() -> None:
    document = {**payload(), "errors": [{"code": "cut", "message": "The header is cut off."}]}
    assert persist_to_vast_database(document, NOWHERE)["error"] == "The header is cut off."
