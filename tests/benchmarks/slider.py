"""Time from a slider movement to the image on the canvas."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from tests.benchmarks.measure import Figures, Options, best

GOAL_MS = 33.0
WIDTH, HEIGHT = 1920, 1080


def slider(_folder: Path, _options: Options) -> Figures:
    """Measure a canvas of 1920 x 1080 with an image of that size, at an exposure not shown before.

    The ratio is that of a drag to 33 ms. `settled_ms` is the full image afterwards, `table_ms` the tone table only.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from exr_inspector_app.color.tone_table import DisplayCurve, make_tone_table
    from exr_inspector_app.exr.pixels.decoded_picture import Picture
    from exr_inspector_app.gui.preview.canvas import Canvas
    from exr_inspector_app.gui.preview.color.display_transform import ViewSettings
    from exr_inspector_app.gui.preview.rendering.mip_pyramid import build_pyramid
    from exr_inspector_app.gui.tasks.task_runner import TaskRunner
    from exr_inspector_app.model import Box2i

    application = QApplication.instance() or QApplication([])
    pixels = np.random.default_rng(1).random((HEIGHT, WIDTH, 4), np.float32)
    window = Box2i(0, 0, WIDTH - 1, HEIGHT - 1)
    prepared = build_pyramid(Picture(pixels, ("R", "G", "B", "A"), window, window, (1, 1), 1, (), ""))
    tasks = TaskRunner()
    canvas = Canvas(tasks)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show_image(prepared, 1.0)
    canvas.set_percent(100)
    screen = QImage(canvas.size(), QImage.Format.Format_RGB32)
    steps = count(1)

    def moved(is_dragging: bool) -> Callable[[], None]:
        def work() -> None:
            canvas.apply_settings(replace(ViewSettings(), exposure=next(steps) / 1000), is_dragging=is_dragging)
            while not canvas.is_settled:
                application.processEvents()
            canvas.render(screen)

        return work

    drag, settled = best(moved(True), 20) * 1000, best(moved(False), 20) * 1000
    table = best(lambda: make_tone_table.__wrapped__(next(steps) / 1000, 1.0, DisplayCurve.SRGB), 20) * 1000
    ready = best(lambda: build_pyramid(prepared.picture), 5) * 1000
    tasks.close()
    return {"ratio": drag / GOAL_MS, "drag_ms": drag, "settled_ms": settled, "table_ms": table, "prepare_ms": ready}
