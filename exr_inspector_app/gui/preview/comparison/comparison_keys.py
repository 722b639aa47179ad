"""Keys of the comparison, which work in the whole window, except in text fields."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from exr_inspector_app.gui.preview.comparison.second_image import Mode

_TEXT_FIELDS = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_STEPS = {Qt.Key.Key_Comma: -1, Qt.Key.Key_Period: 1}


class ComparisonKeys(QObject):
    """Event filter of the focused widget while images are compared."""

    flipped = Signal(bool)  # X is held
    mode_requested = Signal(object)  # Mode
    layer_step_requested = Signal(int)  # to the previous or next changed layer

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._watched: QWidget | None = None
        self.is_active = False
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]

    def set_active(self, is_active: bool) -> None:
        """Handle keys, or stop to."""
        self.is_active = is_active
        self._watch(QApplication.focusWidget() if is_active else None)

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        self.flipped.emit(False)  # its release goes to another widget
        if self.is_active:
            self._watch(new)

    def _watch(self, widget: QWidget | None) -> None:
        if self._watched is not None:
            with suppress(RuntimeError):  # Qt has deleted it
                self._watched.removeEventFilter(self)
        is_ours = widget is not None and widget.window() is self._window.window()
        self._watched = widget if is_ours and not isinstance(widget, _TEXT_FIELDS) else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle press and release of the keys."""
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        is_press = event.type() == QEvent.Type.KeyPress
        if key is Qt.Key.Key_X and modifiers == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self.flipped.emit(is_press)
            return True
        if not is_press or modifiers & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        if key is Qt.Key.Key_D:
            self.mode_requested.emit(Mode.WIPE if modifiers else Mode.DIFFERENCE)
            return True
        if key in _STEPS and not modifiers:
            self.layer_step_requested.emit(_STEPS[key])
            return True
        return False
