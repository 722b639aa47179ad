"""Which objects an event names."""

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
    """An event as VAST DataEngine sends it for an object that was written."""

    data: Any = None

    def as_element_event(self) -> Element:
        return Element("renders", "shot+a/beauty%231001.exr")


class DataEvent:
    """An event that carries data of its own."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def as_element_event(self) -> Element:
        raise ValueError("not an element event")

    def get_data(self) -> Any:
        return self.data


def _record(bucket: str, key: str) -> dict[str, Any]:
    return {"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}


def test_an_element_event_names_its_object_with_the_key_unquoted() -> None:
    assert objects(ElementEvent()) == [("renders", "shot a/beauty#1001.exr")]


def test_records_name_each_object_once_in_their_order() -> None:
    records = [_record("b", "x/2.exr"), _record("b", "x/1%2B1.exr"), _record("b", "x/2.exr")]
    wanted = [("b", "x/2.exr"), ("b", "x/1+1.exr")]
    assert objects({"Records": records}) == wanted
    assert objects(DataEvent({"Records": records})) == wanted


@pytest.mark.parametrize(
    "data",
    [
        {"bucket": "b", "key": "x y.exr"},
        {"bucket": "b", "object_key": "x y.exr"},
        {"path": "s3://b/x y.exr"},
        {"paths": ["s3://b/x y.exr"]},
    ],
)
def test_data_names_objects_as_they_are(data: dict[str, Any]) -> None:
    assert objects(DataEvent(data)) == [("b", "x y.exr")]


@pytest.mark.parametrize("event", [{}, {"Records": []}, DataEvent(None), DataEvent([1]), {"path": "/mnt/a.exr"}, None])
def test_an_event_without_an_object_is_refused_in_a_sentence(event: Any) -> None:
    with pytest.raises(UsageError, match="names no object"):
        objects(event)


ODD = [
    {"eventName": "s3:TestEvent"},
    None,
    "abc",
    {"s3": None},
    {"s3": {"bucket": "b", "object": {"key": "x"}}},
    {"s3": {"bucket": None, "object": None}},
    {"s3": {"bucket": {"name": "b"}, "object": {"key": 5}}},
]
WITHOUT = [
    *({"Records": [record]} for record in ODD),
    {"Records": "abc"},
    {"Records": {"a": 1}},
    {"paths": 5},
    {"path": 7},
]


@pytest.mark.parametrize("event", WITHOUT)
def test_data_that_are_not_as_they_should_be_are_refused_in_a_sentence(event: Any) -> None:
    with pytest.raises(UsageError, match="names no object"):
        objects(event)


def test_odd_records_do_not_keep_the_others() -> None:
    assert objects({"Records": [*ODD, _record("b", "x.exr")]}) == [("b", "x.exr")]


@pytest.mark.parametrize("element", [None, Element(None, None), Element("b", None), object()])  # type: ignore[arg-type]
def test_an_element_without_its_names_is_refused_in_a_sentence(element: Any) -> None:
    event = ElementEvent()
    event.as_element_event = lambda: element  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="names no object"):
        objects(event)
