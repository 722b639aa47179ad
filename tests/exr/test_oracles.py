"""Oracle comparison: names, types, values and order of a header against OpenEXR and OpenImageIO.

Over every kind of file that the suite writes and, where this machine has them, over the corpus of real ones.
Every difference has an entry in EXPLAINED; an entry that no file needs fails the test too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import Attribute, Part
from tests.conftest import CORPUS
from tests.exr.oracles import (
    OiioPart,
    OracleAttribute,
    flatten_value,
    read_with_binding,
    read_with_openimageio,
    walk_attributes,
)
from tests.exr_files.zoo import zoo

Difference = tuple[str, str, str]  # oracle, kind of difference, name, type or file

EXPLAINED: dict[Difference, str] = {
    ("OpenEXR", "cannot open", "version 1"): "rejects files older than 2.0, which have the same layout",
    ("OpenEXR", "cannot open", "a channel twice"): "takes the header for invalid",
    ("OpenEXR", "cannot open", "names that are not UTF-8"): "decodes every text as UTF-8 and rejects the file",
    ("OpenEXR", "cannot open", "attribute latin1"): "decodes every text as UTF-8 and rejects the file",
    ("OpenEXR", "adds", "type"): "makes up the type of a part that leaves it to the file's flags",
    ("OpenEXR", "sorts channels", "channels in no order"): "keeps channels in a map by name",
    ("OpenEXR", "raw", "v4i"): "does not know the type and returns its bytes",
    ("OpenEXR", "raw", "v4f"): "does not know the type and returns its bytes",
    ("OpenEXR", "raw", "v4d"): "does not know the type and returns its bytes",
    ("OpenImageIO", "cannot open", "version 1"): "rejects files older than 2.0, which have the same layout",
    ("OpenImageIO", "cannot open", "a channel twice"): "rejects the header",
    ("OpenImageIO", "cannot open", "luminance and chroma"): "rejects subsampled channels by default",
    ("OpenImageIO", "adds", "oiio:"): "adds its own facts to the attributes",
    ("OpenImageIO", "adds", "thumbnail_"): "reports the size of the preview only",
    ("OpenImageIO", "adds", "textureformat"): "makes it up from the levels and the environment map",
    ("OpenImageIO", "adds", "openexr:roundingmode"): "reports the rounding of the tiles only",
    ("OpenImageIO", "drops", "channels"): "has other fields for them, compared below",
    ("OpenImageIO", "drops", "dataWindow"): "has other fields for it, compared below",
    ("OpenImageIO", "drops", "displayWindow"): "has other fields for it, compared below",
    ("OpenImageIO", "drops", "tiles"): "has other fields for them",
    ("OpenImageIO", "drops", "type"): "has other fields for deep and tiled parts",
    ("OpenImageIO", "drops", "preview"): "returns it as a thumbnail only",
    ("OpenImageIO", "drops", "envmap"): "reports it as textureformat",
    ("OpenImageIO", "drops", "empty text"): "drops every string without characters",
    ("OpenImageIO", "alters", "string with NUL"): "ends a string at the first NUL",
    ("OpenImageIO", "alters", "empty stringvector"): "gives one empty string for none",
    ("OpenImageIO", "alters", "empty floatvector"): "gives one zero for no number",
    ("OpenImageIO", "alters", "empty studio:thing"): "gives one zero for no byte",
    ("OpenImageIO", "alters", "bytes"): "leaves the type hint out",
    ("OpenImageIO", "alters", "display window of a cube map"): "uses one face as the full image",
    ("OpenImageIO", "sorts channels", ""): "puts R, G, B, A first",
    ("OpenImageIO", "raw", "v4i"): "does not know the type and returns its bytes",
    ("OpenImageIO", "raw", "v4f"): "does not know the type and returns its bytes",
    ("OpenImageIO", "raw", "v4d"): "does not know the type and returns its bytes",
}  # fmt: skip
ONLY_IN_THE_CORPUS = {
    ("OpenImageIO", "alters", "display window of a cube map"),
    ("OpenImageIO", "adds", "thumbnail_"),
}
RENAMED = {  # by OpenImageIO, to names of other formats
    "owner": "Copyright",
    "comments": "ImageDescription",
    "capDate": "DateTime",
    "expTime": "ExposureTime",
    "aperture": "FNumber",
    "pixelAspectRatio": "PixelAspectRatio",
    "lineOrder": "openexr:lineOrder",
    "chunkCount": "openexr:chunkCount",
    "timeCode": "smpte:TimeCode",
}
ADDED = ("oiio:", "thumbnail_", "textureformat", "openexr:roundingmode")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return every file by name: generated ones, then those of the corpus."""
    folder = tmp_path_factory.mktemp("zoo")
    paths = {name: folder / f"{number}.exr" for number, name in enumerate(zoo())}
    for name, path in paths.items():
        path.write_bytes(zoo()[name])
    return paths | {str(path.relative_to(CORPUS)): path for path in sorted(CORPUS.rglob("*.exr"))}


def test_names_types_and_order_equal_the_bytes(files: dict[str, Path]) -> None:
    for name, path in files.items():
        file = inspect_file(str(path))
        assert (file.errors, file.is_complete) == ((), True), name
        expected = [[(item, kind) for item, kind, _ in part] for part in walk_attributes(path.read_bytes())]
        assert [[(item.name, item.type) for item in part.attributes] for part in file.parts] == expected, name


