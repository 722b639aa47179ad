"""Event parsing: the objects that an event names."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from exr_inspector_app import function
from exr_inspector_app.ingest.event_objects import EventObject, event_objects


def objects(event: Any) -> list[tuple[str, str]]:
    """Return bucket and key of each object that is not skipped."""
    paths = [item.path.removeprefix("s3://").partition("/") for item in event_objects(event) if item.is_relevant]
    return [(bucket, key) for bucket, _, key in paths]


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


def test_key_of_an_element_event_is_used_as_it_is() -> None:
    expected = EventObject("s3://renders/shot+a/beauty%231001.exr", "s3://renders/shot a/beauty#1001.exr")
    assert event_objects(ElementEvent()) == [expected]
    envelope = {"specversion": "1.0", "elementpath": "renders/shot+a/beauty%231001.exr", "data": {"size": 3}}
    assert event_objects(envelope) == [expected]


NAMED = {"bucket": "b", "key": "x y.exr"}
RECORDS = {"Records": [_record("b", "x+y.exr")]}


@pytest.mark.parametrize("data", [NAMED, RECORDS, {"path": "s3://b/x y.exr"}, json.dumps(NAMED), json.dumps(RECORDS)])
def test_envelope_is_unwrapped(data: Any) -> None:
    envelope = {"specversion": "1.0", "type": "vast.Element.ObjectCreated", "id": "1", "data": data}
    for event in (envelope, DataEvent(envelope), {"data": envelope}, [envelope], DataEvent([envelope])):
        assert objects(event) == [("b", "x y.exr")]


def test_events_in_other_encodings_are_read() -> None:
    encoded = base64.b64encode(json.dumps(RECORDS).encode()).decode()
    for event in ({"data_base64": encoded}, json.dumps({"data": NAMED}), json.dumps([RECORDS]).encode()):
        assert objects(event) == [("b", "x y.exr")]
    assert objects({"elementpath": "/b/x y.exr"}) == [("b", "x y.exr")]


def test_batch_names_the_objects_of_all_events() -> None:
    class Batch:
        """List of events of the runtime, which is no list."""

        def __iter__(self) -> Iterator[Any]:
            return iter([DataEvent(NAMED), {}, ElementEvent(), DataEvent(RECORDS)])

    expected = [("b", "x y.exr"), ("renders", "shot+a/beauty%231001.exr")]
    assert objects(Batch()) == objects(list(Batch())) == expected


def test_settings_of_the_envelope_and_of_the_data_apply() -> None:
    envelope = {"vastdb_schema": "outer", "vastdb_bucket": "o", "data": {**NAMED, "vastdb_schema": "inner"}}
    (item,) = event_objects(envelope)
    assert item.settings == {"vastdb_schema": "inner", "vastdb_bucket": "o"}


@pytest.mark.parametrize("event", [
    {"Records": [{**_record("b", "x.exr"), "eventName": "s3:ObjectRemoved:Delete"}]},
    {"Records": [{**_record("b", "x.exr"), "eventName": "ObjectRemoved:DeleteMarkerCreated"}]},
    {"type": "vastdata.com:Element.ObjectRemoved", "elementpath": "b/x.exr"},
    {"type": "vastdata.com:Element.ElementRemoved", "elementpath": "b/x.exr"},
    {"type": "vastdata.com:Element.ElementDeleted", "data": {"Records": [_record("b", "x.exr")]}},
    SimpleNamespace(type="Element", subtype="ElementRemoved", data={"bucket": "b", "key": "x.exr"}),
    {"bucket": "b", "key": "x.jpg"}, {"Records": [_record("b", "x.exr.tmp")]}, {"path": "s3://b/folder/"},
])  # fmt: skip
def test_removed_objects_and_other_extensions_are_skipped(event: Any) -> None:
    (item,) = event_objects(event)
    assert not item.is_relevant
    result = function.handler(SimpleNamespace(secrets={}), event)
    assert result == {"status": "success", "files": [], "skipped": [item.path], "error": None}


@pytest.mark.parametrize("name", ["a.exr", "a.EXR", "a.sxr", "a.mxr"])
def test_extensions_of_openexr_are_processed(name: str) -> None:
    assert objects({"bucket": "b", "key": name}) == [("b", name)]


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
        {"s3_bucket": "b", "s3_key": "x y.exr"},
        {"path": "s3://b/x y.exr"},
        {"paths": ["s3://b/x y.exr"]},
    ],
)
def test_keys_in_data_are_not_decoded(data: dict[str, Any]) -> None:
    assert objects(DataEvent(data)) == [("b", "x y.exr")]


@pytest.mark.parametrize("event", [{}, {"Records": []}, DataEvent(None), DataEvent([1]), {"path": "/mnt/a.exr"}, None])
def test_event_without_an_object_is_rejected(event: Any) -> None:
    assert event_objects(event) == []
    assert "names no object" in function.handler(SimpleNamespace(secrets={}), event)["error"]


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
    assert event_objects(event) == []
    assert "names no object" in function.handler(SimpleNamespace(secrets={}), event)["error"]


def test_malformed_records_do_not_affect_other_records() -> None:
    assert objects({"Records": [*MALFORMED_RECORDS, _record("b", "x.exr")]}) == [("b", "x.exr")]


@pytest.mark.parametrize("element", [None, Element(None, None), Element("b", None), object()])  # type: ignore[arg-type]
def test_incomplete_element_event_is_rejected(element: Any) -> None:
    event = ElementEvent()
    event.as_element_event = lambda: element  # type: ignore[method-assign]
    assert event_objects(event) == []
    assert "names no object" in function.handler(SimpleNamespace(secrets={}), event)["error"]
