"""Presenter of objects: the Objects tab, the readout and the canvas follow the shown ID layer, and isolate objects."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.cryptomatte import matte_type
from exr_inspector_app.exr.pixels.id_areas import IdAreas
from exr_inspector_app.exr.pixels.id_colors import color_of_id
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.inspector.object_rows import ObjectRows, make_rows, short_name
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.preview.click_detector import ClickDetector
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.objects_job import ID_KINDS, ObjectList, ObjectsJob, PixelObjects, name_of
from exr_inspector_app.gui.preview.overlay.object_layer import ObjectLabel, ObjectLayer
from exr_inspector_app.gui.preview.overlay.object_outline import ObjectOutline
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.preview.probe.object_readout import ObjectCoverage, number_at
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.text.escape import escape_control

ROWS_KIND = "Rows of objects"
MAX_NAME_CHARS = 1000  # of a manifest, which may have names of megabytes


class ObjectsPresenter(QObject):
    """Connects the objects of the shown layer to list, readout, and canvas."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        tasks: TaskRunner,
        jobs: tuple[ObjectsJob, PreviewJob],
        pane: PreviewPane,
        inspector: InspectorPane,
    ) -> None:
        super().__init__(window)
        self._job, self._preview_job = job, preview_job = jobs
        self._tasks, self._pane, self._inspector, self._page = tasks, pane, inspector, inspector.objects
        self._layer, self._outline = ObjectLayer(self), ObjectOutline(tasks, self)
        self._shares: dict[int, float] = {}
        self._listed = 0  # ID of the object under the pointer of the list
        for layer in (self._outline, self._layer):
            pane.canvas.add_layer(layer)
        self._outline.traced.connect(pane.canvas.update)
        actions.connect(objects=self._show_objects)
        job.changed.connect(self._show)
        job.pixel_read.connect(self._show_pixel)
        preview_job.changed.connect(self._on_state)
        pane.canvas.probe_moved.connect(self._on_probe)
        ClickDetector(pane.canvas).clicked.connect(self._on_click)
        pane.exact_pixel_requested.connect(job.read_pixel)
        pane.isolated.connect(self._show_isolated)
        pane.exposure_panel.matte.cleared.connect(lambda: pane.isolate(frozenset()))
        for toggled in (pane.exposure_panel.matte.object_removed, self._page.list.object_toggled):
            toggled.connect(self._toggle)
        self._page.list.object_pointed.connect(self._point)
        self._page.cleared.connect(lambda: pane.isolate(frozenset()))
        self._page.layer_requested.connect(self._show_id_layer)

    # Lists

    @Slot(object)
    def _show(self, objects: ObjectList) -> None:
        """Show the objects of a layer, or the reason of their absence."""
        self._shares = {}
        self._tasks.drop(ROWS_KIND)
        self._pane.readout.object_name = lambda number: _name(number, objects)
        self._inspector.tabs.set_count(InspectorPage.OBJECTS, len(objects.areas.areas) if objects.areas else 0)
        if objects.areas is None:
            self._show_absence(objects)
        else:
            self._request_rows(objects, objects.areas)
        self._show_isolated(self._pane.canvas.settings.isolated)
        self._on_probe()

    def _request_rows(self, objects: ObjectList, areas: IdAreas) -> None:
        """Make the rows of thousands of objects in a worker, and show them."""

        def work(stop: StopCheck) -> ObjectRows:
            return make_rows(areas, lambda number: _name(number, objects), lambda number: _material(number, objects))

        def succeed(rows: ObjectRows) -> None:
            self._shares = {row.number: row.share for row in rows.by_area}
            self._page.show_objects(rows, _describe_source(objects))
            self._show_isolated(self._pane.canvas.settings.isolated)
            self._on_probe()

        def fail(_sentence: str) -> None:
            """Keep the tab without rows."""

        self._tasks.run(ROWS_KIND, work, succeed, fail, supersede=True)

    def _show_absence(self, objects: ObjectList) -> None:
        if objects.failure:
            self._page.show_message(strings.NO_OBJECTS, objects.failure)
        elif objects.layer is not None:
            self._page.show_message(strings.READING_OBJECTS, strings.MEASURING_AREAS)
        else:
            layer = self._find_id_layer(self._preview_job.shown)
            self._page.show_message(
                strings.NO_OBJECTS, strings.SELECT_FOR_OBJECTS, strings.show_layer(layer.title) if layer else ""
            )

    @Slot(object)
    def _on_state(self, state: PreviewState) -> None:
        """Offer the ID layer of another file, and show the object under the pointer."""
        if self._job.shown.layer is None and not state.is_loading:
            self._show_absence(self._job.shown)
        self._on_probe()

    @staticmethod
    def _find_id_layer(state: PreviewState) -> Layer | None:
        """Return the Cryptomatte of a file, or another layer of IDs."""
        layers = [layer for layer in state.layers if layer.kind in ID_KINDS]
        mattes = [layer for layer in layers if layer.ranks]
        objects = [layer for layer in mattes if matte_type(layer.name) == "object"]
        return next(iter([*objects, *mattes, *layers]), None)

    @Slot()
    def _show_objects(self) -> None:
        """Show the Objects tab, and a layer of IDs."""
        self._inspector.show_page(InspectorPage.OBJECTS)
        if self._job.shown.layer is None:
            self._show_id_layer()

    @Slot()
    def _show_id_layer(self) -> None:
        layer = self._find_id_layer(self._preview_job.shown)
        if layer is not None:
            self._preview_job.select_layer(layer)

    # Probe

    def _object_at_probe(self) -> int:
        """Return the ID under the pointer, the one with the largest coverage; 0 for none."""
        probe = self._pane.canvas.probe
        return number_at(self._preview_job.shown.pyramid, *probe) if probe is not None and self._job.shown.layer else 0

    @Slot()
    def _on_probe(self) -> None:
        """Show the object under the pointer."""
        number, objects = self._object_at_probe(), self._job.shown
        label = None
        if number:
            name, share = _name(number, objects), self._shares.get(number)
            short = short_name(name)
            facts = (
                name if name != short else "",
                strings.object_share(share) if share is not None else "",
                short_name(_material(number, objects)),
            )
            label = ObjectLabel(short, ", ".join(filter(None, facts)), color_of_id(number))
        if label is None and self._layer.label is None and not self._listed:
            return  # the canvas showed no object before, and shows none now
        self._page.list.show_object(number)
        self._layer.label = label
        self._outline.show_object(self._listed or number, is_listed=bool(self._listed))
        self._pane.canvas.update()

    @Slot(object)
    def _point(self, number: int) -> None:
        """Outline the object under the pointer of the list."""
        self._listed = number
        self._on_probe()

    @Slot(object)
    def _show_pixel(self, pixel: PixelObjects) -> None:
        objects = self._job.shown
        self._pane.readout.show_objects(
            pixel.position,
            [ObjectCoverage(number, _name(number, objects), share) for number, share in pixel.objects],
        )

    # Isolation

    @Slot(object)
    def _show_isolated(self, isolated: frozenset[int]) -> None:
        """Show the isolated objects in the list and below the image."""
        self._page.show_isolated(isolated)
        ordered = sorted(isolated, key=lambda number: -self._shares.get(number, 0.0))
        labels = [
            ObjectLabel(short_name(_name(number, self._job.shown)), "", color_of_id(number), number)
            for number in ordered
        ]
        self._pane.exposure_panel.matte.show_objects(labels, sum(self._shares.get(number, 0.0) for number in isolated))

    @Slot(int, int)
    def _on_click(self, x: int, y: int) -> None:
        number = number_at(self._preview_job.shown.pyramid, x, y)
        if number:
            self._toggle(number)

    @Slot(object)
    def _toggle(self, number: int) -> None:
        """Isolate an object, too, or no longer."""
        self._pane.isolate(self._pane.canvas.settings.isolated ^ {number})


def _name(number: int, objects: ObjectList) -> str:
    return escape_control(name_of(number, objects.names.by_id, is_hash=objects.is_hash)[:MAX_NAME_CHARS])


def _material(number: int, objects: ObjectList) -> str:
    return escape_control((objects.materials or {}).get(number, "")[:MAX_NAME_CHARS])


def _describe_source(objects: ObjectList) -> str:
    """Return the source of the names, or the reason for their absence."""
    names = objects.names
    if objects.areas is not None and objects.areas.dropped:
        return strings.largest_objects(len(objects.areas.areas), objects.areas.dropped)
    if not objects.is_hash:
        return strings.NAMES_IN_HEADER if names.by_id else strings.UNNAMED_OBJECTS
    if names.problem:
        return strings.no_names(escape_control(names.problem))
    return strings.names_in_file(escape_control(names.sidecar)) if names.sidecar else strings.NAMES_IN_HEADER
