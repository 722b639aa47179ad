"""Windows with something to read: the help pages, bytes of a file, and the report of a bug to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextTable
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QTextBrowser, QVBoxLayout, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import button
from exr_inspector_app.text.escape import escape_control

LINE = 120  # per cent of the height that Qt gives a line
_TITLES = {1: 20, 2: 15}  # pixels, by the level of a heading


def help_pages() -> list[tuple[str, str]]:
    """Name and title of every help page that is shipped."""
    found = []
    for path in sorted(resource("help").glob("*.md")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        found.append((path.stem, first.lstrip("# ").strip()))
    return found


class HelpDialog(QDialog):
    """One page; it stays beside the window while a person works."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(640, 680)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(False)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(16)
        self.text.setFont(theme.ui(13))
        self.text.setMarkdown((resource("help") / f"{name}.md").read_text(encoding="utf-8"))
        self.setWindowTitle(dict(help_pages())[name])
        self._calm_tables()
        self._part_paragraphs()
        self._weigh_words()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.text)

    def _calm_tables(self) -> None:
        """Tables without a frame, with room between their rows."""
        for frame in self.text.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format().toTableFormat()
                form.setBorder(0)
                form.setCellSpacing(0)
                form.setCellPadding(5)
                form.setTopMargin(12)
                frame.setFormat(form)

    def _part_paragraphs(self) -> None:
        """Room above headings and between paragraphs; cells of tables and items of lists stand as they are."""
        cursor = QTextCursor(self.text.document())
        while cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
            form = cursor.blockFormat()
            form.setLineHeight(LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if cursor.currentTable() or cursor.currentList():
                cursor.setBlockFormat(form)
                continue
            form.setTopMargin(20 if form.headingLevel() else 8)
            form.setBottomMargin(4)
            cursor.setBlockFormat(form)

    def _weigh_words(self) -> None:
        """Titles and words that are set off have the semibold of the window; a bolder one would be made up by Qt."""
        cursor, block = QTextCursor(self.text.document()), self.text.document().begin()
        while block.isValid():
            size = _TITLES.get(block.blockFormat().headingLevel(), 0)
            for part in block.textFormats():
                if part.format.fontWeight() > theme.SEMIBOLD or size:
                    cursor.setPosition(block.position() + part.start)
                    cursor.setPosition(block.position() + part.start + part.length, QTextCursor.MoveMode.KeepAnchor)
                    (cursor.setCharFormat if size else cursor.mergeCharFormat)(_semibold(size))
            block = block.next()


def _semibold(size: int) -> QTextCharFormat:
    """The weight of what is set off; of a title the whole font, since Qt's own size would win over it."""
    form = QTextCharFormat()
    form.setFontWeight(theme.SEMIBOLD)
    if size:
        form.setFont(theme.ui(size, theme.SEMIBOLD))
    return form


class BugReportDialog(QDialog):
    """An error in the program, with everything that helps to mend it."""

    def __init__(self, sentence: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle("An error in the program")
        self.resize(720, 420)
        title, told = QLabel(sentence), QLabel("Nothing of yours was changed. Please send this report to its makers.")
        title.setFont(theme.ui(13, theme.SEMIBOLD))
        told.setProperty("rank", "2")
        for label in (title, told):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._report = report
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setFont(theme.mono(12))
        copy, close = button("Copy report", "copy", "filled"), button("Close")
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(close)
        row.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for one in (title, told, self.text):
            column.addWidget(one)
        column.addLayout(row)
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.close)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)


class HexDumpDialog(QDialog):
    """The bytes around a place of a file, to read and to copy."""

    def __init__(self, path: str, lines: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(f"Bytes of {escape_control(path)[-120:]}")
        self.resize(760, 640)
        self.text = QPlainTextEdit(lines)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(theme.mono(12))
        self.text.setAccessibleName("Bytes")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.text)
