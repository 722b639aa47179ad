"""Help dialog: fonts and heading sizes of the pages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextBlock
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.help.bug_report import mask_secrets
from exr_inspector_app.gui.help.help_dialog import HelpDialog
from exr_inspector_app.gui.help.help_index import GROUPS, help_pages
from exr_inspector_app.gui.style import theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def blocks(page: HelpDialog) -> list[QTextBlock]:
    document = page.text.document()
    return [document.findBlockByNumber(number) for number in range(document.blockCount())]


@pytest.mark.parametrize("name", [name for name, _ in help_pages()])
def test_help_page_uses_only_shipped_font_weights(qtbot: QtBot, name: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    page = HelpDialog(name, parent)
    weights = {part.format.fontWeight() for block in blocks(page) for part in block.textFormats()}
    assert theme.SEMIBOLD in weights
    assert max(weights) == theme.SEMIBOLD


def test_help_headings_have_the_sizes_of_the_window(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    page = HelpDialog("window", parent)
    sizes: dict[int, int] = {}
    for block in blocks(page):
        for part in block.textFormats():
            sizes.setdefault(block.blockFormat().headingLevel(), part.format.font().pixelSize())
    assert (sizes[1], sizes[2]) == (20, 15)


def test_help_links_show_other_pages_only(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    page = HelpDialog("window", parent)
    page.text.anchorClicked.emit(QUrl("payload.md"))
    assert page.windowTitle() == "Inspection payload"
    assert "schema_version" in page.text.toPlainText()
    page.text.anchorClicked.emit(QUrl("https://openexr.com/en/latest/OpenEXRFileLayout.html"))
    assert page.windowTitle() == "Inspection payload"


def test_help_is_found_by_words_and_read_by_contents(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = HelpDialog("window", parent)
    with qtbot.waitActive(dialog):
        dialog.show()
    grouped = [name for _, names in GROUPS for name in names]
    assert sorted(grouped) == [name for name, _ in help_pages()]
    assert dialog.contents.topLevelItemCount() == len(GROUPS)
    dialog.field.setText("wipe difference")
    first = dialog.contents.topLevelItem(0)
    assert first is not None
    assert (dialog.windowTitle(), first.child(0).text(0)) == ("The window", "Compare")
    assert dialog.contents.currentItem().text(0) == "Compare"
    assert dialog.text.extraSelections()
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.contents.currentItem().text(0) != "Compare"
    dialog.field.setText("xylophone")
    assert not dialog.contents.isVisibleTo(dialog)
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert dialog.contents.topLevelItemCount() == len(GROUPS)
    assert dialog.contents.isVisibleTo(dialog)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("secret_key=abc123, bucket=b", "secret_key=***, bucket=b"),
        ("{'secret_access_key': 'a b c', 'region': 'r'}", "{'secret_access_key': ***, 'region': 'r'}"),
        ("https://me:pw@host/x?X-Amz-Signature=ff0&y=1", "https://***@host/x?X-Amz-Signature=***&y=1"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=AK/1", "Authorization: ***"),
        ("called with hunter22 twice: hunter22", "called with *** twice: ***"),
        ("RuntimeError: cannot read /a/b.exr: key frame 12", "RuntimeError: cannot read /a/b.exr: key frame 12"),
    ],
)
def test_bug_report_has_no_secrets(text: str, masked: str) -> None:
    assert mask_secrets(text, {"VAST_DB_SECRET_KEY": "hunter22", "SHELL": "/a/b.exr"}) == masked
