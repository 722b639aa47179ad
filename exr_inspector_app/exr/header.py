"""The header of every part, from the bytes at the start of a file."""

from __future__ import annotations

from struct import unpack_from
from typing import Any, NamedTuple

from exr_inspector_app.exr.attributes import BadValue, decode
from exr_inspector_app.exr.colour import color_space, render_software
from exr_inspector_app.model import Attribute, Box2i, Channel, Part, Problem

MAGIC = b"v/1\x01"
LARGEST_HEADER = 64 * 1024 * 1024  # bytes; Cryptomatte manifests of whole cities stay below
MOST_PARTS = 10_000
MOST_ATTRIBUTES = 100_000  # of one part
LONGEST_NAME = 255
TILED, LONG_NAMES, DEEP, MULTI_PART = 0x200, 0x400, 0x800, 0x1000
REQUIRED = ("channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio",
            "screenWindowCenter", "screenWindowWidth")  # fmt: skip


class More(Exception):
    """The header goes on behind the bytes that are here; at least `size` bytes are needed."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Header(NamedTuple):
    """All parts' headers, where the last one ends (None where it has no end), and what is wrong."""

    parts: list[Part]
    end: int | None
    problems: list[Problem]


class _Reader:
    """Walks through the header; raises More at the end of the bytes unless they are all there is."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data = data
        self.size = size  # of the whole file
        self.problems: list[Problem] = []

    def problem(self, code: str, text: str, part: int | None, name: str | None, at: int | None) -> None:
        self.problems.append(Problem(code, text, part, name, at))

    def need(self, end: int) -> None:
        """The bytes up to `end` are here; otherwise More, or EOFError where the file has no more."""
        if end <= len(self.data):
            return
        if len(self.data) >= self.size or end > self.size:
            raise EOFError
        raise More(end)

    def name(self, at: int) -> bytes:
        """The text up to its NUL, which must come soon."""
        stop = self.data.find(b"\0", at, at + LONGEST_NAME + 1)
        if stop < 0:
            self.need(at + LONGEST_NAME + 1 if at + LONGEST_NAME < self.size else self.size + 1)
            raise ValueError
        return self.data[at:stop]


def parse(data: bytes, size: int) -> Header:
    """The headers in `data`, the first bytes of a file of `size` bytes; raises More where they go on."""
    reader = _Reader(data, size)
    (version,) = unpack_from("<I", data, 4)
    if version & 0xFF not in (1, 2):
        text = f"This is OpenEXR version {version & 0xFF}; versions 1 and 2 can be read."
        return Header([], None, [Problem("unknown-version", text, byte_offset=4)])
    multi = bool(version & MULTI_PART)
    parts: list[Part] = []
    at: int | None = 8
    while at is not None:
        if multi and parts and _ends(reader, at):
            return Header(parts, at + 1, reader.problems)
        if len(parts) == MOST_PARTS:
            told = f"More than {MOST_PARTS:,} parts; the rest is left out."
            reader.problem("too-many-parts", told, None, None, at)
            break
        found, at = _attributes(reader, at, len(parts))
        parts.append(_part(reader, found, len(parts), version, at))
        if at is not None and not multi:
            return Header(parts, at, reader.problems)
    return Header(parts, None, reader.problems)


def _ends(reader: _Reader, at: int) -> bool:
    """True at the empty header that ends a multi-part file's headers."""
    try:
        reader.need(at + 1)
    except EOFError:
        return False
    return reader.data[at] == 0


