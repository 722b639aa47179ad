"""Event parsing: the objects that an event names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from exr_inspector_app.errors import UsageError
from exr_inspector_app.function import objects


@dataclass
class Element:
    bucket: str
    object_key: str


class ElementEvent:
    """Event that VAST DataEngine sends for a written object."""

    data: Any = None

    def as_element_event(self) -> Element:
        return Element("renders", "shot+a/beauty%231001.exr")


class DataEvent:
    """Event with custom data."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def as_element_event(self) -> Element:
        raise ValueError("not an element event")

    def get_data(self) -> Any:
        return self.data


def _record(bucket: str, key: str) -> dict[str, Any]:
    return {"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}


def test_key_of_an_element_event_is_decoded() -> None:
    assert objects(ElementEvent()) == [("renders", "shot a/beauty#1001.exr")]


def test_records_are_deduplicated_in_order() -> None:
    records = [_record("b", "x/2.exr"), _record("b", "x/1%2B1.exr"), _record("b", "x/2.exr")]
    expected = [("b", "x/2.exr"), ("b", "x/1+1.exr")]
    assert objects({"Records": records}) == expected
    assert objects(DataEvent({"Records": records})) == expected


@pytest.mark.parametrize(
    "data",
    [
        {"bucket": "b", "key": "x y.exr"},
        {"bucket": "b", "object_key": "x y.exr"},
        {"path": "s3://b/x y.exr"},
        {"paths": ["s3://b/x y.exr"]},
    ],
)
def test_keys_in_data_are_not_decoded(data: dict[str, Any]) -> None:
    assert objects(DataEvent(data)) == [("b", "x y.exr")]


@pytest.mark.parametrize("event", [{}, {"Records": []}, DataEvent(None), DataEvent([1]), {"path": "/mnt/a.exr"}, None])
def test_event_without_an_object_is_rejected(event: Any) -> None:
    with pytest.raises(UsageError, match="names no object"):
        objects(event)


MALFORMED_RECORDS = [
    {"eventName": "s3:TestEvent"},
    None,
    "abc",
    {"s3": None},
    {"s3": {"bucket": "b", "object": {"key": "x"}}},
    {"s3": {"bucket": None, "object": None}},
    {"s3": {"bucket": {"name": "b"}, "object": {"key": 5}}},
]
MALFORMED_EVENTS = [
    *({"Records": [record]} for record in MALFORMED_RECORDS),
    {"Records": "abc"},
    {"Records": {"a": 1}},
    {"paths": 5},
    {"path": 7},
]


@pytest.mark.parametrize("event", MALFORMED_EVENTS)
def test_malformed_data_is_rejected(event: Any) -> None:
    with pytest.raises(UsageError, match="names no object"):
        objects(event)


def test_malformed_records_do_not_affect_other_records() -> None:
    assert objects({"Records": [*MALFORMED_RECORDS, _record("b", "x.exr")]}) == [("b", "x.exr")]


@pytest.mark.parametrize("element", [None, Element(None, None), Element("b", None), object()])  # type: ignore[arg-type]
def test_incomplete_element_event_is_rejected(element: Any) -> None:
    event = ElementEvent()
    event.as_element_event = lambda: element  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="names no object"):
        objects(event)
