"""Makes the pictures of the help pages: the layer palette, depth, objects and a comparison, in the real window.

.venv/bin/python packaging/help_pictures.py [FOLDER]        writes to resources/help by default
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from screenshot import ROOT, SHOT, opened_window, production

if TYPE_CHECKING:
    from exr_inspector_app.gui.main_window.controller import Controller
    from exr_inspector_app.gui.main_window.window import MainWindow

SIZE = (1440, 900)
Wait: TypeAlias = Callable[[], None]


def main(folder: str) -> int:
    """Whether all pictures could be made, as an exit code."""
    pictures = {"layers.png": _layers, "depth.png": _depth, "objects.png": _objects, "compare.png": _compare}
    saved = True
    with production(), opened_window(SIZE) as (window, controller, wait):
        controller.files.open_paths([str(SHOT)])
        wait()
        for name, arrange in pictures.items():
            arrange(window, controller, wait)
            wait()
            saved &= window.grab().save(str(Path(folder).resolve() / name), "PNG")
    return 0 if saved else 1


def _select(window: MainWindow, controller: Controller, wait: Wait, part_of_path: str, layer: str = "") -> None:
    """Show a file, and a layer of it."""
    window.session.select(next(entry for entry in controller.session if part_of_path in entry.path))
    wait()
    named = [found for found in controller.preview.shown.layers if layer and found.name == layer]
    for found in named[:1]:
        controller.preview.select_layer(found)
        wait()


def _layers(window: MainWindow, controller: Controller, wait: Wait) -> None:
    _select(window, controller, wait, "v017/beauty")
    window.actions_["layers"].trigger()


def _depth(window: MainWindow, controller: Controller, wait: Wait) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from exr_inspector_app.exr.pixels.color_maps import ColorMap

    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)  # closes the palette
    _select(window, controller, wait, "v017/beauty", "depth")
    window.preview.exposure_panel.range.map_selected.emit(ColorMap.MAKO)
    canvas = window.preview.canvas
    for place in ((60, 110), (128, 75)):
        QTest.mouseMove(canvas, canvas.view.to_canvas(*place).toPoint())
        if place == (60, 110):
            window.actions_["pin_probe"].trigger()


def _objects(window: MainWindow, controller: Controller, wait: Wait) -> None:
    from PySide6.QtTest import QTest

    from exr_inspector_app.gui.inspector.objects_model import OBJECT_ROLE

    window.actions_["unpin_probes"].trigger()
    _select(window, controller, wait, "v017/crypto")
    window.actions_["objects"].trigger()
    wait()
    rows = [window.inspector.objects.model.index(row).data(OBJECT_ROLE) for row in (1, 2)]
    window.preview.isolate(frozenset(row.number for row in rows))
    canvas = window.preview.canvas
    QTest.mouseMove(canvas, canvas.view.to_canvas(128, 40).toPoint())


def _compare(window: MainWindow, controller: Controller, wait: Wait) -> None:
    from exr_inspector_app.gui.compare.compare_tabs import PIXELS
    from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage

    window.preview.isolate(frozenset())
    window.inspector.show_page(InspectorPage.STRUCTURE)
    _select(window, controller, wait, "v017/beauty")
    controller.preview.select_layer(controller.preview.shown.layers[0])
    wait()
    window.actions_["compare_version"].trigger()
    wait()
    tabs = window.pages.compare_presenter.tabs
    window.dock.show_page(2)
    tabs.show_page(PIXELS)
    tabs.page_chosen.emit(PIXELS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "resources" / "help")))
