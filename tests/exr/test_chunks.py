"""Chunk counts of incomplete files, and of tiled, deep and multi-level files written by libraries."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.chunk_map import CUT, PRESENT, chunk_map
from exr_inspector_app.exr.chunks import offset_table
from exr_inspector_app.exr.parser.header import parse_header
from exr_inspector_app.model import ExrFile
from tests.exr_files import exr_bytes, integer, vector
from tests.exr_files.writing import Tiles
from tests.exr_files.zoo import zoo

ONE = ({"height": 10},)
TWO = ({"height": 10}, {"height": 6})
TILED = {"kind": "tiledimage", "tiles": Tiles(8, 8)}


def zeroed(parts: tuple[dict[str, int], ...], first: int, count: int) -> ExrFile:
    """Return a complete file with some zeros in its offset table."""
    data = bytearray(exr_bytes(parts))
    end = parse_header(bytes(data), len(data)).end
    assert end is not None
    data[end + 8 * first : end + 8 * (first + count)] = bytes(8 * count)
    return inspect_bytes(bytes(data), "a.exr", None)


def tiled(x: int, y: int, mode: int = 0) -> dict[str, Any]:
    """Return a part with tiles of any size and level mode."""
    return {"kind": "tiledimage", "attributes": {"tiles": ("tiledesc", struct.pack("<IIB", x, y, mode))}}


def there(file: ExrFile) -> list[Any]:
    return [part.chunks_present for part in file.parts]


@pytest.mark.parametrize(("first", "count"), [(0, 16), (1, 1), (9, 3)])
def test_zero_offsets_hide_no_chunk_of_several_parts(first: int, count: int) -> None:
    file = zeroed(TWO, first, count)
    assert (there(file), file.is_complete, file.errors) == ([10, 6], True, ())


def test_zero_offset_hides_no_chunk_of_a_flat_file() -> None:
    assert there(zeroed(ONE, 4, 1)) == [10]


def test_unclosed_file_is_scanned() -> None:
    data = exr_bytes(ONE, present=4)
    end = parse_header(data, len(data)).end
    assert end is not None
    unclosed = data[:end] + bytes(80) + data[end + 80 :]
    assert there(inspect_bytes(unclosed, "a.exr", None)) == [4]


@pytest.mark.parametrize("facts", [{"attributes": {"lineOrder": ("lineOrder", b"\1")}}, {"kind": "deepscanline"}])
def test_reserved_space_holds_no_chunk(facts: dict[str, Any]) -> None:
    data = exr_bytes(({"height": 10, **facts},))
    end = parse_header(data, len(data)).end
    assert end is not None
    (third,) = struct.unpack_from("<Q", data, end + 8 * 7)
    room = bytes(offset_table.MAX_SCAN_READS * 4096)  # more than a scan may read
    last = data[:end] + bytes(80) + data[third:] + room
    assert there(inspect_bytes(last, "a.exr", None)) == [3]


def test_duplicate_chunk_ends_the_scan() -> None:
    data = exr_bytes(ONE)
    end = parse_header(data, len(data)).end
    assert end is not None
    first, second, third = struct.unpack_from("<3Q", data, end)
    twice = data[:end] + bytes(80) + data[first:second] * 2 + data[second:third]
    assert there(inspect_bytes(twice, "a.exr", None)) == [1]


def test_chunk_across_the_end_is_missing() -> None:
    data = exr_bytes(ONE)
    chunk = 8 + 8 * 3 * 2
    for missing, present in ((0, 10), (1, 9), (chunk - 9, 9), (chunk - 1, 9), (chunk, 9), (chunk + 1, 8)):
        file = inspect_bytes(data[: len(data) - missing], "a.exr", None)
        assert (there(file), file.is_complete) == ([present], missing == 0)


@pytest.mark.parametrize("part", [{"compression": "none"}, {"compression": "zip"}, TILED])
@pytest.mark.parametrize("parts", [1, 2])
def test_part_cut_in_its_last_chunk_is_incomplete(tmp_path: Path, part: dict[str, Any], parts: int) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(({"height": 40, "width": 900, **part},) * parts))
    whole = inspect_file(str(path))
    assert whole.is_complete
    os.truncate(path, path.stat().st_size - 1)
    cut = inspect_file(str(path))
    assert (cut.is_complete, sum(there(whole)) - sum(there(cut))) == (False, 1)
    states = [state for level in chunk_map(str(path), parts - 1) for state in level.states]
    assert (states.count(PRESENT), states.count(CUT)) == (there(cut)[-1], 1)


def test_file_cut_in_its_table_has_no_chunk() -> None:
    data = exr_bytes(ONE)
    end = parse_header(data, len(data)).end
    assert end is not None
    file = inspect_bytes(data[: end + 20], "a.exr", None)
    assert (there(file), file.is_complete) == ([0], False)


def test_file_that_takes_too_long_to_scan_is_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offset_table, "MAX_SCAN_READS", 1)
    file = zeroed(({"height": 100, "width": 500},), 0, 100)
    assert (there(file), file.is_complete, file.errors) == ([None], False, ())
    (message,) = [finding.message for finding in file.findings if finding.code == "incomplete"]
    assert "the offset table has empty entries" in message.lower()


def test_lines_of_an_incomplete_8k_render_are_counted() -> None:
    file = inspect_bytes(exr_bytes(({"width": 700, "height": 4320},), present=4310), "a.exr", None)
    assert (there(file), file.is_complete) == ([4310], False)


def test_every_kind_of_file_is_counted_without_its_table() -> None:
    for name, data in zoo().items():
        file, end = inspect_bytes(data, "a.exr", None), parse_header(data, len(data)).end
        counts = [part.chunk_count or 0 for part in file.parts]
        assert end is not None
        blank = data[:end] + bytes(8 * sum(counts)) + data[end + 8 * sum(counts) :]
        assert there(inspect_bytes(blank, "a.exr", None)) == counts, name


def test_contradicting_chunk_count_is_reported() -> None:
    data = exr_bytes(({"attributes": {"chunkCount": integer(99)}}, {}))
    (problem,) = inspect_bytes(data, "a.exr", None).errors
    assert (problem.code, problem.part_index, problem.attribute) == ("chunk-count", 0, "chunkCount")


@pytest.mark.parametrize(
    ("part", "attribute", "text"),
    [
        ({"attributes": {"compression": ("compression", b"\x11")}}, "compression", "the compression is unknown (17))"),
        ({"attributes": {"dataWindow": vector("box2i", 5, 5, 0, 0)}}, "dataWindow", "has -4 × -4 pixels)"),
        ({"attributes": {"dataWindow": vector("box2f", 0, 0, 7, 7)}}, "dataWindow", "unknown data window"),
        ({"attributes": {"dataWindow": vector("box2i", 0, 0, 7, 2**29)}}, "dataWindow", "too many"),
        (tiled(0, 4), "tiles", "the tiles have 0 × 4 pixels)"),
        (tiled(4, 4, 9), "tiles", "the level mode is unknown (9))"),
        ({"kind": "tiledimage", "attributes": {"tiles": integer(1)}}, "tiles", "unknown tile size"),
    ],
)
def test_uncountable_chunks_are_reported_with_reason_and_position(
    part: dict[str, Any], attribute: str, text: str
) -> None:
    for parts, index in (([part], 0), ([{}, part], 1)):
        data = exr_bytes(parts)
        (problem,) = [error for error in inspect_bytes(data, "a.exr", None).errors if error.attribute != "chunkCount"]
        assert (problem.code, problem.part_index, problem.attribute) == ("chunk-count", index, attribute)
        assert text in problem.message
        assert problem.byte_offset == parse_header(data, len(data)).end


def test_tiles_of_openexr_are_counted(tmp_path: Path) -> None:
    pixels = np.zeros((50, 70), dtype=np.float16)
    tiles = OpenEXR.TileDescription()
    tiles.xSize, tiles.ySize = 16, 32
    path = str(tmp_path / "a.exr")
    with OpenEXR.File({"type": OpenEXR.tiledimage, "tiles": tiles}, {"Y": pixels}) as written:
        written.write(path)
    file = inspect_file(path)
    (part,) = file.parts
    assert (part.is_tiled, part.tile_width, part.tile_height, part.level_mode) == (True, 16, 32, "one_level")
    assert (part.chunk_count, file.is_complete, file.errors) == (5 * 2, True, ())


def test_levels_of_a_texture_are_counted(tmp_path: Path) -> None:
    path = str(tmp_path / "a.exr")
    made = oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, oiio.ImageBuf(oiio.ImageSpec(100, 60, 3, "half")), path)
    assert made, oiio.geterror()
    file = inspect_file(path)
    (part,) = file.parts
    assert part.level_mode == "mipmap_levels"
    assert (part.chunks_present, file.is_complete, file.errors) == (part.chunk_count, True, ())
    assert part.chunk_count is not None
    assert part.chunk_count > 2


def test_deep_file_of_openimageio_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "a.exr")
    spec = oiio.ImageSpec(6, 5, 5, "float")
    spec.channelnames = ("R", "G", "B", "A", "Z")
    spec.deep = True
    deep = oiio.DeepData()
    deep.init(6 * 5, 5, ("float",) * 5, spec.channelnames)
    deep.set_samples(3, 2)
    out = oiio.ImageOutput.create(path)
    assert out
    assert out.open(path, spec), out.geterror()
    assert out.write_deep_image(deep), out.geterror()
    out.close()
    file = inspect_file(path)
    (part,) = file.parts
    assert (part.type, part.is_deep, file.is_deep, file.errors) == ("deepscanline", True, True, ())
    assert (part.chunks_present, file.is_complete) == (part.chunk_count, True)
    end = parse_header(data := Path(path).read_bytes(), len(data)).end
    assert end is not None
    assert part.chunk_count is not None
    blank = data[:end] + bytes(8 * part.chunk_count) + data[end + 8 * part.chunk_count :]
    assert there(inspect_bytes(blank, "a.exr", None)) == [part.chunk_count]


def test_tables_of_equal_distances_are_counted_as_all_others() -> None:
    chance = random.Random(12)
    for _ in range(600):
        count, table = chance.choice([65, 70]), chance.randrange(9)
        first = table + 8 * count
        low, step = first + chance.choice([0, 0, 5, -1]), chance.choice([1, 8, 100, 0, -3])
        offsets = [max(low + step * at, 0) for at in range(count)]
        if chance.random() < 0.5:
            offsets[chance.randrange(count)] = chance.choice([0, first - 1, first, 10**6, 2**63])
        size = min(chance.choice([max(offsets) + 1, max(offsets), 10**6, offsets[-1] + 1]), 2**62)
        data = bytes(table) + struct.pack(f"<{count}Q", *offsets) + bytes(3)
        is_inside = all(first <= at < size for at in offsets)
        last = offset_table.last_chunk(data, table, size, count)
        is_whole = last == offset_table.WHOLE and offsets[-1] + step == size
        assert (is_whole or last == max(offsets)) if is_inside else last == 0
