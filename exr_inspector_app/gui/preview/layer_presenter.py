"""Presenter of the layers: opens the palette, supplies its thumbnails, and steps through layers, views and channels."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from exr_inspector_app.gui.preview.comparison.comparison_job import Reference
from exr_inspector_app.gui.preview.layers import Layer, list_views
from exr_inspector_app.gui.preview.palette.layer_palette import LayerPalette
from exr_inspector_app.gui.preview.palette.layer_thumbnails import LayerThumbnails, Wish
from exr_inspector_app.gui.preview.preview_pane import PreviewPane

_CHANNEL_CHOICES = ("RGB", "R", "G", "B", "A", "Y")


class LayerPresenter(QObject):
    """Connects the palette to the preview and to the cache of thumbnails."""

    compare_requested = Signal(object)  # Reference: another layer of the file that is shown

    def __init__(self, pane: PreviewPane, thumbnails: LayerThumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._pane, self._thumbnails = pane, thumbnails
        self.palette = LayerPalette(pane, pane.canvas)
        self.palette.view.find_thumbnail = self._find
        self.palette.layer_selected.connect(pane.layer_selected)
        self.palette.compare_requested.connect(self._compare)
        self.palette.wanted.connect(self._request)
        self.palette.closed.connect(thumbnails.close)
        thumbnails.arrived.connect(self.palette.view.viewport().update)
        pane.state_shown.connect(self._show)
        pane.layer_step_requested.connect(self.step_layer)

    @Slot()
    def open_palette(self) -> None:
        """Show the layers of the file, if there are any; close an open palette."""
        state = self._pane.state
        if self.palette.isVisible():
            self.palette.close_palette()
        elif state.layers and self._pane.isVisible():
            self.palette.open_palette(state.layers, state.layer)

    @Slot(int)
    def step_layer(self, step: int) -> None:
        """Show the next layer of the view, or the previous one, in the order of the file and in a circle."""
        state = self._pane.state
        if state.layer is None:
            return
        has_views = bool(list_views(state.layers))
        layers = [layer for layer in state.layers if not has_views or layer.view == state.layer.view]
        if len(layers) > 1:
            self._pane.layer_selected.emit(layers[(layers.index(state.layer) + step) % len(layers)])

    def step_view(self, step: int) -> None:
        """Show the layer in the next view, or in the previous one."""
        state = self._pane.state
        views = list_views(state.layers)
        if state.layer is not None and views:
            current = views.index(state.layer.view) if state.layer.view in views else 0
            self._pane.bar.view.option_selected.emit(views[(current + step) % len(views)])

    def step_channel(self, step: int) -> None:
        """Show the next channel of the layer alone, in the order color, R, G, B, A, Y."""
        bar = self._pane.bar
        enabled = {button.letter for button in bar.channels if button.isEnabled()}
        choices = [choice for choice in _CHANNEL_CHOICES if len(choice) > 1 or choice in enabled]
        current = bar.enabled_channels
        at = choices.index(current) if current in choices else 0
        bar.show_channels(choices[(at + step) % len(choices)])

    @Slot()
    def _show(self) -> None:
        """Follow the preview to another file or layer; without layers the palette closes."""
        state = self._pane.state
        if state.layers:
            self.palette.show_layers(state.layers, state.layer)
        else:
            self.palette.close_palette()

    @Slot(object)
    def _compare(self, layer: Layer) -> None:
        if (file := self._pane.state.file) is not None:
            self.compare_requested.emit(Reference(file.path, layer))

    @Slot(list)
    def _request(self, layers: list[Layer]) -> None:
        if (wish := self._wish(layers)) is not None:
            self._thumbnails.request(wish)

    def _find(self, layer: Layer) -> QImage | None:
        wish = self._wish([layer])
        return self._thumbnails.get(wish, layer) if wish is not None else None

    def _wish(self, layers: list[Layer]) -> Wish | None:
        file = self._pane.state.file
        return Wish(file, tuple(layers), self._pane.color) if file is not None else None