def test_openexr_reports_the_same_attributes_and_channels(files: dict[str, Path]) -> None:
    differences = {item for name, path in files.items() for item in _compare_with_binding(name, path)}
    _all_explained("OpenEXR", differences)


def test_openimageio_reports_the_same_attributes_and_channels(files: dict[str, Path]) -> None:
    differences = {item for name, path in files.items() for item in _compare_with_image_io(name, path)}
    _all_explained("OpenImageIO", differences)


def _all_explained(oracle: str, differences: set[Difference]) -> None:
    explained = {item for item in EXPLAINED if item[0] == oracle}
    if not CORPUS.is_dir():
        explained -= ONLY_IN_THE_CORPUS
    assert differences - explained == set(), "what no line of the table explains"
    assert explained - differences == set(), "lines of the table that no file needs"


def _compare_with_binding(name: str, path: Path) -> Iterator[Difference]:
    """Yield the differences to the OpenEXR binding."""
    parts, raw = inspect_file(str(path)).parts, walk_attributes(path.read_bytes())
    try:
        oracle_parts = read_with_binding(path)
    except (RuntimeError, UnicodeDecodeError):
        yield "OpenEXR", "cannot open", name
        return
    assert len(oracle_parts) == len(parts), name
    for part, (attributes, channels), bytes_of in zip(parts, oracle_parts, raw, strict=True):
        theirs = {item.name: item for item in attributes}
        ours = {item.name: item for item in part.attributes if item.name != "channels"}
        for missing in ours.keys() - theirs.keys():
            yield "OpenEXR", "drops", missing
        for added in theirs.keys() - ours.keys():
            yield "OpenEXR", "adds", added
        for key in ours.keys() & theirs.keys():
            assert theirs[key].type in (ours[key].type, None), (name, key)
            yield from _values("OpenEXR", ours[key], theirs[key], {item: data for item, _, data in bytes_of}[key])
        listed = [(item.name, item.x_sampling, item.y_sampling, item.p_linear) for item in part.channels]
        if listed != channels:
            assert sorted(listed) == channels, name
            yield "OpenEXR", "sorts channels", name


def _values(oracle: str, ours: Attribute, theirs: OracleAttribute, data: bytes) -> Iterator[Difference]:
    """Yield the difference of an attribute's value, if there is one."""
    numbers = flatten_value(ours.value)
    if ours.type == "timecode":
        numbers = numbers[2:] if oracle == "OpenEXR" else numbers[:2]  # the digits; the two numbers they are packed in
    if numbers == theirs.numbers:
        return
    if ours.type.startswith("v4") and theirs.numbers == list(data):
        yield oracle, "raw", ours.type
    elif not data:
        yield oracle, "alters", f"empty {ours.type}"
    elif ours.type == "bytes" and numbers[1:] == theirs.numbers:
        yield oracle, "alters", "bytes"
    elif ours.type == "string" and ours.value.split("\0")[0] == theirs.numbers[0]:
        yield oracle, "alters", "string with NUL"
    else:
        yield oracle, "alters", f"{ours.name}: {numbers[:8]} is {theirs.numbers[:8]}"


def _compare_with_image_io(name: str, path: Path) -> Iterator[Difference]:
    """Yield the differences to OpenImageIO."""
    parts, raw = inspect_file(str(path)).parts, walk_attributes(path.read_bytes())
    try:
        oracle_parts = list(read_with_openimageio(path))
    except OSError:
        chroma = any(item.x_sampling != 1 for part in parts for item in part.channels)
        yield "OpenImageIO", "cannot open", "luminance and chroma" if chroma else name
        return
    assert len(oracle_parts) == len(parts), name
    for part, spec, bytes_of in zip(parts, oracle_parts, raw, strict=True):
        yield from _attributes_of_spec(part, spec, {item: data for item, _, data in bytes_of})
        assert spec.window == part.data_window, name
        if spec.display != part.display_window:
            assert any(item.value == "cube" for item in part.attributes), name
            yield "OpenImageIO", "alters", "display window of a cube map"
        listed = [(item.name, item.type) for item in part.channels]
        if listed != spec.channels:
            assert sorted(listed) == sorted(spec.channels), name
            yield "OpenImageIO", "sorts channels", ""


def _attributes_of_spec(part: Part, spec: OiioPart, data: dict[str, bytes]) -> Iterator[Difference]:
    """Yield the attributes that OpenImageIO adds, drops and alters in a part; their order is that of the file."""
    theirs = {item.name: item for item in spec.attributes}
    ours = {RENAMED.get(item.name, item.name): item for item in part.attributes}
    for added in theirs.keys() - ours.keys():
        yield "OpenImageIO", "adds", next((start for start in ADDED if added.startswith(start)), added)
    for missing in ours.keys() - theirs.keys():
        yield "OpenImageIO", "drops", _dropped(ours[missing])
    shared = [key for key in ours if key in theirs]
    order = [key for key in theirs if key in ours]
    order.remove("compression")  # which it puts first
    shared.remove("compression")
    assert shared == order
    for key in (*shared, "compression"):
        yield from _values("OpenImageIO", ours[key], theirs[key], data[ours[key].name])


def _dropped(item: Attribute) -> str:
    """Return why OpenImageIO drops an attribute: its type, its name, or that it is empty."""
    if item.value == "":
        return "empty text"
    return item.type if item.type in ("preview", "envmap") else item.name
