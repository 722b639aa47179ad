"""The look: colours by token, type, and one style sheet for frames and controls (rows are painted)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

from exr_inspector_app.config import resource

Mode = Literal["dark", "light", "system"]

UI, MONO = "Inter", "JetBrains Mono"
REGULAR, MEDIUM, SEMIBOLD = QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour of one theme, as #rrggbb, and how strongly tints are mixed (in per cent)."""

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
        """The fill under the pointer: darker by 12 %."""
        return QColor.fromRgbF(*(0.88 * part for part in QColor(self.fill).getRgbF()[:3])).name()  # type: ignore[index]

    @property
    def handle(self) -> str:
        """The handle of a slider, which stands out on either ground."""
        return self.t1 if self.name == "dark" else self.fill

    def color(self, token: str) -> QColor:
        """The colour of a token."""
        return QColor(getattr(self, token))

    def tint(self, token: str, percent: int, base: str = "panel") -> QColor:
        """A status or the accent, mixed into a ground."""
        over, under = self.color(token), self.color(base)
        part = percent / 100
        mixed = (
            round(a * part + b * (1 - part))
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


class _Current(QObject):
    """The theme that is shown; tells when it changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = DARK


@cache
def current() -> _Current:
    """The one theme of the program."""
    return _Current()


def tokens() -> Tokens:
    """The tokens that are shown now."""
    return current().tokens


@cache
def _load_fonts() -> None:
    """The shipped fonts are known to Qt."""
    for path in sorted(resource("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


@cache
def ui(size: int = 13, weight: QFont.Weight = REGULAR) -> QFont:
    """The font for words, with figures of one width; `size` in pixels."""
    font = QFont(UI)
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@cache
def mono(size: int = 12, weight: QFont.Weight = REGULAR) -> QFont:
    """The font for values, channel names and types, without ligatures; `size` in pixels."""
    font = QFont(MONO)
    font.setPixelSize(size)
    font.setWeight(weight)
    for tag in ("liga", "calt"):
        font.setFeature(QFont.Tag(tag), 0)
    return font


class _Style(QProxyStyle):
    """Fusion, with the letters of menus underlined only while Alt is held, and choices as lists."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_ComboBox_Popup:
            return 0  # a list that hangs from its field; Fusion's menu over it has a frame of its own
        if hint == QStyle.StyleHint.SH_UnderlineShortcut:
            return int(bool(QApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.AltModifier))
        return super().styleHint(hint, option, widget, returnData)


def apply(app: QApplication, mode: Mode = "dark") -> None:
    """The program looks as the mode says from now on."""
    _load_fonts()
    system_is_light = app.styleHints().colorScheme() is Qt.ColorScheme.Light
    light = mode == "light" or (mode == "system" and system_is_light)
    chosen = LIGHT if light else DARK
    current().tokens = chosen
    app.setStyle(_Style())
    app.setFont(ui(13))
    app.setPalette(_palette(chosen))
    app.setStyleSheet(_sheet(chosen))
    current().changed.emit()


def _palette(t: Tokens) -> QPalette:
    """The colours that Qt paints with where no style sheet says otherwise."""
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


def _sheet(t: Tokens) -> str:
    """The style sheet, its words in @ replaced by the tokens."""
    text = resource("style.qss").read_text(encoding="utf-8")
    names = [*(one.name for one in fields(t)), "fill_hover", "handle"]
    icons = resource("icons").as_posix()
    for name in sorted(names, key=len, reverse=True):  # @line2 before @line
        text = text.replace(f"@{name}", str(getattr(t, name)))
    return text.replace("$icons", icons).replace("$theme", t.name)
