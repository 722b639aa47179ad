"""Widget gallery: every component in its states as one image.

Usage: `python -m tests.gui.gallery OUT.png [dark|light]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QItemSelectionModel, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHoverEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.contracts import Band, Hit, PlanStatus
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.similar.similar_pane import SimilarPane
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, Button, make_button
from exr_inspector_app.gui.widgets.chips import RemovableChip
from exr_inspector_app.gui.widgets.fields import SearchField, SegmentedControl
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.ingest.records import make_record
from tests.exr_files import write_exr

SIZE = (1600, 1240)
_GREYS = ["window", "panel", "header", "raised", "chip", "selected", "line", "line2", "ctl", "edge", "t3", "t2"]
_COLORS = [*_GREYS, "t1", "accent", "fill", "ok", "warn", "err"]


class GallerySheet(QWidget):
    """Sheet with widgets at fixed positions and painters for everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedSize(*SIZE)
        self._painters: list[Callable[[QPainter], None]] = []

    def put(self, widget: QWidget, x: int, y: int, width: int = 0, height: int = 0) -> QWidget:
        """Place a widget; a width or height of 0 keeps its size hint."""
        widget.setParent(self)
        hint = widget.sizeHint()
        widget.setGeometry(x, y, width or hint.width(), height or hint.height())
        widget.show()
        return widget

    def add_title(self, text: str, x: int, y: int) -> None:
        """Add the title of a section."""
        label = QLabel(text)
        label.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self.put(label, x, y, 480)

    def add_painter(self, draw: Callable[[QPainter], None]) -> None:
        """Add a function that paints on the sheet."""
        self._painters.append(draw)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for draw in self._painters:
            draw(painter)
        painter.end()


