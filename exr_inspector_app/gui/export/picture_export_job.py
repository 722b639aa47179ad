"""Picture export job: writes the shown layer, or a region of it, as PNG or EXR, and the contact sheet of a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from exr_inspector_app.color.colorimetry import luminance_weights
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import DecodeCancelledError
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.export import strings
from exr_inspector_app.gui.preview.color.display_transform import ViewSettings
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid, build_pyramid
from exr_inspector_app.gui.preview.rendering.region_renderer import RegionRequest, render_region
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.model import Box2i, ExrFile
from exr_inspector_app.services.contact_sheet import render_sheet
from exr_inspector_app.services.layer_export import export_exr, export_matte, require_other_file, write_output
from exr_inspector_app.services.picture_render import RenderSettings
from exr_inspector_app.services.picture_selection import select_layers
from exr_inspector_app.services.png import write_png
from exr_inspector_app.text.escape import escape_control

KIND, COPY_KIND = "Export picture", "Copy picture"
Bytes = npt.NDArray[np.uint8]
Write = Callable[[Decoder, StopCheck], str]  # returns the result that is shown


@dataclass(frozen=True, slots=True, eq=False)
class ShownPicture:
    """Layer as the canvas shows it, and the region to export; None for the whole layer."""

    file: ExrFile
    layer: Layer
    level: tuple[int, int]
    pyramid: MipPyramid
    settings: ViewSettings
    region: Box2i | None = None


class PictureExportJob(QObject):
    """Job that writes one file; each export is a row in Activity, and has a decoder while it runs."""

    def __init__(self, jobs: JobRunner, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._tasks = jobs, tasks

    def export_png(self, out: Path, picture: ShownPicture) -> None:
        """Write the colors of every pixel of the file, without overlays."""

        def write(decoder: Decoder, stop: StopCheck) -> str:
            require_other_file(out, picture.file.path)
            image = render_picture(picture, decoder, stop)
            write_output(out, lambda: write_png(out, image))
            return strings.picture_exported(image.shape[1], image.shape[0], out.name)

        self._start(strings.EXPORT_PNG, out, write)

    def export_exr(self, out: Path, picture: ShownPicture) -> None:
        """Write the values of the layer as stored, at full size."""

        def write(decoder: Decoder, stop: StopCheck) -> str:
            layer = picture.layer
            box = export_exr(out, picture.file, layer.part, layer.shown, picture.region, decoder, stop)
            return strings.picture_exported(box.width, box.height, out.name)

        self._start(strings.EXPORT_EXR, out, write)

    def export_matte(self, out: Path, picture: ShownPicture) -> None:
        """Write the coverage of the isolated objects."""

        def write(decoder: Decoder, stop: StopCheck) -> str:
            layer, ids = picture.layer, picture.settings.isolated
            box = export_matte(out, picture.file, layer.part, layer.shown, ids, decoder, stop)
            return strings.matte_exported(len(ids), box.width, box.height, out.name)

        self._start(strings.EXPORT_MATTE, out, write)

    def export_sheet(self, out: Path, picture: ShownPicture) -> None:
        """Write the contact sheet of all layers, in the display and view of the canvas."""

        def write(decoder: Decoder, stop: StopCheck) -> str:
            require_other_file(out, picture.file.path)
            color = picture.settings.color
            settings = RenderSettings(None, picture.settings.exposure, color.choice, color.configuration)
            layers = select_layers(picture.file, None, None, None)
            image, _, notes = render_sheet(picture.file, layers, settings, decoder, stop)
            write_output(out, lambda: write_png(out, image))
            return ". ".join((strings.sheet_exported(len(layers), out.name), *map(escape_control, notes[:3])))

        self._start(strings.EXPORT_SHEET, out, write)

    def copy(
        self, picture: ShownPicture, on_image: Callable[[QImage], None], on_failure: Callable[[str], None]
    ) -> None:
        """Pass the image, every pixel of the file, to `on_image`; a newer request supersedes this one."""

        def work(stop: StopCheck) -> QImage:
            with closing(Decoder()) as decoder:
                pixels = render_picture(picture, decoder, stop)
            height, width = pixels.shape[:2]
            return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

        self._tasks.run(COPY_KIND, work, on_image, on_failure, supersede=True)

    def _start(self, title: str, out: Path, write: Write) -> None:
        def work(stop: StopCheck, _emit: object) -> str:
            with closing(Decoder()) as decoder:
                return write(decoder, stop)

        def succeed(job: Job, result: str) -> None:
            job.end(result)

        job = Job(title, escape_control(str(out)), kind=KIND).op(work).success(succeed)
        job.offer_repeat().run_in_background(self._jobs)


def render_picture(picture: ShownPicture, decoder: Decoder, stop: StopCheck) -> Bytes:
    """Return the colors of a picture, (height, width, 3) uint8; one that was reduced is decoded at full size.

    Raises:
        PixelsError: It cannot be decoded, or `stop` returned True.
        ConfigError: The configuration cannot convert its colors.
    """
    pyramid = picture.pyramid
    if pyramid.picture.factor > 1 or pyramid.picture.is_draft:
        part, channels = picture.layer.part, pyramid.picture.channels
        request = PictureRequest(picture.file.path, part, channels, picture.level, keeps_type=True)
        weights = luminance_weights(part_space(picture.file.parts[part]).primaries)
        pyramid = build_pyramid(decoder.picture(request, stop), weights)
    box = _to_pixels(picture.region, pyramid)
    rendered = render_region(RegionRequest(pyramid, 0, box, picture.settings), stop, is_quick=False)
    if rendered is None:
        raise DecodeCancelledError(strings.STOPPED)
    image = rendered.image.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return np.ascontiguousarray(pixels[..., :3])


def _to_pixels(region: Box2i | None, pyramid: MipPyramid) -> tuple[int, int, int, int]:
    """Return the pixels of level 0 that a region covers: left, top, and the ends, which are not included."""
    width, height = pyramid.levels[0].size
    if region is None:
        return 0, 0, width, height
    data, (across, down) = pyramid.picture.data_window, pyramid.picture.scale
    left, top = int((region.min_x - data.min_x) / across), int((region.min_y - data.min_y) / down)
    right = min(width, max(left + 1, round((region.max_x + 1 - data.min_x) / across)))
    bottom = min(height, max(top + 1, round((region.max_y + 1 - data.min_y) / down)))
    return max(left, 0), max(top, 0), right, bottom
