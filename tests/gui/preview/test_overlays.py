"""Overlays of the canvas: marked pixels, pixel grid with values, minimap, and the hint that becomes an icon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr.pixels.value_text import MAX_HALF, shorten_value
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.overlay.pixel_grid import fit_lines
from exr_inspector_app.gui.preview.overlay.pixel_marks import ALL_MARKS, Mark, MarkRules, find_marks
from exr_inspector_app.gui.preview.overlay.status_hint import StatusHint
from tests.exr.pictures import write_picture
from tests.gui.preview.canvas_tools import open_and_settle, wait_for_canvas

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("limit", [1.0, MAX_HALF])
def test_marks_are_those_of_the_values(dtype: type[np.floating], limit: float) -> None:
    random = np.random.default_rng(5)
    pixels = (random.random((300, 77, 4)) * 1.2 - 0.1).astype(dtype)
    specials = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 65504, -65504, 6e-8], dtype)
    places = random.integers(0, pixels.size, 400)
    pixels.ravel()[places] = random.choice(specials, 400)
    marks = find_marks(pixels, MarkRules(ALL_MARKS, limit, (0, 1, 2)))
    colors = pixels[..., :3]
    expected = {
        Mark.NAN: np.isnan(pixels),
        Mark.INF: np.isinf(pixels),
        Mark.NEGATIVE: colors < 0,
        Mark.CLIPPED: (colors >= limit) & np.isfinite(colors),
    }
    for mark, mask in expected.items():
        assert marks.counts[mark] == np.count_nonzero(mask), mark
        assert np.array_equal(marks.levels[0] & mark > 0, mask.any(axis=2)), mark
    assert all(np.bitwise_or.reduce(level, axis=None) == ALL_MARKS for level in marks.levels)
    assert not find_marks(np.ones((4, 4, 1), np.uint32), MarkRules(ALL_MARKS, limit, (0,))).levels


def test_search_for_marks_goes_round_in_reading_order() -> None:
    pixels = np.ones((50, 60, 1), np.float32)
    for y, x in ((3, 7), (3, 50), (40, 2)):
        pixels[y, x] = np.nan
    pixels[10, 10] = -1
    marks = find_marks(pixels, MarkRules(ALL_MARKS, MAX_HALF, (0,)))
    at, visited = (-1, 0), list[tuple[int, int]]()
    for _ in range(4):
        at = marks.find(at, Mark.NAN, 1) or (-1, -1)
        visited.append(at)
    assert visited == [(7, 3), (50, 3), (2, 40), (7, 3)]
    assert marks.find((7, 3), Mark.NAN, -1) == (2, 40)
    assert marks.find((50, 3), ALL_MARKS, 1) == (10, 10)
    assert marks.find((0, 0), Mark.INF, 1) is None


@pytest.mark.parametrize(
    ("value", "kind", "chars", "text"),
    [
        (0.18, "half", 6, "0.18"),
        (0.18, "half", 3, ".18"),
        (0.123456, "float", 4, ".123"),
        (-0.5, "half", 3, "−.5"),
        (12345.678, "float", 5, "12346"),
        (4294967295.0, "uint", 5, "4e+09"),
        (np.nan, "half", 3, "NaN"),
        (-np.inf, "float", 3, "…"),
    ],
)
def test_value_in_a_pixel_is_as_exact_as_it_fits(value: float, kind: str, chars: int, text: str) -> None:
    assert shorten_value(value, kind, chars) == text


def test_lines_of_a_pixel_stay_inside_of_it(qapp: QApplication) -> None:
    counts = []
    for height in (96, 56, 40, 30, 24):
        font, count = fit_lines(height, 4)
        assert QFontMetricsF(font).lineSpacing() * count < height
        counts.append(count)
    assert counts[0] == 4
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] in (1, 2)  # by the font of the system


def test_hint_becomes_an_icon_and_comes_back_under_the_pointer() -> None:
    parent = QObject()
    hint = StatusHint(parent)
    (timer,) = hint.findChildren(QTimer)
    hint.show_text("Loading", is_lasting=True)
    assert not timer.isActive()
    hint.show_text("Deep samples are shown flattened.", is_lasting=False)
    assert timer.isActive()
    hint.shrink()
    hint.show_text("Deep samples are shown flattened.", is_lasting=False)  # of the next frame
    assert hint.is_icon
    hint.hover(QPointF(20, 280), 300)
    assert hint.is_hovered
    hint.show_text("", is_lasting=False)
    assert not timer.isActive()


def test_marks_are_visible_at_every_zoom_and_lead_to_their_pixels(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    pixels = np.full((1000, 1600, 3), 0.5, np.float32)
    pixels[700, 1222, 0] = np.nan
    pixels[7, 5:9, 1] = -0.25
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", pixels))
    canvas, overlays = window.preview.canvas, window.overlays
    chips = overlays.bar.chips
    assert {mark.name: chip.text() for mark, chip in chips.items() if chip.isVisible()} == {
        "NAN": "NaN 1",
        "NEGATIVE": "Neg 4",
    }
    assert canvas.percent < 50
    assert count_colored(window, (255, 0, 255)) >= 9
    assert count_colored(window, (0, 176, 255)) == 0
    window.actions_["mark_negative"].trigger()
    assert count_colored(window, (0, 176, 255)) >= 9
    edge = canvas.view.to_canvas(800, 0).toPoint()
    image = canvas.grab().toImage()
    around = [(edge.x() + across, edge.y() + down) for across in range(8) for down in (-1, 0)]
    edge_colors = [image.pixelColor(*position).red() for position in around]
    assert max(edge_colors) < 200  # no frame around an ordinary image

    canvas.set_percent(3200)
    assert overlays.minimap.box(canvas) is not None
    window.actions_["next_mark"].trigger()
    assert canvas.probe == (5, 7)
    window.actions_["previous_mark"].trigger()
    assert canvas.probe == (1222, 700)
    wait_for_canvas(window)
    canvas.repaint()
    qtbot.waitUntil(lambda: count_colored(window, (255, 0, 255)) > 200)
    box = overlays.minimap.box(canvas)
    assert box is not None
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert abs(canvas.view.to_file(QPointF(canvas.width() / 2, canvas.height() / 2))[0] - 800) < 20
    window.actions_["minimap"].trigger()
    assert overlays.minimap.box(canvas) is None
    canvas.fit()
    assert overlays.minimap.box(canvas) is None
    settle()


def count_colored(window: MainWindow, rgb: tuple[int, int, int]) -> int:
    """Return the number of pixels of the canvas with exactly this color."""
    wait_for_canvas(window)
    image = window.preview.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, : 3 * image.width()]
    return int((rows.reshape(image.height(), image.width(), 3) == rgb).all(axis=2).sum())
