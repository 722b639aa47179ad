"""The plain function of scripts and functions: its results, and that it neither raises nor prints."""

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


def id_of(made: dict[str, Any]) -> str:
    file = made["file"]
    return identify(file["path"], file["frame_number"], header_hash_of(made)).file_id


def test_without_a_database_it_is_skipped(capfd: pytest.CaptureFixture[str]) -> None:
    assert persist_to_vast_database(payload()) == {
        "status": "skipped",
        "file_id": None,
        "inserted": False,
        "message": "VAST DataBase not configured",
        "error": None,
    }
    assert capfd.readouterr() == ("", "")


def test_an_endpoint_without_keys_is_an_error_with_a_sentence() -> None:
    found = persist_to_vast_database(payload(), {"vastdb_endpoint": "vast.example.com"})
    assert (found["status"], found["message"]) == ("error", "File not persisted")
    assert found["error"].startswith("The VAST Database https://vast.example.com is configured without its access")


def test_a_database_that_nobody_answers_for_is_an_error_of_that_file(capfd: pytest.CaptureFixture[str]) -> None:
    found = persist_to_vast_database(payload(), NOWHERE)
    assert (found["status"], found["file_id"], found["inserted"]) == ("error", id_of(payload()), False)
    assert found["error"] == "Nothing answers at http://127.0.0.1:9; check VAST_DB_ENDPOINT and its port."
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("made", [None, 3, {}, {"file": 3}, {"file": {}, "channels": []}])
def test_whatever_is_no_payload_is_an_error_and_no_exception(made: Any, capfd: pytest.CaptureFixture[str]) -> None:
    found = persist_to_vast_database(made, NOWHERE)
    assert (found["status"], found["file_id"], found["inserted"]) == ("error", None, False)
    assert capfd.readouterr() == ("", "")


def test_a_payload_with_errors_is_not_published() -> None:
    made = {**payload(), "errors": [{"code": "cut", "message": "The header is cut off."}]}
    assert persist_to_vast_database(made, NOWHERE)["error"] == "The header is cut off."
