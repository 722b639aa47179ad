"""Actions on the picture; their keys work in the whole window, except in text fields."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow

from exr_inspector_app.gui.export.picture_export_job import PictureExportJob
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.file_actions import FileActions
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.picture.picture_output import PictureOutput
from exr_inspector_app.gui.preview.color.automatic_exposure import automatic_exposure
from exr_inspector_app.gui.preview.color.display_transform import LUMINANCE, Background
from exr_inspector_app.gui.preview.layer_presenter import LayerPresenter
from exr_inspector_app.gui.preview.palette.layer_thumbnails import LayerThumbnails
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

GAMMA_STEP = 0.1
EXPOSURE_KIND = "Automatic exposure"


class PictureActions(QObject):
    """Connects the actions of the picture menu to the preview."""

    def __init__(
        self,
        window: QMainWindow,
        layout: Layout,
        actions: Actions,
        services: tuple[TaskRunner, JobRunner, LayerThumbnails],
        pane: PreviewPane,
        files: FileActions,
    ) -> None:
        super().__init__(window)
        tasks, jobs, thumbnails = services
        self.layers = layers = LayerPresenter(pane, thumbnails, self)
        self._window, self._pane, self._tasks = window, pane, tasks
        job = PictureExportJob(jobs, tasks, self)
        self.output = PictureOutput(window, actions, job, files, pane)
        bar, canvas = pane.bar, pane.canvas
        exposure, gamma = pane.exposure_panel.exposure, pane.exposure_panel.gamma
        bar.full.toggled.connect(layout.show_full)
        bar.full.toggled.connect(self._show_alone)
        pane.exposure_panel.automatic.clicked.connect(self._expose)
        actions["exposure"].toggled.connect(pane.exposure_panel.setVisible)
        layout.short_changed.connect(lambda is_short: actions["exposure"].setChecked(not is_short))
        actions.connect(
            full=bar.full.toggle,
            layers=layers.open_palette,
            next_layer=lambda: layers.step_layer(1),
            previous_layer=lambda: layers.step_layer(-1),
            next_view=lambda: layers.step_view(1),
            previous_view=lambda: layers.step_view(-1),
            next_channel=lambda: layers.step_channel(1),
            previous_channel=lambda: layers.step_channel(-1),
            red=lambda: bar.solo("R"),
            green=lambda: bar.solo("G"),
            blue=lambda: bar.solo("B"),
            alpha=lambda: bar.solo("A"),
            luminance=lambda: bar.solo(LUMINANCE),
            next_background=lambda: pane.show_over(_next(pane.background)),
            automatic_exposure=self._expose,
            gamma_up=lambda: gamma.set_value(gamma.value + GAMMA_STEP),
            gamma_down=lambda: gamma.set_value(gamma.value - GAMMA_STEP),
            reset_exposure=pane.reset_exposure,
            fit=canvas.fit,
            actual_size=lambda: canvas.set_percent(100),
            zoom_in=lambda: canvas.zoom(1),
            zoom_out=lambda: canvas.zoom(-1),
            exposure_up=lambda: exposure.set_value(exposure.value + 0.5),
            exposure_down=lambda: exposure.set_value(exposure.value - 0.5),
            non_finite=bar.non_finite.toggle,
            windows=bar.windows.toggle,
        )

    @Slot()
    def _expose(self) -> None:
        """Set the exposure that brings the middle of the image to middle gray."""
        pyramid, panel = self._pane.state.pyramid, self._pane.exposure_panel
        if pyramid is not None and pyramid.look is None:
            work = partial(automatic_exposure, pyramid.levels[-1], panel.offset.value)
            self._tasks.run(EXPOSURE_KIND, work, panel.exposure.set_value, lambda _sentence: None, supersede=True)

    @Slot(bool)
    def _show_alone(self, is_alone: bool) -> None:
        """Hide the menu bar and the rows around the canvas, or show them again."""
        self._window.menuBar().setVisible(not is_alone)
        self._pane.show_alone(is_alone)


def _next(background: Background) -> Background:
    """Return the background after this one, in a circle."""
    choices = list(Background)
    return choices[(choices.index(background) + 1) % len(choices)]
