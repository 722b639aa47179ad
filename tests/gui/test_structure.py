"""Structure tab: tree of parts, layers, and channels."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.layer_groups import MAX_LISTED_CHANNELS
from exr_inspector_app.gui.inspector.structure_model import NODE_ROLE, StructureModel
from exr_inspector_app.gui.inspector.structure_nodes import build_tree, count_decoded_bytes, group_by_layer
from exr_inspector_app.gui.preview.layers import list_layers
from exr_inspector_app.model import Box2i
from tests.exr_files import strings as texts
from tests.exr_files import write_exr
from tests.gui.files import channel, file, part


def layer_components(names: str) -> list[tuple[str, list[str]]]:
    """Return the layers of channels, each with its components in order."""
    rows = group_by_layer(part(*map(channel, names.split())))
    return [(row.layer, [channel.component_name for channel in row.channels]) for row in rows]


@pytest.mark.parametrize(
    ("channels", "layers"),
    [
        ("A B G R Z", [("", ["R", "G", "B", "A"]), ("", ["Z"])]),
        ("BY RY Y", [("", ["Y", "RY", "BY"])]),
        ("X Y Z", [("", ["X", "Y", "Z"])]),
        ("Z ZBack", [("", ["Z", "ZBack"])]),
        ("id mask", [("", ["id"]), ("", ["mask"])]),
        ("A.B N.Z N.X N.Y R G B", [("", ["R", "G", "B"]), ("A", ["B"]), ("N", ["X", "Y", "Z"])]),
        ("ViewLayer.Combined.R ViewLayer.Combined.G", [("ViewLayer.Combined", ["R", "G"])]),
        ("Nx Ny Nz Px Py Pz", [("N", ["Nx", "Ny", "Nz"]), ("P", ["Px", "Py", "Pz"])]),
        ("dzdx dzdy temperature", [("dzd", ["dzdx", "dzdy"]), ("", ["temperature"])]),
        ("A Y", [("", ["Y", "A"])]),
        ("R crypto.id crypto.mask", [("", ["R"]), ("crypto", ["id", "mask"])]),
    ],
)
def test_channels_are_grouped_into_layers(channels: str, layers: list[tuple[str, list[str]]]) -> None:
    assert layer_components(channels) == layers


def test_layer_row_shows_name_and_components() -> None:
    rows = build_tree(file(part(channel("R"), channel("G"), channel("diffuse.R"), channel("diffuse.G")))).children[0]
    assert [(row.name, row.note) for row in rows.children] == [("RG", ""), ("diffuse", "RG")]
    assert [row.full_name for row in rows.children[1].children] == ["diffuse.R", "diffuse.G"]


def test_first_of_many_channels_are_listed() -> None:
    """A file of 49,000 layers would stop the window for seconds."""
    many = file(part(*(channel(f"c{number:05}.R") for number in range(MAX_LISTED_CHANNELS + 900))))
    [row] = build_tree(many).children
    assert len(row.children) == MAX_LISTED_CHANNELS
    assert "2,048 of 2,948 channels listed" in row.note
    assert [layer.full_name for layer in list_layers(many)][:2] == ["c00000", "c00001"]


def test_view_is_shown_beside_the_layer_and_not_in_its_name(tmp_path: Path) -> None:
    names = ["R", "G", "B", "right.depth.Z", "left.character.Z", "spec.right.R", "spec.right.G", "spec.right.B"]
    path = write_exr(tmp_path / "a.exr", channels=names, attributes={"multiView": texts("left", "right")})
    rows = build_tree(inspect_file(str(path))).children[0].children
    assert sorted((row.name, row.view, row.note, row.full_name) for row in rows) == [
        ("RGB", "view left", "", "RGB"),
        ("character", "view left", "Z", "left.character"),
        ("depth", "view right", "Z", "right.depth"),
        ("spec", "view right", "RGB", "spec.right"),
    ]
    assert rows[0].accessible_text().startswith("RGB, view left, half")


@pytest.mark.parametrize(
    ("kind", "sampling", "window", "size"),
    [
        ("half", 1, Box2i(0, 0, 99, 49), 100 * 50 * 2),
        ("float", 1, Box2i(-10, -10, 89, 39), 100 * 50 * 4),
        ("uint", 2, Box2i(0, 0, 99, 49), 50 * 25 * 4),
        ("half", 2, Box2i(1, 1, 3, 3), 1 * 1 * 2),  # only 2 of 1..3 is even
        ("half", 2, Box2i(0, 0, 2, 2), 2 * 2 * 2),  # 0 and 2
        ("half", 0, Box2i(0, 0, 9, 9), 200),  # invalid sampling
        ("half", 1, Box2i(0, 0, -1, -1), 0),
        ("half", 1, None, 0),
    ],
)
def test_memory_counts_samples_of_data_window(kind: str, sampling: int, window: Box2i | None, size: int) -> None:
    assert count_decoded_bytes(channel("R", kind, sampling), window) == size


def test_part_row_shows_tiles_levels_and_missing_chunks() -> None:
    row = build_tree(
        file(
            part(
                channel("R"), name="rgba", is_tiled=True, tile_width=128, tile_height=64,
                level_mode="mipmap_levels", view="left", chunk_count=1080, chunks_present=612,
            )
        )
    ).children[0]  # fmt: skip
    assert (row.name, row.note) == ("rgba", "100 × 50, tiled 128 × 64, mip-mapped, view left")
    assert row.warning == "612 of 1,080 chunks"
    assert row.memory == "10.0 KB"


def test_deep_parts_show_no_memory() -> None:
    row = build_tree(file(part(channel("Z", "float"), is_deep=True))).children[0]
    assert row.note == "100 × 50, deep"
    assert {row.memory, row.children[0].memory, row.children[0].children[0].memory} == {""}


def test_part_with_uncounted_chunks_has_no_warning() -> None:
    assert build_tree(file(part(channel("R"), chunks_present=None))).children[0].warning == ""


def test_control_characters_are_escaped() -> None:
    part_row = build_tree(file(part(channel("a\x1b[31m.R\u202e"), name="x\ny\udcff"))).children[0]
    assert part_row.name == r"x\x0ay\xff"
    assert part_row.children[0].name == r"a\x1b[31m"
    assert part_row.children[0].children[0].name == r"R\u202e"


def test_model_is_consistent_filtered_and_empty() -> None:
    model = StructureModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_file(file(part(channel("R"), channel("diffuse.R"), name="a"), part(channel("Z"), index=1)))
    assert model.rowCount() == 2
    model.set_filter("diff")
    assert model.rowCount() == 1
    assert model.channel_count() == 1
    model.set_filter("")
    assert model.channel_count() == 3
    model.show_file(None)
    assert model.rowCount() == 0
    assert tester.model() is model


def test_filter_keeps_matching_channels_and_matching_parts() -> None:
    model = StructureModel()
    model.show_file(file(part(channel("R"), channel("crypto.R"), name="a"), part(channel("Z"), index=1, name="crypto")))
    model.set_filter("CRYPTO")
    shown = [
        (parent.data(), [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))])
        for parent in (model.index(row, 0) for row in range(model.rowCount()))
    ]
    assert shown == [("a", ["crypto"]), ("crypto", ["Z"])]


def test_row_has_accessible_text() -> None:
    model = StructureModel()
    model.show_file(file(part(channel("diffuse.R"), name="rgba")))
    index = model.index(0, 0, model.index(0, 0, QModelIndex()))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "diffuse, R, half, 10.0 KB"
    assert index.data(NODE_ROLE).kind == "layer"
