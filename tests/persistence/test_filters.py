"""Filter parser and validation of conditions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.contracts import Condition
from exr_inspector_app.errors import KnownError, StoreError, UsageError
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.query.filter_parser import parse_where
from tests.persistence.samples import batch, payload, record


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("COMPRESSION=dwaa", Condition("compression", "=", "dwaa")),
        ("path_folded^=/Mnt/Prod", Condition("path_folded", "starts_with", "/mnt/prod")),
        ("compression IN dwaa, zip", Condition("compression", "in", ("dwaa", "zip"))),
        ("file_path=/a/\udce9.exr", Condition("file_path", "=", "/a/%E9.exr")),
        ("color_space is not null", Condition("color_space", "is_null", False)),
    ],
)
def test_condition_is_parsed(text: str, condition: Condition) -> None:
    assert parse_where(text) == condition


@given(st.text())
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    try:
        parse_where(f"width{text}")
    except UsageError as error:
        error.sentence.encode()


@pytest.mark.parametrize(
    "condition",
    [
        Condition("width", "=", "abc"),
        Condition("width", "contains", "1"),
        Condition("width", ">", 2**63),
        Condition("is_deep", "=", 1),
        Condition("compression", "= 'x' OR 1 =", 1),  # type: ignore[arg-type]
    ],
)
def test_invalid_condition_is_rejected_and_not_reported_as_damage(tmp_path: Path, condition: Condition) -> None:
    store = LocalStore(tmp_path / "l.duckdb")
    store.publish(batch(record(payload())))
    with pytest.raises(StoreError) as caught:
        store.find((condition,))
    assert isinstance(caught.value, KnownError)
    assert "damaged" not in caught.value.sentence


def test_file_without_a_value_differs_from_any_value(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "l.duckdb")
    store.publish(batch(record(payload(color_space=None))))
    assert store.count((parse_where("color_space!=ACEScg"),)) == 1
    assert store.count((parse_where("color_space=ACEScg"),)) == 0
