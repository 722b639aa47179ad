"""Buttons, each with words or a glyph, a tool tip and a key."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from exr_inspector_app.gui import icons


def button(words: str, glyph: str = "", kind: str = "normal", parent: QWidget | None = None) -> QPushButton:
    """A button of one kind: `filled` (one in view), `normal`, or `ghost` (no ground until hover)."""
    made = _Glyphed(words, parent) if glyph else QPushButton(words, parent)
    made.setProperty("kind", kind)
    set_glyph(made, glyph, kind)
    made.setAccessibleName(words)
    return made


class _Glyphed(QPushButton):
    """A button whose words stand 8 px from its glyph; Qt leaves 4, and a blank before the words makes up for it."""

    def __init__(self, words: str, parent: QWidget | None) -> None:
        super().__init__(f" {words}", parent)

    def setText(self, words: str) -> None:
        super().setText(f" {words}")

    def text(self) -> str:
        return super().text()[1:]


def set_kind(made: QPushButton, kind: str, glyph: str = "") -> None:
    """The button looks like another kind from now on."""
    if made.property("kind") == kind:
        return
    made.setProperty("kind", kind)
    set_glyph(made, glyph, kind)
    made.style().unpolish(made)
    made.style().polish(made)


def set_glyph(made: QPushButton, glyph: str, kind: str) -> None:
    """The glyph before the words."""
    if glyph:
        made.setIcon(icons.icon(glyph, "on_fill" if kind == "filled" else "t2"))
        made.setIconSize(QSize(16, 16))


def icon_button(glyph: str, name: str, key: str = "", parent: QWidget | None = None) -> QToolButton:
    """A button without words; its tool tip says its name and key."""
    made = QToolButton(parent)
    made.setIcon(icons.icon(glyph))
    made.setIconSize(QSize(16, 16))
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setToolTip(name)
    if key:
        made.setShortcut(QKeySequence(key))
        made.setToolTip(f"{name}  {QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}")
    return made