def _attributes(reader: _Reader, at: int, part: int) -> tuple[list[Attribute], int | None]:
    """The attributes of one part and where its header ends; None where the bytes end or make no sense."""
    found: list[Attribute] = []
    name: bytes = b""
    data = reader.data
    try:
        while True:
            start = at
            reader.need(at + 1)
            if data[at] == 0:
                return found, at + 1
            name = reader.name(at)
            kind = reader.name(at + len(name) + 1)
            at += len(name) + len(kind) + 2
            reader.need(at + 4)
            (length,) = unpack_from("<i", data, at)
            at += 4
            if length < 0 or length > LARGEST_HEADER or len(found) >= MOST_ATTRIBUTES:
                raise OverflowError(length)
            reader.need(at + length)
            _decoded(reader, found, part, (name, kind, start), data[at : at + length])
            at += length
    except EOFError:
        told = f"The file ends at byte {reader.size:,}, within the header of part {part}; write it again."
        reader.problem("header-truncated", told, part, _text(name), start)
    except OverflowError as error:
        told = f"{_text(name)} in part {part} claims {error.args[0]:,} bytes; the rest of the header is lost."
        reader.problem("attribute-size", told, part, _text(name), start)
    except ValueError:
        told = f"At byte {start:,} in part {part} stands no attribute name; the rest of the header is lost."
        reader.problem("header-damaged", told, part, None, start)
    return found, None


def _decoded(reader: _Reader, found: list[Attribute], part: int, head: tuple[bytes, bytes, int], data: bytes) -> None:
    """One attribute more, or a problem where its bytes do not fit its type."""
    name, kind = _text(head[0]), _text(head[1])
    try:
        found.append(Attribute(name, kind, decode(kind, data)))
    except BadValue as error:
        told = f"{name} in part {part} is left out: {error}."
        reader.problem("attribute-value", told, part, name, head[2])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _part(reader: _Reader, found: list[Attribute], index: int, version: int, end: int | None) -> Part:
    """The part that its attributes tell of; missing required ones are problems."""
    values: dict[str, Any] = {}
    types: dict[str, str] = {}
    for one in found:
        values.setdefault(one.name, one.value)
        types.setdefault(one.name, one.type)
    if end is not None:
        _require(reader, types, index, version)

    def of(name: str, kind: str) -> Any:
        return values[name] if types.get(name) == kind else None

    kind = of("type", "string") or _kind_by_flags(version)
    tiles = of("tiles", "tiledesc") or {}
    views = of("multiView", "stringvector")
    return Part(
        index=index,
        name=of("name", "string"),
        type=kind,
        view=of("view", "string"),
        multi_view=None if views is None else tuple(views),
        data_window=_box(of("dataWindow", "box2i")),
        display_window=_box(of("displayWindow", "box2i")),
        pixel_aspect_ratio=of("pixelAspectRatio", "float"),
        line_order=of("lineOrder", "lineOrder"),
        compression=of("compression", "compression"),
        color_space=color_space(values),
        render_software=render_software(values),
        is_tiled=kind in ("tiledimage", "deeptile"),
        tile_width=tiles.get("x_size"),
        tile_height=tiles.get("y_size"),
        level_mode=tiles.get("level_mode"),
        rounding_mode=tiles.get("rounding_mode"),
        is_deep=kind in ("deepscanline", "deeptile"),
        chunk_count=of("chunkCount", "int"),
        chunks_present=None,
        channels=tuple(_channel(row) for row in of("channels", "chlist") or ()),
        attributes=tuple(found),
    )


def _kind_by_flags(version: int) -> str:
    """The type of a part that does not name it."""
    if version & DEEP:
        return "deeptile" if version & TILED else "deepscanline"
    return "tiledimage" if version & TILED else "scanlineimage"


def _require(reader: _Reader, types: dict[str, str], index: int, version: int) -> None:
    """A problem for each required attribute that is missing; one that was left out has its own already."""
    told = {problem.attribute for problem in reader.problems if problem.part_index == index}
    wanted: tuple[str, ...] = REQUIRED
    if version & MULTI_PART:
        wanted = (*REQUIRED, "name", "type")
    for name in wanted:
        if name not in types and name not in told:
            text = f"Part {index} has no {name}, which every OpenEXR part needs; write the file again."
            reader.problem("attribute-missing", text, index, name, None)


def _box(value: dict[str, list[int]] | None) -> Box2i | None:
    return Box2i(*value["min"], *value["max"]) if value else None


def _channel(row: dict[str, Any]) -> Channel:
    """A channel with its name split at the last dot."""
    name: str = row["name"]
    layer, _, component = name.rpartition(".")
    return Channel(name, layer, component, row["type"], row["x_sampling"], row["y_sampling"], row["p_linear"])
