"""Buttons, each with words or a glyph, a tool tip and a key."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from exr_inspector_app.gui import icons


def button(words: str, glyph: str = "", kind: str = "normal", parent: QWidget | None = None) -> QPushButton:
    """A button of one kind: `filled` (one in view), `normal`, or `ghost` (no ground until hover)."""
    # Qt leaves 4 px between glyph and words; the blank makes them 8.
    made = QPushButton(f" {words}" if glyph else words, parent)
    made.setProperty("kind", kind)
    set_glyph(made, glyph, kind)
    made.setAccessibleName(words)
    return made


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
