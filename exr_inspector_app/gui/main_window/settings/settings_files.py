"""File dialogs of the settings page: the location of the library, a color configuration, export and import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from exr_inspector_app import config
from exr_inspector_app.config.exchange import ImportedSettings, export_settings, import_settings
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.databases import DATABASE_KEYS
from exr_inspector_app.gui.settings.settings_sheet import SettingsSheet
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.widgets.save_dialog import open_save_dialog
from exr_inspector_app.services.library_location import relocate_library
from exr_inspector_app.text.escape import escape_control

MOVE_KIND, EXCHANGE_KIND = "Move the library", "Exchange settings"
_EXPORT_NAME = "exr-inspector.toml"


class SettingsFiles(QObject):
    """Connects the buttons of the page that need a file; `apply` puts a configuration into force."""

    def __init__(
        self,
        sheet: SettingsSheet,
        targets: Targets,
        publishing: PublishJob,
        tasks: TaskRunner,
        apply: Callable[[config.Config], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sheet, self._apply = sheet, apply
        self._targets, self._publishing, self._tasks = targets, publishing, tasks
        sections = sheet.sections
        sections.choose_library.clicked.connect(self._choose_library)
        sections.new_library.clicked.connect(self._name_new_library)
        sections.move_library.clicked.connect(self._choose_move)
        sections.color.file_requested.connect(self._choose_color)
        sheet.list.export.clicked.connect(self._choose_export)
        sheet.list.import_.clicked.connect(self._choose_import)

    # Library

    @property
    def _library(self) -> Path:
        return self._targets.config.library

    @Slot()
    def _choose_library(self) -> None:
        self._choose_file(strings.CHOOSE_TITLE, str(self._library.parent), strings.LIBRARY_FILTER, self._show_library)

    @Slot()
    def _name_new_library(self) -> None:
        """Choose the name of a library that the first publish creates."""
        self._choose_target(strings.NEW_TITLE, lambda path: self._show_library(str(path)))

    @Slot()
    def _choose_move(self) -> None:
        self._choose_target(strings.MOVE_TITLE, self.move_library)

    def _show_library(self, path: str) -> None:
        self._sheet.fields["library"].setText(path)

    def move_library(self, target: Path) -> None:
        """Move the library in use to another file in a worker, and save where it is."""
        settings = self._targets.config
        if self._publishing.is_running:  # its next batch would create a library at the old place
            self._sheet.show_error(strings.MOVE_WHILE_PUBLISHING)
            return

        def work(stop: StopCheck) -> config.Config:
            relocate_library(settings, target)
            return config.load()

        self._sheet.show_error(strings.MOVING)
        self._set_moving(is_moving=True)
        self._tasks.run(MOVE_KIND, work, self._on_moved, self._on_move_failed)

    def _on_moved(self, loaded: config.Config) -> None:
        self._set_moving(is_moving=False)
        self._sheet.show_error("")
        self._show_library(str(loaded.library))
        self._apply(loaded)

    def _on_move_failed(self, sentence: str) -> None:
        self._set_moving(is_moving=False)
        self._sheet.show_error(sentence)

    def _set_moving(self, *, is_moving: bool) -> None:
        sections = self._sheet.sections
        for button in (sections.choose_library, sections.new_library, sections.move_library, self._sheet.save):
            button.setEnabled(not is_moving)

    # Color, export and import

    @Slot()
    def _choose_color(self) -> None:
        add_file = self._sheet.sections.color.add_file
        self._choose_file(strings.CONFIGURATION, "", strings.CONFIGURATION_FILTER, add_file)

    @Slot()
    def _choose_export(self) -> None:
        window = self._sheet.window()
        open_save_dialog(
            window, _EXPORT_NAME, strings.SETTINGS_FILTER, self.export_to, strings.EXPORT_TITLE, suffix="toml"
        )

    def export_to(self, out: Path) -> None:
        """Write the saved settings without keys to a file, in a worker."""

        def work(stop: StopCheck) -> str:
            export_settings(out)
            return strings.exported(escape_control(out.name))

        self._tasks.run(EXCHANGE_KIND, work, self._sheet.show_error, self._sheet.show_error)

    @Slot()
    def _choose_import(self) -> None:
        self._choose_file(strings.IMPORT_TITLE, "", strings.SETTINGS_FILTER, lambda path: self.import_from(Path(path)))

    def import_from(self, path: Path) -> None:
        """Read settings in a worker, and show them on the page, where they are saved or cancelled."""

        def work(stop: StopCheck) -> ImportedSettings:
            return import_settings(path)

        self._tasks.run(EXCHANGE_KIND, work, self._on_imported, self._sheet.show_error)

    def _on_imported(self, imported: ImportedSettings) -> None:
        """Show the values of the file; keep the other fields."""
        sections, fields = self._sheet.sections, self._sheet.fields
        for key, text in imported.texts.items():
            if key in fields and fields[key].isEnabled():
                fields[key].setText(text)
        databases = list(imported.targets)
        if imported.vast.get("endpoint"):
            databases = [row for row in databases if row["endpoint"] != imported.vast["endpoint"]]
            databases.insert(0, imported.vast)
        for database in databases:
            sections.databases.add_database({key: database.get(key, "") for key in DATABASE_KEYS})
        if imported.roots is not None and sections.roots.isEnabled():
            sections.roots.add_roots(imported.roots)
        self._sheet.show_error(" ".join([strings.IMPORTED, *imported.notices]))

    # Dialogs

    def _choose_file(self, title: str, folder: str, name_filter: str, accept: Callable[[str], None]) -> None:
        dialog = QFileDialog(self._sheet.window(), title, folder, name_filter)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(accept)
        dialog.open()

    def _choose_target(self, title: str, accept: Callable[[Path], None]) -> None:
        open_save_dialog(
            self._sheet.window(), str(self._library), strings.LIBRARY_FILTER, accept, title, suffix="duckdb"
        )
