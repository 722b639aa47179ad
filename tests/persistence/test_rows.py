"""Row encoder: text, numbers, and long values of payloads."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.identity import identify
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.vast_db_persistence import payload_to_channels_rows
from tests.persistence.samples import channels, payload, units


def value_cells(value: object) -> dict[str, Any]:
    listed = [{"name": "a", "type": "string", "value": value}]
    row: dict[str, Any] = encode.attributes_rows(payload(attributes=listed), "id").to_pylist()[0]
    return row


def test_channel_vectors_are_shared_or_one_per_channel() -> None:
    made = payload(channels=channels(3))
    for given_vectors in (units(1, 3, 128), units(1, 1, 128)[0]):
        table = encode.channels_rows(made, "id", given_vectors)
        assert table.schema == schema.CHANNELS
        assert table["channel_fingerprint"].to_pylist()[2] == pytest.approx(
            (given_vectors if given_vectors.ndim == 1 else given_vectors[2]).tolist()
        )


def test_invalid_utf8_in_names_is_percent_encoded() -> None:
    made = payload("/a/\udce9.exr", attributes=[{"name": "a\udcff", "type": "string", "value": "x"}])
    assert encode.attributes_rows(made, "id")["attribute_name"].to_pylist() == ["a%FF"]
    assert encode.parts_rows(made, "id")["file_path"].to_pylist() == ["/a/%E9.exr"]


@pytest.mark.parametrize("value", [float("nan"), [float("inf"), 1.0], {"a": [float("-inf")]}])
def test_nan_and_infinity_are_encoded_as_text(value: object) -> None:
    row = value_cells(value)
    json.loads(row["attribute_value"], parse_constant=pytest.fail)
    assert row["value_float"] is None


def test_long_value_is_truncated_and_marked() -> None:
    text = "é" * 100_000
    row = value_cells(text)
    cut = json.loads(row["attribute_value"])
    complete = json.dumps(text, ensure_ascii=False).encode()
    assert (cut["bytes"], cut["sha256"]) == (len(complete), hashlib.sha256(complete).hexdigest())
    assert len(cut["truncated"].encode()) <= 4096
    assert row["value_text"] is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_any_value_becomes_utf8_json(value: object) -> None:
    row = value_cells(value)
    json.loads(row["attribute_value"].encode(), parse_constant=pytest.fail)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        assert row["value_int"] == value


def test_children_have_the_path_of_their_file() -> None:
    made = payload(channels=channels(1))
    made["file"]["path"] = "shot/beauty.1001.exr"
    owner = identify(made["file"]["path"], 1001, "hash").file_path
    listed = (
        encode.parts_rows(made, "id"),
        encode.channels_rows(made, "id", units(1, 1, 128)),
        encode.attributes_rows(made, "id"),
    )
    assert {path for table in listed for path in table["file_path"].to_pylist()} == {owner}


def test_payload_without_channels_accepts_no_vectors() -> None:
    assert len(encode.channels_rows(payload(channels=[]), "id", np.zeros(0, np.float32))) == 0


@pytest.mark.parametrize("vectors", [[1.0, 2.0], [[1.0], [1.0, 2.0]], "abc", [float("nan")] * 128, None])
def test_invalid_vectors_are_rejected(vectors: Any) -> None:
    with pytest.raises(VectorEmbeddingError):
        payload_to_channels_rows(payload(channels=channels(3)), "id", vectors)
