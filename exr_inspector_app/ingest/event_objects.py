"""Event parser of the serverless function: the objects that an event or a batch names, in any of its forms."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_plus

from exr_inspector_app.exr.sequences.folder_index import EXTENSIONS

MAX_DEPTH = 4  # of envelopes within envelopes
_REMOVED = re.compile(r"(?:object|element)_?(?:removed|deleted)", re.IGNORECASE)  # in the type of an event
_OWN_NAMES = ("Records", "elementpath", "bucket", "s3_bucket", "path", "paths")  # of data that names objects itself


@dataclass(frozen=True, slots=True)
class EventObject:
    """Object that an event names.

    Attributes:
        path: s3://bucket/key with the key as it came.
        unquoted: The same with the key URL-decoded, to try if there is no object at `path`; None if it is the same.
        settings: Settings of the event: `profile`, and those of the connection, such as `vastdb_endpoint`.
        is_removed: True if the event reports that the object was removed.
    """

    path: str
    unquoted: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_removed: bool = False

    @property
    def is_relevant(self) -> bool:
        """True for an object that exists and has an extension of OpenEXR."""
        is_exr = any(path.lower().endswith(EXTENSIONS) for path in (self.path, self.unquoted) if path)
        return is_exr and not self.is_removed

    @property
    def group(self) -> str:
        """Key of the objects that have the same settings."""
        return repr(sorted(self.settings.items()))


def event_objects(event: Any) -> list[EventObject]:
    """Return the objects that an event names, without duplicates, in the order of the event.

    Args:
        event: One of these, or a list or batch of them: an element event, whose key is used as it is; S3 `Records`,
            whose keys are URL-encoded; a mapping with `bucket` and `key` (or `object_key`), `s3_bucket` and `s3_key`,
            `path`, or `paths` (s3://bucket/key); a CloudEvents envelope with one of them, or JSON text of it, under
            `data` (or `data_base64`); JSON text of all this.
    """
    items: dict[tuple[str, str, bool], EventObject] = {}
    for single in _events(event):
        for item in _objects(single, {}, 0):
            items.setdefault((item.path, item.group, item.is_removed), item)
    return list(items.values())


def _events(event: Any) -> Iterable[Any]:
    """Return the events of a list or batch, or the event itself."""
    is_event = isinstance(event, Mapping | str | bytes) or any(
        hasattr(event, name) for name in ("data", "get_data", "as_element_event")
    )
    return [event] if is_event or not isinstance(event, Iterable) else event


def _objects(event: Any, inherited: Mapping[str, Any], depth: int) -> Iterator[EventObject]:
    data, element = _data(event), _element_event(event)
    own = {name: value for name, value in data.items() if isinstance(name, str) and _is_setting(name)}
    settings = {**inherited, **own}
    kinds = [getattr(event, "type", None), getattr(event, "subtype", None), data.get("type"), data.get("subtype")]
    is_removed = any(map(_is_removed, kinds))
    if data.get("Records"):
        objects: Iterable[EventObject] = _record_objects(_as_sequence(data["Records"]))
    elif element is not None:
        objects = _element_object(getattr(element, "bucket", ""), getattr(element, "object_key", ""))
    elif isinstance(data.get("elementpath"), str):
        objects = _element_object(*_split(data["elementpath"].lstrip("/")))
    elif any(data.get(name) for name in _OWN_NAMES):
        objects = (EventObject(f"s3://{bucket}/{key}") for bucket, key in _named_objects(data) if bucket and key)
    elif depth < MAX_DEPTH and (inner := _payload(data)) is not None:
        objects = (item for event in _events(inner) for item in _objects(event, settings, depth + 1))
    else:
        return
    for item in objects:
        yield replace(item, settings={**settings, **item.settings}, is_removed=is_removed or item.is_removed)


def _is_setting(name: str) -> bool:
    return name.startswith("vastdb_") or name == "profile"


def _element_object(bucket: Any, key: Any) -> Iterator[EventObject]:
    bucket, key = _as_text(bucket), _as_text(key)
    decoded = unquote_plus(key)
    if bucket and key:
        yield EventObject(f"s3://{bucket}/{key}", None if decoded == key else f"s3://{bucket}/{decoded}")


def _record_objects(records: Sequence[Any]) -> Iterator[EventObject]:
    for record in records:
        s3 = mapping_at(record, "s3")
        bucket, key = _as_text(mapping_at(s3, "bucket").get("name")), _as_text(mapping_at(s3, "object").get("key"))
        if bucket and key:
            is_removed = _is_removed(record.get("eventName"))
            yield EventObject(f"s3://{bucket}/{unquote_plus(key)}", is_removed=is_removed)


def _named_objects(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield _as_text(data.get("bucket")), _as_text(data.get("object_key")) or _as_text(data.get("key"))
    yield _as_text(data.get("s3_bucket")), _as_text(data.get("s3_key"))
    for path in [data.get("path"), *_as_sequence(data.get("paths"))]:
        if isinstance(path, str) and path.startswith("s3://"):
            yield _split(path.removeprefix("s3://"))


def mapping_at(data: Any, name: str) -> Mapping[str, Any]:
    """Return the mapping under a name, or an empty one."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _data(event: Any) -> Mapping[str, Any]:
    """Return the data of an event, or an empty mapping; a list is wrapped like the payload of an envelope."""
    data = event if isinstance(event, Mapping | str | bytes) else getattr(event, "data", None)
    if data is None and callable(getattr(event, "get_data", None)):
        data = event.get_data()
    data = _parse(data)
    if isinstance(data, list | tuple) and data:
        return {"data": data}
    return data if isinstance(data, Mapping) else {}


def _payload(envelope: Mapping[str, Any]) -> Any:
    """Return the payload of an envelope, or None. CloudEvents: https://github.com/cloudevents/spec, JSON format."""
    if "data" in envelope:
        return _parse(envelope["data"])
    try:
        return _parse(base64.b64decode(_as_text(envelope.get("data_base64"))))
    except ValueError:
        return None


def _parse(data: Any) -> Any:
    """Return the value of JSON text, or the data itself."""
    try:
        return json.loads(data) if isinstance(data, str | bytes) else data
    except ValueError:
        return None


def _element_event(event: Any) -> Any:
    """Return the event as an element event, or None if it is of another kind."""
    convert = getattr(event, "as_element_event", None)
    try:
        return convert() if callable(convert) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _is_removed(kind: Any) -> bool:
    return isinstance(kind, str) and _REMOVED.search(kind) is not None


def _as_sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _split(path: str) -> tuple[str, str]:
    bucket, _, key = path.partition("/")
    return bucket, key
