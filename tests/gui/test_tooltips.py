"""Tooltips show names and values of files as plain text, never as rich text."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from exr_inspector_app.gui.compare.compare_model import CompareModel, build_lines
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.model import Attribute
from tests.gui.files import channel, file, part

pytestmark = pytest.mark.usefixtures("qapp")

TOOLTIP = Qt.ItemDataRole.ToolTipRole


def displayed_text(tooltip: str) -> str:
    """Return the text that Qt displays for a tooltip."""
    if not QtGui.Qt.mightBeRichText(tooltip):
        return tooltip
    document = QTextDocument()
    document.setHtml(tooltip)
    return document.toPlainText()


@pytest.mark.parametrize("text", ["plain & simple", "<b>bold</b>", "a <img src='x.png'> b\nnext line", "1 < 2 & 3 > 2"])
def test_escaped_text_is_displayed_unchanged(text: str) -> None:
    assert displayed_text(escape_tooltip(text)) == text


def test_file_name_is_not_markup(tmp_path: Path) -> None:
    model, entry = SessionModel(), SessionFile(str(tmp_path / "<b>bold.exr"))
    model.add([entry])
    assert displayed_text(model.index_of(entry).data(TOOLTIP)).startswith(entry.path)


def test_attribute_value_is_not_markup() -> None:
    note = "<img src='/etc/hostname'> a note"
    files = [file(part(channel("R"), attributes=(Attribute("comments", "string", text),))) for text in (note, "other")]
    model = CompareModel()
    model.set_lines(build_lines(files), ["a", "b"], ["/a.exr", "/<i>b</i>.exr"])
    tooltips = [model.index(row, 1).data(TOOLTIP) or "" for row in range(model.rowCount())]
    assert any(note in displayed_text(tooltip) for tooltip in tooltips)
    assert displayed_text(model.headerData(2, Qt.Orientation.Horizontal, TOOLTIP)) == "/<i>b</i>.exr"