def _add_text(sheet: GallerySheet) -> None:
    sheet.add_title("Text, on panel", 24, 24)
    lines = [
        ("Sheet and empty-state title, 20 semibold", theme.ui_font(20, theme.SEMIBOLD), "t1"),
        ("File name, 15 semibold", theme.ui_font(15, theme.SEMIBOLD), "t1"),
        ("Pane and section title, 13 semibold", theme.ui_font(13, theme.SEMIBOLD), "t1"),
        ("Body and names in lists, 13 regular", theme.ui_font(13), "t1"),
        ("Second column, counts, controls, 12 regular", theme.ui_font(12), "t2"),
        ("Path under a name, column titles, chips, 11", theme.ui_font(11), "t3"),
        ("0.17712  -96, -54, 2015, 1133  half  != -> byte 28,186", theme.mono_font(12), "t1"),
    ]

    def draw(painter: QPainter) -> None:
        for row, (line, font, token) in enumerate(lines):
            paint.text(painter, QRectF(24, 56 + 28 * row, 480, 24), line, font, token)
        for index, token in enumerate(_COLORS):
            box = QRectF(24 + 80 * (index % 6), 290 + 56 * (index // 6), 72, 24)
            painter.setPen(theme.tokens().color("line2"))
            painter.setBrush(theme.tokens().color(token))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            below = QRectF(box.left(), box.bottom(), 76, 20)
            paint.text(painter, below, token, theme.ui_font(11, theme.MEDIUM), "t2")
        names = sorted(path.stem for path in resource("icons").glob("*.svg") if "currentColor" in path.read_text())
        for index, name in enumerate(names):
            icons.paint(painter, name, QRectF(24 + 32 * (index % 15), 504 + 30 * (index // 15), 16, 16))
        needle = QRectF(24, 650, 480, 24)
        paint.highlighted_text(painter, needle, "compressionTime, pixelAspectRatio", theme.ui_font(13), "t1", "ti")
        path = "/mnt/prod/orca/OR_0420/comp/main/OR_0420_comp_main_v009/OR_0420_comp_main_v009.####.exr"
        for index, width in enumerate((480, 360, 300, 180)):
            row = QRectF(24, 680 + 24 * index, width, 24)
            paint.text(painter, row, paint.shorten_path(path, theme.ui_font(13), width), theme.ui_font(13), "t1")

    sheet.add_title("Colors and icons", 24, 262)
    sheet.add_painter(draw)


def _add_buttons(sheet: GallerySheet, left: int) -> None:
    sheet.add_title("Buttons: rest, hover, focus, disabled", left, 24)
    for row, kind in enumerate(("filled", "normal", "ghost")):
        for column in range(4):
            button = make_button("Publish", "publish", kind, height=SHEET_HEIGHT)
            sheet.put(button, left + 124 * column, 56 + 44 * row, 112, SHEET_HEIGHT)
            _show_state(button, column)
    sheet.add_title("Fields and choices", left, 192)
    sheet.put(SearchField("Search channels and attributes", "Ctrl F"), left, 222, 232, 28)
    field = SearchField("Search channels and attributes", "Ctrl F")
    field.setText("diffuse")
    sheet.put(field, left + 248, 222, 232, 28)
    sheet.put(SegmentedControl([("metadata", "Set-up"), ("channels", "Channels"), ("look", "Look")]), left, 262)
    for column, is_checked in enumerate((True, False)):
        box = QCheckBox()
        box.setChecked(is_checked)
        sheet.put(box, left + 392 + 28 * column, 264)


def _show_state(button: Button, state: int) -> None:
    """Put a button into a state: 0 rest, 1 hover, 2 keyboard focus, 3 disabled."""
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, state == 1)
    button.setEnabled(state != 3)
    if state == 2:
        QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))


def _add_chips(sheet: GallerySheet, left: int) -> None:
    sheet.add_title("Chips, badges, status", left, 304)
    sheet.put(RemovableChip("Show: orca"), left + 400, 332)

    def draw(painter: QPainter) -> None:
        x = float(left)
        for label, kind in (("half", "neutral"), ("resolution", "outline"), ("Related", "quiet"),
                            ("Same set-up", "accent"), ("Identical", "solid"), ("Damaged", "err")):  # fmt: skip
            x = paint.chip(painter, x, 344, label, kind) + 6
        x = float(left)
        for label, token in (("3 missing", "warn"), ("1 odd frame", "warn"), ("4", "err")):
            x = paint.badge(painter, x, 378, label, token) + 8
        for index, kind in enumerate(paint.STATUS_STYLES):
            cell = QRectF(left + 120 * (index % 4), 394 + 32 * (index // 4), 116, 32)
            detail = "612 of 1,080" if kind == "incomplete" else ""
            paint.status(painter, cell, kind, kind.capitalize(), detail)
        paint.progress_bar(painter, QRectF(left + 240, 474, 104, 4), 0.6, theme.tokens().color("accent"))
        paint.progress_bar(painter, QRectF(left + 360, 474, 104, 4), 1.0, theme.tokens().color("ok"))

    sheet.add_painter(draw)


def _make_entries(folder: Path) -> list[SessionFile]:
    """Create files with every status of a session row."""
    shot = folder / "OR_0420"
    paths = [write_exr(shot / f"lighting/beauty/v017/beauty.{frame}.exr") for frame in (1001, 1002, 1003)]
    paths += [write_exr(shot / f"lighting/crypto/v017/crypto.{frame}.exr") for frame in (1001, 1004, 1005)]
    paths += [write_exr(shot / f"comp/main/v009/OR_0420_comp_main_v009.{frame}.exr") for frame in (1001, 1002)]
    paths.append(write_exr(shot / "lighting/env/v003/dome.exr"))
    paths.append(write_exr(shot / "fx/embers/v005/embers.1043.exr", height=40, present=25))
    paths.append(write_exr(shot / "lighting/matte/v002/matte.exr"))
    paths[-1].write_bytes(paths[-1].read_bytes()[:100])
    paths += [write_exr(shot / f"fx/smoke/v004/smoke.{frame}.exr") for frame in (1001, 1002)]
    paths.append(write_exr(shot / "fx/trunks/v002/trunks.exr"))
    entries = [SessionFile(str(path)) for path in paths]
    for entry in entries[:-2]:
        file = inspect_file(entry.path)
        entry.set_contents(file, make_record(file))
    known = {"beauty": PlanStatus.NEW, "crypto": PlanStatus.NEW, "comp": PlanStatus.CHANGED, "dome": PlanStatus.PRESENT}
    for entry in entries[:9]:
        entry.status = next(status for name, status in known.items() if name in Path(entry.path).name)
    return entries


def _add_session(sheet: GallerySheet, left: int, folder: Path) -> None:
    model = SessionModel(sheet)
    entries = _make_entries(folder)
    model.add(entries, [str(folder / "OR_0420")])
    pane = SessionPane(model)
    pane.show_count(len(entries))
    sheet.put(pane, left, 500, 480, 488)
    pane.select(entries[0])
    pane.view.setFocus()
    group = model.index(0, 0)
    extend = QItemSelectionModel.SelectionFlag.Select
    pane.view.selectionModel().select(model.index(2, 0, group), extend)
    position = QPointF(pane.view.visualRect(model.index(3, 0, group)).center())
    QApplication.sendEvent(pane.view.viewport(), QHoverEvent(QEvent.Type.HoverMove, position, position, QPointF()))


def _make_hits() -> tuple[Hit, ...]:
    def hit(band: Band, score: float, same: tuple[str, ...], differs: tuple[str, ...], count: int = 100) -> Hit:
        path = f"/mnt/prod/orca/OR_0420/lighting/{band.value}/v016/beauty"
        name, key = f"{path}.1001.exr", f"{path}.####.exr"
        return Hit(band.value, name, key, score, band, same, differs, count, "2026-11-04T10:00:00Z")

    return (
        hit(Band.IDENTICAL, 1.0, ("same header",), (), 1),
        hit(Band.SAME_SETUP, 0.93, ("same layers", "Arnold 7.2.4.1", "DWAA"), ("1998 × 1080",)),
        hit(Band.CLOSE, 0.78, ("same layers",), ("2 channels", "ZIP")),
        hit(Band.RELATED, 0.61, ("Arnold",), ("12 other layers", "2048 × 858", "focal length 35", "camera", "ZIP")),
    )


def _add_similar_and_messages(sheet: GallerySheet, left: int) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    pane.show_search(SearchState(SessionFile("/s/beauty.1047.exr"), "metadata", _make_hits()))
    sheet.put(pane.bar, 12, 1000, 400, 36)
    sheet.put(pane, 0, 1036, SIZE[0], 204)
    pane.view.setCurrentIndex(pane.model.index(3, 0))
    sheet.add_title("Empty list, filter with no match, loading list", left, 24)
    empty = ("similar", "No reference selected", "Select a file and press Ctrl+L.", "Find similar")
    unmatched = ("search", "Nothing matches “tii”", "58 attributes are hidden", "Clear filter")
    for column, message in enumerate((empty, unmatched)):
        placeholder = Placeholder()
        placeholder.show_message(*message)
        sheet.put(placeholder, left + 244 * column, 56, 236, 180)
    sheet.put(LoadingSkeleton(), left, 260, 480, 110)
    sheet.add_title("Banners: error, warning, result with undo", left, 400)
    messages = (
        ("error", "The library did not answer within 10 s", "It is in use by process 4711.", "Try again"),
        ("warning", "3 frames are missing", "1044–1046 in crypto.####.exr", "Show"),
        ("result", "Published 462 files to Local library", "in 0.3 s, 3 skipped", "Undo"),
    )
    for row, message in enumerate(messages):
        banner = MessageBanner()
        banner.show_message(*message)
        sheet.put(banner, left, 428 + 56 * row, 480, 48)


def make_gallery(folder: Path) -> GallerySheet:
    """Create the gallery in the active theme; its files are written to `folder`."""
    sheet = GallerySheet()
    sheet.show()
    sheet.activateWindow()
    _add_text(sheet)
    _add_buttons(sheet, 560)
    _add_chips(sheet, 560)
    _add_session(sheet, 560, folder)
    _add_similar_and_messages(sheet, 1096)
    theme.style_window(sheet)
    return sheet


def main(out: str, mode: theme.Mode = "dark") -> int:
    """Write the gallery to an image file and return the exit code."""
    app = QApplication.instance() or QApplication(["gallery"])
    assert isinstance(app, QApplication)
    theme.apply(app, mode)
    with tempfile.TemporaryDirectory() as name:
        sheet = make_gallery(Path(name))
        app.processEvents()
        return 0 if sheet.grab().save(out) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))  # type: ignore[arg-type]
