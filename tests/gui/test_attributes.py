"""Attributes tab: value formatting, filter, parts, and copying."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.inspector import attributes_model
from exr_inspector_app.gui.inspector.attributes_model import MARKS_ROLE, MAX_TOOLTIP_CHARS, AttributesModel
from exr_inspector_app.gui.inspector.attributes_page import AttributesPage
from exr_inspector_app.gui.inspector.attributes_view import NAME_WIDTH, AttributesView, elide, fit_matrix
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.inspector.preview_image import preview_image
from exr_inspector_app.gui.inspector.value_format import (
    MAX_SHOWN_CHARS,
    FormattedValue,
    format_attribute,
    format_for_clipboard,
)
from exr_inspector_app.gui.main_window.layout import INSPECTOR_WIDTHS
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.style import theme
from exr_inspector_app.model import Attribute, ExrFile
from tests.exr_files import preview, write_exr
from tests.gui.files import file, part

TIME_CODE = {
    "time_and_flags": 0, "user_data": 0, "hours": 1, "minutes": 12, "seconds": 4, "frame": 23,
    "drop_frame": False, "color_frame": False, "field_phase": False, "bgf0": False, "bgf1": False,
    "bgf2": False,
}  # fmt: skip
REC_709 = {"red": [0.64, 0.33], "green": [0.3, 0.6], "blue": [0.15, 0.06], "white": [0.3127, 0.329]}


def data(size: int) -> dict[str, Any]:
    """Return a payload value of raw bytes."""
    return {"encoding": "base64", "data": base64.b64encode(bytes(size)).decode()}


@pytest.mark.parametrize(
    ("kind", "value", "text", "note", "under"),
    [
        ("float", 0.02083333395421505, "0.020833334", "", ""),
        ("double", 0.02083333395421505, "0.02083333395421505", "", ""),
        ("float", float("nan"), "nan", "", ""),
        ("int", -3, "-3", "", ""),
        ("string", "warm\r\n\tkey\nfill\x00", r"warm ↵  key ↵ fill\x00", "", ""),
        ("box2i", {"min": [-96, -54], "max": [2015, 1133]}, "-96, -54, 2015, 1133", "2112 × 1188", ""),
        ("box2f", {"min": [0.0, 0.0], "max": [1.5, 2.0]}, "0.0, 0.0, 1.5, 2.0", "1.5 × 2.0", ""),
        ("v2f", [0.0, 0.1], "0.0, 0.1", "", ""),
        ("stringvector", ["right", "left"], "right, left", "", ""),
        ("floatvector", [0.5] * 9, ", ".join(["0.5"] * 9), "9 values", ""),
        ("rational", {"numerator": 24000, "denominator": 1001}, "24000/1001", "23.976", ""),
        ("rational", {"numerator": 1, "denominator": 0}, "1/0", "", ""),
        ("preview", {"width": 100, "height": 68, **data(27200)}, "100 × 68", "27.2 KB", ""),
        ("bytes", {"type_hint": "zip", **data(10)}, "10 B", "zip", ""),
        ("studioThing", data(5), "5 B", "unknown type", ""),
        ("chlist", [{"name": "R"}, {"name": "Z"}], "2 channels", "R, Z", ""),
        ("timecode", TIME_CODE, "01:12:04:23", "", "24 fps, non-drop-frame, no user data"),
        (
            "timecode", {**TIME_CODE, "drop_frame": True, "color_frame": True, "user_data": 255},
            "01:12:04;23", "", "24 fps, drop frame, color frame, user data 0x000000ff",
        ),
        (
            "tiledesc", {"x_size": 128, "y_size": 64, "level_mode": "one_level", "rounding_mode": "round_up"},
            "128 × 64", "one level, round up", "",
        ),
    ],
)  # fmt: skip
def test_values_are_formatted_by_type(kind: str, value: Any, text: str, note: str, under: str) -> None:
    others = {"framesPerSecond": {"numerator": 24, "denominator": 1}}
    formatted = format_attribute(Attribute("x", kind, value), others)
    assert (formatted.text, formatted.note, formatted.under) == (text, note, under)


def test_matrix_is_a_grid_with_short_integers() -> None:
    value = format_attribute(Attribute("m", "m33f", [[2.414, 0.0, 0.0], [0.0, -1.0002, 0.0], [0.0, 0.0, 1.0]]), {})
    assert value.grid == (("2.414", "0", "0"), ("0", "-1.0002", "0"), ("0", "0", "1"))


def test_non_finite_matrix_is_formatted() -> None:
    value = format_attribute(Attribute("m", "m33f", [[float("inf"), float("nan"), 0.0]] * 3), {})
    assert value.grid[0] == ("inf", "nan", "0")


def test_standard_chromaticities_are_named() -> None:
    value = format_attribute(Attribute("chromaticities", "chromaticities", REC_709), {})
    assert value.text == "Rec.709 primaries"
    assert value.primaries == ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), (0.3127, 0.329))


def test_only_short_exposure_time_has_fraction() -> None:
    assert format_attribute(Attribute("expTime", "float", 0.0208333), {}).note == "1/48 s"
    assert format_attribute(Attribute("expTime", "float", 2.0), {}).note == ""


def test_huge_values_are_truncated_for_display_but_not_for_copy() -> None:
    long = Attribute("manifest", "string", "x" * 1_000_000)
    assert len(format_attribute(long, {}).text) == MAX_SHOWN_CHARS + 1
    assert len(format_for_clipboard(long)) == 1_000_000
    model = AttributesModel()
    model.show_file(file(part(attributes=(long,))))
    assert len(model.tooltip(model.visible_rows()[0])) == MAX_TOOLTIP_CHARS + 1 + len("manifest (string)\n")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("string", "two\nlines\t", "two\nlines\t"),
        ("string", "caf\udce9", "caf?"),
        ("m33f", [[1.0, 0.0, 0.5]] * 3, "1.0\t0.0\t0.5\n1.0\t0.0\t0.5\n1.0\t0.0\t0.5"),
        ("box2i", {"min": [0, 0], "max": [9, 4]}, "0, 0, 9, 4"),
        ("v2f", [0.1, 2.0], "0.1, 2.0"),
        ("stringvector", ["a", "b"], "a\nb"),
        ("timecode", TIME_CODE, "01:12:04:23"),
        ("rational", {"numerator": 24, "denominator": 1}, '{"numerator": 24, "denominator": 1}'),
        ("int", 7, "7"),
    ],
)
def test_values_are_copied_unescaped(kind: str, value: Any, text: str) -> None:
    assert format_for_clipboard(Attribute("x", kind, value)) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
KINDS = st.sampled_from(
    ["float", "string", "box2i", "m44f", "timecode", "chromaticities", "preview", "bytes", "keycode",
     "chlist", "tiledesc", "rational", "idmanifest", "stringvector", "unknown-type"]
)  # fmt: skip


@given(kind=KINDS, value=JSON)
def test_values_of_any_shape_are_formatted(kind: str, value: Any) -> None:
    assert isinstance(format_attribute(Attribute("x", kind, value), {"framesPerSecond": value}), FormattedValue)
    assert isinstance(format_for_clipboard(Attribute("x", kind, value)), str)


def two_parts() -> AttributesModel:
    """Return a model of a file with two parts."""
    model = AttributesModel()
    model.show_file(
        file(
            part(
                attributes=(
                    Attribute("comments", "string", "OR_0420 lighting, warm key"),
                    Attribute("expTime", "float", 0.5),
                    Attribute("owner", "string", "mira"),
                ),
                name="rgba",
            ),
            part(attributes=(Attribute("view", "string", "left"),), index=1),
        )
    )
    return model


def test_filter_matches_names_and_values() -> None:
    model = two_parts()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_filter("TI")
    assert [row.name for row in model.visible_rows()] == ["comments", "expTime"]
    assert (model.rowCount(), model.total) == (2, 3)
    model.set_filter("")
    assert model.rowCount() == 3
    assert tester.model() is model


def test_first_of_many_attributes_are_listed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attributes_model, "MAX_LISTED_ATTRIBUTES", 2)
    model = AttributesModel()
    page = AttributesPage(model)
    qtbot.addWidget(page)
    page.show_file(file(part(attributes=tuple(Attribute(name, "int", 1) for name in "abc"))))
    assert (model.rowCount(), page.count.text()) == (2, "2 of 3")


def test_filter_stays_for_another_part() -> None:
    model = two_parts()
    assert model.part_titles() == [("Part 0", "rgba"), ("Part 1", "")]
    model.set_filter("left")
    assert model.rowCount() == 0
    model.show_part(1)
    assert [row.text(2) for row in model.visible_rows()] == ["left"]
    model.show_file(None)
    assert (model.rowCount(), model.part_titles()) == (0, [])


def test_rows_are_copied_as_tabs_and_all_as_json() -> None:
    model = two_parts()
    assert model.row_text(model.visible_rows()[1:]) == "expTime\tfloat\t0.5\nowner\tstring\tmira"
    assert json.loads(model.all_json())[1] == {"name": "expTime", "type": "float", "value": 0.5}


def test_long_values_unfold_and_a_selection_is_copied(qtbot: QtBot) -> None:
    manifest = json.dumps({f"crypto/tile_{number}": f"{number:08x}" for number in range(60)})
    raw = {"encoding": "base64", "data": base64.b64encode(b"OpenEXR\0" * 100).decode()}
    values = {
        "manifest": ("string", manifest),
        "note": ("string", "line one\nline two\twith tab"),
        "raw": ("studio", raw),
        "layers": ("stringvector", ["beauty", "depth"]),
        "owner": ("string", "mira"),
        "box": ("box2i", {"min": [0, 0], "max": [9, 9]}),
    }
    model = AttributesModel()
    model.show_file(file(part(attributes=tuple(Attribute(name, *value) for name, value in values.items()))))
    rows = {row.name: row for row in model.visible_rows()}
    assert [name for name, row in rows.items() if row.can_unfold] == ["manifest", "note", "raw", "layers"]
    for at in range(model.rowCount()):
        model.toggle(model.index(at, 0))
    lines = {name: model.lines(row) for name, row in rows.items()}
    assert lines["manifest"][:2] == ("{", '  "crypto/tile_0": "00000000",')
    assert lines["manifest"][-1] == "… 22 more lines; Copy value has all of them"
    assert lines["note"][0] == "line one"
    assert lines["raw"][0] == "0000  4f 70 65 6e 45 58 52 00 4f 70  OpenEXR.Op"
    assert lines["raw"][-1] == "… 410 more bytes"
    assert (lines["layers"], lines["owner"], lines["box"]) == (("beauty", "depth"), (), ())
    tsv = model.rows_tsv([rows["note"], rows["owner"]]).split("\n")
    assert [len(line.split("\t")) for line in tsv] == [3, 3]
    assert [row["name"] for row in json.loads(model.rows_json([rows["owner"], rows["box"]]))] == ["owner", "box"]
    view = AttributesView(model)
    qtbot.addWidget(view)
    view.setCurrentIndex(model.index(0, 0))
    high = view.sizeHintForIndex(model.index(0, 2)).height()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.sizeHintForIndex(model.index(0, 2)).height() < high
    font = theme.mono_font(12)
    assert "tile_55" in elide(manifest, "TILE_55", font, 200)
    assert elide(manifest, "", font, 200).startswith('{"crypto/tile_0"')


def test_values_that_differ_are_marked() -> None:
    def frame(number: int, owner: str, lens: float = 35.0) -> ExrFile:
        texts = {"owner": owner, "host": f"render{number}"}
        attributes = [Attribute(name, "string", text) for name, text in texts.items()]
        made = file(part(attributes=(*attributes, Attribute("lens", "float", lens))))
        return made._replace(path=f"/shot/a.{number}.exr")

    frames = [frame(number, "mira") for number in range(1001, 1060)]
    odd = frame(1060, "sam")
    model = AttributesModel()
    model.show_file(odd)
    assert model.data(model.index(0, 0), MARKS_ROLE) == ()
    model.show_frames([*frames, odd])
    marks = [model.data(model.index(row, 0), MARKS_ROLE) for row in range(3)]
    assert marks == [("Most frames: mira",), (), ()]  # a host that changes with each frame is not marked
    model.show_pinned(frame(1, "sam", lens=50.0))
    marks = [model.data(model.index(row, 0), MARKS_ROLE) for row in range(3)]
    assert marks == [("Most frames: mira",), ("Pinned file: render1",), ("Pinned file: 50.0",)]
    assert "≠ Pinned file: 50.0" in model.tooltip(model.visible_rows()[2])
    model.show_pinned(odd)
    assert model.data(model.index(2, 0), MARKS_ROLE) == ()


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_page_marks_what_differs_within_the_sequence(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None]
) -> None:
    owners = {1001: "mira", 1002: "sam", 1003: "mira", 1004: "mira"}
    for number, owner in owners.items():
        write_exr(tmp_path / f"beauty.{number}.exr", attributes={"owner": ("string", owner.encode())})
    window.open_paths([str(tmp_path)])
    settle()
    model = window.attributes_model
    files = window.controller.files
    files.select(next(entry for entry in files.session if entry.path.endswith("1002.exr")))

    def marks() -> list[tuple[str, ...]]:
        return [model.data(model.index(row, 0), MARKS_ROLE) for row in range(model.rowCount())]

    window.inspector.show_page(InspectorPage.ATTRIBUTES)
    assert ("Most frames: mira",) in marks()
    window.inspector.show_page(InspectorPage.STRUCTURE)
    window.inspector.show_page(InspectorPage.ATTRIBUTES)
    assert ("Most frames: mira",) in marks()


def test_matrix_has_six_digits_and_gutters_at_the_width_of_the_page(qapp: QApplication) -> None:
    angle = ("0.8660254037844387", "-0.49999999999999994", "0.08112345678", "-1250.75684")
    rows = (angle, ("0", "1", "0", "0"), tuple(reversed(angle)), ("-0.6263012345", "0.7568412345", "12.5", "1"))
    room = INSPECTOR_WIDTHS[1] - NAME_WIDTH - 12 - 12
    cells, widths = fit_matrix(rows, room)
    assert cells[0] == ["0.866025", "-0.5", "0.0811235", "-1250.76"]
    assert sum(widths) <= room
    metrics = QFontMetricsF(theme.mono_font(12))
    for column, width in zip(zip(*cells, strict=True), widths, strict=True):
        assert all(metrics.horizontalAdvance(cell) + 12 <= width for cell in column)
    assert fit_matrix(rows, 200)[0][0][0] == "0.866"
    assert fit_matrix((("NaN", "inf"),), 200)[0] == [["NaN", "inf"]]


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_previews_are_painted_and_large_bytes_are_read_on_request(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None], qtbot: QtBot
) -> None:
    extra = {"preview": preview(64, 36), "huge": preview(200, 150), "blob": ("studio", bytes(range(256)) * 600)}
    path = write_exr(tmp_path / "a.exr", attributes=extra)
    window.open_paths([str(path)])
    settle()
    window.inspector.show_page(InspectorPage.ATTRIBUTES)
    table, model = window.inspector.attributes.table, window.attributes_model
    rows = {row.name: at for at, row in enumerate(model.visible_rows())}

    def height(name: str) -> int:
        return table.visualRect(model.index(rows[name], 0)).height()

    def lines() -> tuple[str, ...]:
        return model.lines(model.visible_rows()[rows["blob"]])

    qtbot.waitUntil(lambda: height("huge") > 112)  # its bytes are read from the file
    assert 36 < height("preview") < 80
    image = model.image(model.visible_rows()[rows["preview"]])
    assert image is not None
    assert image.pixelColor(1, 0).getRgb()[:3] == (4, 5, 6)  # the bytes of the file
    table.setCurrentIndex(model.index(rows["blob"], 0))
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert lines() == ("Reading…",)
    qtbot.waitUntil(lambda: lines()[0].startswith("0000  00 01 02"))
    assert lines()[-1] == "… 153,210 more bytes"
    table.header().resizeSection(0, 300)
    window.resize(1500, 1000)
    assert table.columnWidth(0) == 300
    assert preview_image({"width": 2, "height": 2, "data": "AAAA"}) is None
    path.unlink()
    model.show_part(0)
    qtbot.waitUntil(lambda: "Reload the file" in lines()[0])
    settle()
