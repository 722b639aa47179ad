"""Theme: color tokens, fonts, palette, and the style sheet of frames and controls (delegates paint rows)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from exr_inspector_app.config import resource

Mode = Literal["dark", "light", "system"]

_APPLIED, _STYLED = "exr-inspector-theme", "exr-inspector-styled"

UI, MONO = "Inter", "JetBrains Mono"
REGULAR, MEDIUM, SEMIBOLD = QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold


@dataclass(frozen=True, slots=True)
class Tokens:
    """Color tokens of one theme as #rrggbb, and the strengths of tints in percent."""

    name: str
    window: str
    panel: str
    header: str
    raised: str
    chip: str
    field: str
    hover: str
    selected: str
    canvas: str
    line: str
    line2: str
    ctl: str
    edge: str
    t1: str
    t2: str
    t3: str
    accent: str
    fill: str
    on_fill: str
    ok: str
    warn: str
    err: str
    red: str
    green: str
    blue: str
    disabled: str
    chip_tint: int
    badge_tint: int
    banner_tint: int
    match_tint: int

    @property
    def fill_hover(self) -> str:
        """Fill color under the pointer, 12 % darker."""
        return QColor.fromRgbF(*(0.88 * channel for channel in QColor(self.fill).getRgbF()[:3])).name()  # type: ignore[index]

    @property
    def handle(self) -> str:
        """Color of slider handles, legible in both themes."""
        return self.t1 if self.name == "dark" else self.fill

    def color(self, token: str) -> QColor:
        """Return the color of a token."""
        return QColor(getattr(self, token))

    def tint(self, token: str, percent: int, base: str = "panel") -> QColor:
        """Return a token's color mixed into a background token, `percent` strong."""
        over, under = self.color(token), self.color(base)
        share = percent / 100
        mixed = (
            round(a * share + b * (1 - share))
            for a, b in zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)  # type: ignore[index]
        )
        return QColor(*mixed)


DARK = Tokens(
    "dark", "#141414", "#1E1E1E", "#242424", "#2C2C2C", "#2E2E2E", "#191919", "#292929", "#373737", "#171717",
    "#2B2B2B", "#3E3E3E", "#4A4A4A", "#757575", "#E6E6E6", "#B0B0B0", "#969696", "#84A9D6", "#3F6FA8", "#FFFFFF",
    "#7FB992", "#D8AC5C", "#EA8F87", "#E28E88", "#8ABD90", "#86A9E0", "#6A6A6A", 16, 18, 10, 34,
)  # fmt: skip
LIGHT = Tokens(
    "light", "#CFCFCF", "#F4F4F4", "#E9E9E9", "#FFFFFF", "#E3E3E3", "#FFFFFF", "#EAEAEA", "#DCDCDC", "#171717",
    "#E0E0E0", "#C4C4C4", "#ABABAB", "#7E7E7E", "#1C1C1C", "#474747", "#5E5E5E", "#2B5F9E", "#2F659F", "#FFFFFF",
    "#2A6B45", "#7F5300", "#A5322A", "#A5322A", "#2A6B45", "#2B5F9E", "#979797", 13, 14, 10, 28,
)  # fmt: skip


class _ActiveTheme(QObject):
    """Holder of the active theme; emits `changed` when another is applied."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = DARK


@cache
def current() -> _ActiveTheme:
    """Return the theme state of the application (one instance)."""
    return _ActiveTheme()


def tokens() -> Tokens:
    """Return the tokens of the active theme."""
    return current().tokens


@cache
def _load_fonts() -> None:
    """Register the bundled fonts with Qt, once."""
    for path in sorted(resource("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


@cache
def ui_font(size: int = 13, weight: QFont.Weight = REGULAR) -> QFont:
    """Return the interface font with tabular figures, without ligatures; `size` in px."""
    font = QFont(UI)
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("calt"), 0)  # it shows the x of 0x3f and of a folder 2048x1152 as a multiplication sign
    return font


@cache
def mono_font(size: int = 12, weight: QFont.Weight = REGULAR) -> QFont:
    """Return the fixed-width font for values, channel names, and types, without ligatures; `size` in px."""
    font = QFont(MONO)
    font.setPixelSize(size)
    font.setWeight(weight)
    for tag in ("liga", "calt"):
        font.setFeature(QFont.Tag(tag), 0)
    return font


def apply(app: QApplication, mode: Mode = "dark") -> None:
    """Apply a theme to the application: fonts, palette, and styled windows; `system` follows the desktop."""
    _load_fonts()
    system_is_light = app.styleHints().colorScheme() is Qt.ColorScheme.Light
    is_light = mode == "light" or (mode == "system" and system_is_light)
    theme_tokens = LIGHT if is_light else DARK
    if app.property(_APPLIED) == theme_tokens.name:
        return  # a style sheet set again styles every widget again
    app.setProperty(_APPLIED, theme_tokens.name)
    current().tokens = theme_tokens
    app.setStyle("Fusion")
    app.setFont(ui_font(13))
    app.setPalette(_make_palette(theme_tokens))
    for window in app.topLevelWidgets():
        if window.property(_STYLED):
            style_window(window)
    current().changed.emit()


def style_window(window: QWidget) -> None:
    """Set the style sheet of the active theme on a window and its children; `apply` replaces it with the theme.

    Call it after the children are added: under a style sheet, each widget that is added to another styles its whole
    subtree again, and a window of many nested layouts takes three times as long. The application itself has no style
    sheet: to remove and restore one while windows exist can crash Qt.
    """
    window.setProperty(_STYLED, True)
    window.setStyleSheet(_make_style_sheet(tokens()))


def _make_palette(t: Tokens) -> QPalette:
    """Return the palette for widgets that the style sheet does not cover."""
    roles = {
        QPalette.ColorRole.Window: t.panel,
        QPalette.ColorRole.Base: t.panel,
        QPalette.ColorRole.AlternateBase: t.panel,
        QPalette.ColorRole.Button: t.raised,
        QPalette.ColorRole.WindowText: t.t1,
        QPalette.ColorRole.Text: t.t1,
        QPalette.ColorRole.ButtonText: t.t1,
        QPalette.ColorRole.ToolTipBase: t.raised,
        QPalette.ColorRole.ToolTipText: t.t1,
        QPalette.ColorRole.PlaceholderText: t.t3,
        QPalette.ColorRole.Highlight: t.fill,
        QPalette.ColorRole.HighlightedText: t.on_fill,
        QPalette.ColorRole.Link: t.accent,
    }
    palette = QPalette()
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.disabled))
    return palette


@cache
def _make_style_sheet(t: Tokens) -> str:
    """Return the style sheet with its @tokens replaced by colors."""
    text = resource("style.qss").read_text(encoding="utf-8")
    names = [*(field.name for field in fields(t)), "fill_hover", "handle"]
    icons = resource("icons").as_posix()
    for name in sorted(names, key=len, reverse=True):  # @line2 before @line
        text = text.replace(f"@{name}", str(getattr(t, name)))
    return text.replace("$icons", icons).replace("$theme", t.name)
