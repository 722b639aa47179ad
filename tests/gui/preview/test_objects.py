"""Objects of ID layers: names and areas in the Objects tab, at the probe, and isolated by a click."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from exr_inspector_app.__main__ import main
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.cryptomatte import read_names
from exr_inspector_app.exr.parser.stored_attributes import StoredAttribute
from exr_inspector_app.exr.pixels.id_colors import DIMMED, color_of_id
from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.inspector.objects_model import OBJECT_ROLE, ObjectColumn
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview import picture_loader
from exr_inspector_app.gui.preview.layers import list_layers
from exr_inspector_app.gui.preview.probe.probe_names import ObjectNames
from exr_inspector_app.model import Box2i
from exr_inspector_app.services.exr_writer import ImageHeader, write_exr
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle
from tests.gui.preview.test_data_layers import show_layer

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

BOX, TREE, ROCK = 0x9D416418, 0x248BFA47, 0x3F1C9A27
BARK, LEAF = 0x5555AAAA, 0x12345678
MANIFEST = {"box": BOX, "/set/tree": TREE}  # the rock has no name


def matte_file(path: Path, *, is_sidecar: bool = False) -> Path:
    """Write a Cryptomatte of three ranks in two layers, and an ID layer above 65,504: box left, tree right."""
    column = np.mgrid[0:40, 0:60][1]
    first = np.where(column < 20, np.uint32(0), np.where(column < 40, np.uint32(BOX), np.uint32(TREE)))
    second = np.where(column >= 40, np.uint32(BOX), np.uint32(0))
    third = np.where(column >= 50, np.uint32(ROCK), np.uint32(0))
    pairs = [(first, np.where(column < 20, 0, 0.7)), (second, np.where(column >= 40, 0.2, 0)),
             (third, np.where(column >= 50, 0.1, 0)), (third * 0, column * 0.0)]  # fmt: skip
    materials = np.where(column < 40, np.uint32(BARK), np.uint32(LEAF))
    channels = {"crypto_material00.R": materials.view(np.float32), "crypto_material00.G": column * 0 + 0.5}
    channels |= {f"crypto_material00.{name}": column * 0 for name in "BA"}
    channels = {name: pixels.astype(np.float32) for name, pixels in channels.items()}
    channels |= {"object.id": (65_504 + column // 20).astype(np.uint32)}
    for rank, (ids, coverage) in enumerate(pairs):
        layer, (id_name, coverage_name) = f"crypto_object0{rank // 2}", ("RG", "BA")[rank % 2]
        channels[f"{layer}.{id_name}"] = ids.astype(np.uint32).view(np.float32)
        channels[f"{layer}.{coverage_name}"] = coverage.astype(np.float32)
    text = json.dumps({name: f"{number:08x}" for name, number in MANIFEST.items()})
    group = {"name": "crypto_object", "manif_file" if is_sidecar else "manifest": "names.json" if is_sidecar else text}
    if is_sidecar:
        (path.parent / "names.json").write_text(text)
    header = {f"cryptomatte/f00ba12/{key}": value for key, value in group.items()}
    header |= {
        "cryptomatte/ba12f00/name": "crypto_material",
        "cryptomatte/ba12f00/manifest": f'{{"a/bark": "{BARK:08x}"}}',
    }
    return write_picture(path, channels, **header)


def test_objects_are_listed_named_and_isolated(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None], qtbot: QtBot
) -> None:
    open_and_settle(window, settle, matte_file(tmp_path / "a.exr", is_sidecar=True))
    page, canvas, readout = window.inspector.objects, window.preview.canvas, window.preview.readout
    window.inspector.show_page(InspectorPage.OBJECTS)
    show_layer(window, settle, "object")
    qtbot.waitUntil(lambda: page.model.total == 3, timeout=30_000)
    assert [page.model.index(row).data() for row in range(3)] == [f"{65_504 + row}, 33.33 %" for row in range(3)]
    show_layer(window, settle, "crypto_object")
    qtbot.waitUntil(lambda: page.source.text() == "Names from names.json", timeout=30_000)
    rows = [page.model.index(row).data(OBJECT_ROLE) for row in range(page.model.rowCount())]
    assert [(row.name, round(row.share, 4)) for row in rows] == [
        ("box", 0.3),
        ("/set/tree", 0.2333),
        ("0x3f1c9a27", 0.0167),
    ]
    assert window.inspector.tabs.tabText(InspectorPage.OBJECTS) == "Objects 3"
    qtbot.waitUntil(lambda: page.model.rows.has_materials, timeout=30_000)
    assert [page.model.index(row).data() for row in range(3)] == [
        "box, a/bark, 30.00 %",
        "/set/tree, 0x12345678, 23.33 %",
        "0x3f1c9a27, 1.67 %",  # nowhere the first rank
    ]
    assert page.titles.accessibleDescription() == "Object, Material, Area; sorted by Area"
    page.model.sort_by(ObjectColumn.NAME)
    assert page.model.index(0).data(OBJECT_ROLE).number == ROCK
    page.model.sort_by(ObjectColumn.AREA)
    canvas.set_percent(400)
    canvas.move_probe(55, 10)
    assert readout.text == "x 55 y 10 /set/tree 70 %, box 20 %, 0x3f1c9a27 10 %"
    outline = window.objects._outline
    qtbot.waitUntil(lambda: outline.outlined == TREE, timeout=30_000)
    edge = canvas.view.to_canvas(40, 10.5).toPoint()
    shades = [canvas.grab().toImage().pixelColor(edge.x() + at, edge.y()).lightness() for at in range(-4, 4)]
    assert max(shades) > 230  # a light line
    assert min(shades) < 100  # between dark ones
    assert page.model.pointed == TREE
    page.list.object_pointed.emit(BOX)
    qtbot.waitUntil(lambda: outline.outlined == BOX, timeout=30_000)
    page.list.object_pointed.emit(0)
    page.list.object_toggled.emit(BOX)  # above 2**31
    assert canvas.settings.isolated == {BOX}
    window.preview.exposure_panel.matte.object_removed.emit(BOX)
    assert not canvas.settings.isolated
    canvas.move_probe(5, 10)  # no object
    tree = np.array(color_of_id(TREE))
    mixed = color(window, 45, 10)
    assert mixed == pytest.approx(0.7 * tree + 0.2 * np.array(color_of_id(BOX)), abs=1)
    assert color(window, 55, 10) == pytest.approx(np.array(mixed) + 0.1 * np.array(color_of_id(ROCK)), abs=1)
    where = canvas.view.to_canvas(30.5, 10.5).toPoint()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=where)
    assert color(window, 30, 30) == pytest.approx(0.7 * np.array(color_of_id(BOX)), abs=1)
    isolated = 0.7 * DIMMED * tree + 0.2 * np.array(color_of_id(BOX))
    assert color(window, 45, 30) == pytest.approx(isolated, abs=1)
    assert page.model.index(0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert window.preview.exposure_panel.matte.text == "1 object, 30.00 % of the picture"
    window.actions_["export_matte"].trigger()
    window.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "matte.exr"))
    qtbot.waitUntil((tmp_path / "matte.exr").exists, timeout=30_000)
    matte = OpenEXR.File(str(tmp_path / "matte.exr"), separate_channels=True).parts[0].channels["A"].pixels
    assert matte[7, [10, 30, 45]] == pytest.approx([0, 0.7, 0.2])
    page.field.setText("TREE")
    assert (page.model.rowCount(), page.count.text()) == (1, "1 of 3")
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert color(window, 45, 10) == mixed


def id_manifest(channel: str, names: dict[int, tuple[str, str]]) -> StoredAttribute:
    """Return an attribute with the model and the material of each ID, all of them in one group."""

    def listed(texts: list[str]) -> bytes:
        packed = [text.encode() for text in texts]
        return struct.pack("<I", len(packed)) + bytes(map(len, packed)) + b"".join(packed)

    texts = [text for pair in names.values() for text in pair]
    prefixed = texts[:1] + ["\0" + text for text in texts[1:]]  # no bytes in common with the one before
    used = struct.pack("<Iii", 1, 0, len(texts) - 1)
    scheme = b"".join(struct.pack("<I", len(text)) + text for text in (b"none", b"id"))
    table, last = b"", 0
    for at, number in enumerate(names):
        table += struct.pack("<I", number - last) + bytes([2 * at, 2 * at + 1])
        last = number
    group = listed([channel]) + listed(["model", "material"]) + b"\2" + scheme + b"\1" + struct.pack("<I", len(names))
    plain = bytes(4) + listed(prefixed) + used + struct.pack("<I", 1) + group + table
    return StoredAttribute(b"idManifest", b"idmanifest", struct.pack("<I", len(plain)) + zlib.compress(plain))


def test_ids_have_the_names_of_an_id_manifest(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None], qtbot: QtBot
) -> None:
    ids = np.full((20, 30), 3_236_172_513, np.uint32)  # float32 rounds it
    ids[:, :12] = 523_461_226
    box = Box2i(0, 0, 29, 19)
    named = id_manifest("id", {523_461_226: ("a/circle", "blue"), 3_236_172_513: ("blob", "white")})
    write_exr(tmp_path / "a.exr", {"id": ids}, ImageHeader(box, box, [named]))
    open_and_settle(window, settle, tmp_path / "a.exr")
    page, canvas = window.inspector.objects, window.preview.canvas
    qtbot.waitUntil(lambda: page.model.total == 2, timeout=30_000)
    assert [page.model.index(row).data() for row in range(2)] == ["blob, white, 60.00 %", "a/circle, blue, 40.00 %"]
    assert page.source.text() == "Names from the manifest in the header"
    canvas.move_probe(20, 5)
    assert window.preview.readout.text == "x 20 y 5 id 3236172513 blob"
    assert window.preview.readout.swatch().getRgb()[:3] == color_of_id(3_236_172_513) == color(window, 20, 5)
    values = (PartValues(0, ("id",), (3_236_172_513.0,), None, ""),)
    out = tmp_path / "a.png"
    assert main(["picture", str(tmp_path / "a.exr"), "--isolate", "BLOB", "--out", str(out)]) == 0
    assert QImage(str(out)).pixelColor(20, 5).getRgb()[:3] == color_of_id(3_236_172_513)
    dimmed = [round(DIMMED * shade) for shade in color_of_id(523_461_226)]
    assert list(QImage(str(out)).pixelColor(3, 5).getRgb()[:3]) == pytest.approx(dimmed, abs=1)
    jpeg = window.controller.preview.decoder.thumbnail(str(tmp_path / "a.exr")).data
    assert QImage.fromData(jpeg).pixelColor(24, 10).getRgb()[:3] == pytest.approx(color_of_id(3_236_172_513), abs=9)
    assert ObjectNames().read(inspect_file(str(tmp_path / "a.exr")), values) == {(0, "id"): "blob"}


def test_large_cryptomatte_is_shown_at_full_size_with_fewer_ranks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = inspect_file(str(matte_file(tmp_path / "a.exr")))
    layer = next(layer for layer in list_layers(file) if layer.name == "crypto_object")
    for pairs, count in ((3, 6), (1, 4)):  # never fewer than the first layer of ranks
        monkeypatch.setattr(picture_loader, "MAX_PICTURE_BYTES", pairs * 8 * 40 * 60)
        assert len(picture_loader.shown_channels(file, layer)) == count
    monkeypatch.setattr(picture_loader, "MAX_PICTURE_BYTES", 2**30)
    request = picture_loader.picture_request(file, layer, (0, 0))
    assert (request.channels, request.max_size) == (layer.ranks, None)


def test_names_of_a_manifest_in_another_part_or_missing(tmp_path: Path) -> None:
    file = inspect_file(str(matte_file(tmp_path / "a.exr")))
    (part,) = file.parts
    bare = part._replace(index=0, attributes=())
    names = read_names(file.path, [bare, part._replace(index=1)], 0, "crypto_object01")
    assert names.by_id[TREE] == "/set/tree"
    assert read_names(file.path, [bare], 0, "crypto_object00").problem.startswith("the header has no Cryptomatte")
    file = inspect_file(str(matte_file(tmp_path / "b.exr", is_sidecar=True)))
    (tmp_path / "names.json").unlink()
    assert read_names(file.path, file.parts, 0, "crypto_object00").problem == "the manifest file is missing: names.json"
