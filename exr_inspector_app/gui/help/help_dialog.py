"""Help dialog: one Markdown page in the fonts of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextTable
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.style import theme

LINE_HEIGHT_PERCENT = 120  # of the line height of Qt
_HEADING_SIZES = {1: 20, 2: 15}  # pixels, by level


def help_pages() -> list[tuple[str, str]]:
    """Return the name and the title of every page that is shipped."""
    pages = []
    for path in sorted(resource("help").glob("*.md")):
        first_line = path.read_text(encoding="utf-8").partition("\n")[0]
        pages.append((path.stem, first_line.lstrip("# ").strip()))
    return pages


class HelpDialog(QDialog):
    """Modeless dialog with the page `name` of `resources/help`; links lead to other pages in the same dialog."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(640, 680)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(False)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(16)
        self.text.setFont(theme.ui_font(13))
        self.text.anchorClicked.connect(self._follow_link)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.text)
        self.show_page(name)

    def show_page(self, name: str) -> None:
        """Show the page with this file name, without its suffix."""
        self.text.setMarkdown((resource("help") / f"{name}.md").read_text(encoding="utf-8"))
        self.setWindowTitle(dict(help_pages())[name])
        self._format_tables()
        self._space_paragraphs()
        self._set_weights()

    def _follow_link(self, url: QUrl) -> None:
        """Show the page that a link names; any other link is ignored."""
        name = url.toString().removesuffix(".md")
        if name in dict(help_pages()):
            self.show_page(name)

    def _format_tables(self) -> None:
        """Remove the borders of tables and pad their cells."""
        for frame in self.text.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                table_format = frame.format().toTableFormat()
                table_format.setBorder(0)
                table_format.setCellSpacing(0)
                table_format.setCellPadding(5)
                table_format.setTopMargin(12)
                frame.setFormat(table_format)

    def _space_paragraphs(self) -> None:
        """Set the margins of headings and paragraphs; table cells and list items get the line height only."""
        cursor = QTextCursor(self.text.document())
        while cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
            block_format = cursor.blockFormat()
            proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            block_format.setLineHeight(LINE_HEIGHT_PERCENT, proportional)
            if cursor.currentTable() or cursor.currentList():
                cursor.setBlockFormat(block_format)
                continue
            block_format.setTopMargin(20 if block_format.headingLevel() else 8)
            block_format.setBottomMargin(4)
            cursor.setBlockFormat(block_format)

    def _set_weights(self) -> None:
        """Set headings and bold text in the semibold that is shipped; Qt would synthesize a bolder weight."""
        cursor, block = QTextCursor(self.text.document()), self.text.document().begin()
        while block.isValid():
            size = _HEADING_SIZES.get(block.blockFormat().headingLevel(), 0)
            for part in block.textFormats():
                if part.format.fontWeight() > theme.SEMIBOLD or size:
                    cursor.setPosition(block.position() + part.start)
                    cursor.setPosition(block.position() + part.start + part.length, QTextCursor.MoveMode.KeepAnchor)
                    (cursor.setCharFormat if size else cursor.mergeCharFormat)(_semibold_format(size))
            block = block.next()


def _semibold_format(size: int) -> QTextCharFormat:
    """Return the format of bold text, or of a heading of `size` pixels.

    A heading needs a complete font: the size that Qt gives it would win over a merged one.
    """
    char_format = QTextCharFormat()
    char_format.setFontWeight(theme.SEMIBOLD)
    if size:
        char_format.setFont(theme.ui_font(size, theme.SEMIBOLD))
    return char_format
