"""Presenter of what leaves the canvas: copies, exports, drags, the viewer, and the context menu of the image."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu

from exr_inspector_app.gui.export import strings as export_strings
from exr_inspector_app.gui.export.picture_export_job import PictureExportJob, ShownPicture
from exr_inspector_app.gui.main_window import strings as window_strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.file_actions import FileActions
from exr_inspector_app.gui.main_window.picture import picture_strings as strings
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.preview.probe.probe_layer import ProbeLayer
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.gui.widgets.save_dialog import open_save_dialog
from exr_inspector_app.model import Box2i

_UNSAFE = re.compile(r"[^\w.-]+")
Export = Callable[[Path, ShownPicture], None]


class PictureOutput(QObject):
    """Connects the output actions to the export job, the clipboard, and the viewer."""

    def __init__(
        self, window: QMainWindow, actions: Actions, job: PictureExportJob, files: FileActions, pane: PreviewPane
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._job, self._files, self._pane = window, actions, job, files, pane
        canvas = pane.canvas
        canvas.add_layer(DragLayer(self._start_drag, self))
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(self._open_menu)
        pane.state_shown.connect(self._enable)
        actions.connect(
            copy_image=self._copy_image,
            copy_value=self._copy_value,
            copy_color=self._copy_color,
            export_png=lambda: self._export(job.export_png, "png"),
            export_exr=lambda: self._export(job.export_exr, "exr"),
            export_region_png=lambda: self._export_region(job.export_png, "png"),
            export_region_exr=lambda: self._export_region(job.export_exr, "exr"),
            export_matte=self._export_matte,
            export_sheet=lambda: self._export(job.export_sheet, "png", name=strings.SHEET_NAME),
            view_frame=self._view,
        )
        pane.exposure_panel.matte.export_button.clicked.connect(actions["export_matte"].trigger)
        self._enable()

    @property
    def picture(self) -> ShownPicture | None:
        """The shown picture; None while there is no image of the selected file."""
        state = self._pane.state
        if state.file is None or state.layer is None or state.pyramid is None or state.is_loading:
            return None
        return ShownPicture(state.file, state.layer, state.level, state.pyramid, self._pane.readout.settings)

    @Slot()
    def _enable(self) -> None:
        """Enable the actions if there is an image, and that of the viewer if one is set."""
        has_image = self.picture is not None
        for name in strings.OUTPUT_MENU:
            if name:
                self._actions[name].setEnabled(has_image)
        self._actions["view_frame"].setEnabled(has_image and self._files.has_viewer)
        self._actions["view_frame"].setText(window_strings.open_in(self._files.viewer_name))

    @Slot(QPoint)
    def _open_menu(self, position: QPoint) -> None:
        self.make_menu().popup(self._pane.canvas.mapToGlobal(position))

    def make_menu(self) -> QMenu:
        """Return the context menu of the image, which is deleted when it closes."""
        self._enable()
        menu = Menu(self._pane.canvas)
        menu.aboutToHide.connect(menu.deleteLater)
        for name in strings.CONTEXT_MENU:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()
        return menu

    def _copy_image(self) -> None:
        if (picture := self.picture) is not None:
            self._job.copy(picture, self._on_copied, self._files.message.emit)

    def _on_copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._files.message.emit(strings.image_copied(image.width(), image.height()))

    def _copy_value(self) -> None:
        """Copy the values at the probe, as the shortest texts that read back as the stored ones."""
        values = "\t".join(text for _, text, _ in self._pane.readout.facts)
        if values:
            self._files.copy(values, strings.VALUES)
        else:
            self._files.message.emit(strings.NO_PROBE)

    def _copy_color(self) -> None:
        """Copy the color that the canvas shows at the probe, as #RRGGBB."""
        color = self._pane.readout.swatch()
        if color is not None:
            self._files.copy(color.name().upper(), strings.COLOR)
        else:
            self._files.message.emit(strings.NO_PROBE)

    def _export_region(self, export: Export, suffix: str) -> None:
        """Export the region that is selected with Shift and the mouse."""
        layer = self._window.findChild(ProbeLayer)
        if layer is not None and layer.region is not None:
            self._export(export, suffix, layer.region)
        else:
            self._files.message.emit(strings.NO_REGION)

    def _export_matte(self) -> None:
        """Export the matte of the isolated objects."""
        if self._pane.readout.settings.isolated:
            self._export(self._job.export_matte, "exr", name=strings.MATTE_NAME)
        else:
            self._files.message.emit(strings.NO_OBJECT)

    def _export(self, export: Export, suffix: str, region: Box2i | None = None, name: str = "") -> None:
        """Let the user choose a file, and export the shown picture to it."""
        picture = self.picture
        if picture is None:
            return
        chosen = replace(picture, region=region)
        source = Path(picture.file.path)
        part = "region." if region is not None else ""
        proposed = f"{source.stem}.{name or file_name_of(picture.layer.title)}.{part}{suffix}"
        filters = {"png": export_strings.PNG_FILTER, "exr": export_strings.EXR_FILTER}
        open_save_dialog(
            self._window,
            str(source.with_name(proposed)),
            filters[suffix],
            lambda out: export(out, chosen),
            strings.EXPORT_TITLE,
            suffix,
        )

    def _view(self) -> None:
        """Open the file in the viewer, at the frame and layer that are shown."""
        if (picture := self.picture) is not None:
            frame = picture.file.frame_number
            text = "" if frame is None else f"{frame:g}"
            self._files.view_frame(picture.file.path, text, picture.layer.name or picture.layer.part_name)

    def _start_drag(self) -> None:
        """Drag the file out, with the visible image for programs that take no files."""
        picture, region = self.picture, self._pane.canvas.renderer.shown
        if picture is None:
            return
        data = self._files.paths.create_mime_data([picture.file.path])
        drag = QDrag(self._pane.canvas)
        if region is not None:
            data.setImageData(region.image.copy())
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


class DragLayer(CanvasLayer):
    """Canvas layer that starts a drag out of the window with Alt, and keeps the right button for the menu."""

    def __init__(self, start: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._start = start
        self._pressed: QPoint | None = None

    def press(self, event: QMouseEvent, canvas: Canvas) -> bool:
        """Keep the right button, and the left one with Alt."""
        is_drag = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.AltModifier
        self._pressed = event.position().toPoint() if is_drag else None
        return is_drag or event.button() == Qt.MouseButton.RightButton

    def move(self, event: QMouseEvent, canvas: Canvas) -> None:
        """Start the drag once the pointer has moved far enough."""
        if self._pressed is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._start()


def file_name_of(title: str) -> str:
    """Return a layer's title as part of a file name."""
    return _UNSAFE.sub("_", title).strip("._")[:80] or "layer"
