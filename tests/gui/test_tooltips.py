"""Tool tips of names and values are text, whatever a file says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from exr_inspector_app.gui.compare.compare_model import CompareModel, build_lines
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.model import Attribute
from tests.gui.files import channel, file, part

pytestmark = pytest.mark.usefixtures("qapp")

TIP = Qt.ItemDataRole.ToolTipRole


def read_by_qt(tip: str) -> str:
    """What a person reads of a tool tip."""
    if not QtGui.Qt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


@pytest.mark.parametrize(
    "words", ["plain & simple", "<b>bold</b>", "a <img src='x.png'> b\nnext line", "1 < 2 & 3 > 2"]
)
def test_words_are_read_as_they_are(words: str) -> None:
    assert read_by_qt(escape_tooltip(words)) == words


def test_the_name_of_a_file_is_no_markup(tmp_path: Path) -> None:
    model, entry = SessionModel(), SessionFile(str(tmp_path / "<b>bold.exr"))
    model.add([entry])
    assert read_by_qt(model.index_of(entry).data(TIP)).startswith(entry.path)


def test_the_value_of_an_attribute_is_no_markup() -> None:
    note = "<img src='/etc/hostname'> a note"
    files = [
        file(part(channel("R"), attributes=(Attribute("comments", "string", words),))) for words in (note, "other")
    ]
    model = CompareModel()
    model.show(build_lines(files), ["a", "b"], ["/a.exr", "/<i>b</i>.exr"])
    tips = [model.index(row, 1).data(TIP) or "" for row in range(model.rowCount())]
    assert any(note in read_by_qt(tip) for tip in tips)
    assert read_by_qt(model.headerData(2, Qt.Orientation.Horizontal, TIP)) == "/<i>b</i>.exr"
