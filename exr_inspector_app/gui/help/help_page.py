"""Help page: one Markdown page in the fonts of the window, with its images."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from exr_inspector_app.config import resource
from exr_inspector_app.gui.style import theme

LINE_HEIGHT_PERCENT = 120  # of the line height of Qt
MAX_IMAGE_WIDTH = 560  # px
IMAGE = "\ufffc"  # in the text of a block, in place of an image
_HEADING_SIZES = {1: 20, 2: 15}  # pixels, by level


class HelpPage(QTextBrowser):
    """Browser of `resources/help` that never opens a link by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenExternalLinks(False)
        self.setOpenLinks(False)
        self.document().setDocumentMargin(16)
        self.setFont(theme.ui_font(13))

    def show_text(self, markdown: str) -> None:
        """Show a page from its beginning."""
        self.setExtraSelections([])
        self.setMarkdown(markdown)
        self._format_tables()
        self._space_paragraphs()
        self._set_weights()

    def show_heading(self, heading: str) -> None:
        """Scroll to a heading of the page."""
        block = self.document().begin()
        while block.isValid() and not (block.blockFormat().headingLevel() and block.text() == heading):
            block = block.next()
        if block.isValid():
            top = self.document().documentLayout().blockBoundingRect(block).top()
            self.verticalScrollBar().setValue(round(top) - 8)

    def mark_words(self, terms: list[str]) -> None:
        """Highlight every occurrence of some terms."""
        marks, t = [], theme.tokens()
        for word in terms:
            cursor = self.document().find(word)
            while not cursor.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = cursor
                mark.format.setBackground(t.tint("accent", t.match_tint))
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return an image of the help folder, no wider than a page; nothing else is loaded."""
        file = resource("help") / PurePosixPath(QUrl(name).path()).name
        if kind != QTextDocument.ResourceType.ImageResource.value or not file.is_file():
            return None
        image = QImage(str(file))
        is_wide = image.width() > MAX_IMAGE_WIDTH
        return image.scaledToWidth(MAX_IMAGE_WIDTH, Qt.TransformationMode.SmoothTransformation) if is_wide else image

    def _format_tables(self) -> None:
        """Remove the borders of tables and pad their cells."""
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                table_format = frame.format().toTableFormat()
                table_format.setBorder(0)
                table_format.setCellSpacing(0)
                table_format.setCellPadding(5)
                table_format.setTopMargin(12)
                frame.setFormat(table_format)

    def _space_paragraphs(self) -> None:
        """Set the margins of headings and paragraphs; table cells and list items get the line height only."""
        cursor = QTextCursor(self.document())
        while cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
            block_format = cursor.blockFormat()
            proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            if IMAGE not in cursor.block().text():  # its line would be as much higher
                block_format.setLineHeight(LINE_HEIGHT_PERCENT, proportional)
            if cursor.currentTable() or cursor.currentList():
                cursor.setBlockFormat(block_format)
                continue
            block_format.setTopMargin(20 if block_format.headingLevel() else 8)
            block_format.setBottomMargin(4)
            cursor.setBlockFormat(block_format)

    def _set_weights(self) -> None:
        """Set headings and bold text in the semibold that is shipped; Qt would synthesize a bolder weight."""
        cursor, block = QTextCursor(self.document()), self.document().begin()
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
