"""Objects of ID layers: names and areas in the Objects tab, at the probe, and isolated by a click."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.cryptomatte import read_names
from exr_inspector_app.exr.pixels.id_colors import DIMMED, color_of_id
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.inspector.objects_model import OBJECT_ROLE
from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import color, open_and_settle
from tests.gui.preview.test_data_layers import show_layer

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

BOX, TREE, ROCK = 0x9D416418, 0x248BFA47, 0x3F1C9A27
MANIFEST = {"box": BOX, "/set/tree": TREE}  # the rock has no name


def matte_file(path: Path, *, is_sidecar: bool = False) -> Path:
    """Write a Cryptomatte of three ranks in two layers, and an ID layer above 65,504: box left, tree right."""
    column = np.mgrid[0:40, 0:60][1]
    first = np.where(column < 20, np.uint32(0), np.where(column < 40, np.uint32(BOX), np.uint32(TREE)))
    second = np.where(column >= 40, np.uint32(BOX), np.uint32(0))
    third = np.where(column >= 50, np.uint32(ROCK), np.uint32(0))
    pairs = [(first, np.where(column < 20, 0, 0.7)), (second, np.where(column >= 40, 0.2, 0)),
             (third, np.where(column >= 50, 0.1, 0)), (third * 0, column * 0.0)]  # fmt: skip
    channels = {"object.id": (65_504 + column // 20).astype(np.uint32)}
    for rank, (ids, coverage) in enumerate(pairs):
        layer, (id_name, coverage_name) = f"crypto_object0{rank // 2}", ("RG", "BA")[rank % 2]
        channels[f"{layer}.{id_name}"] = ids.astype(np.uint32).view(np.float32)
        channels[f"{layer}.{coverage_name}"] = coverage.astype(np.float32)
    text = json.dumps({name: f"{number:08x}" for name, number in MANIFEST.items()})
    group = {"name": "crypto_object", "manif_file" if is_sidecar else "manifest": "names.json" if is_sidecar else text}
    if is_sidecar:
        (path.parent / "names.json").write_text(text)
    return write_picture(path, channels, **{f"cryptomatte/f00ba12/{key}": value for key, value in group.items()})  # type: ignore[arg-type]


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
    canvas.set_percent(400)
    canvas._move_probe(55, 10)
    assert readout.text == "x 55 y 10 /set/tree 70 %, box 20 %"  # at once: the ranks of the first layer
    qtbot.waitUntil(lambda: readout.text == "x 55 y 10 /set/tree 70 %, box 20 %, 0x3f1c9a27 10 %", timeout=30_000)
    tree = np.array(color_of_id(TREE))
    mixed = color(window, 45, 10)
    assert mixed == pytest.approx(0.7 * tree + 0.2 * np.array(color_of_id(BOX)), abs=1)
    where = canvas.view.to_canvas(30.5, 10.5).toPoint()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=where)
    assert color(window, 30, 30) == pytest.approx(0.7 * np.array(color_of_id(BOX)), abs=1)
    isolated = 0.7 * DIMMED * tree + 0.2 * np.array(color_of_id(BOX))
    assert color(window, 45, 30) == pytest.approx(isolated, abs=1)
    assert page.model.index(0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert window.preview.exposure_panel.matte.text == "1 object, 30.00 % of the picture"
    page.field.setText("TREE")
    assert (page.model.rowCount(), page.count.text()) == (1, "1 of 3")
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert color(window, 45, 10) == mixed


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
