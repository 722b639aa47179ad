"""Sections of the settings page, with all their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtWidgets import QLineEdit

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.connection_steps import ConnectionSteps
from exr_inspector_app.gui.settings.databases import Database, DatabaseChooser
from exr_inspector_app.gui.settings.path_template_editor import PathTemplateEditor
from exr_inspector_app.gui.settings.roots_editor import RootsEditor
from exr_inspector_app.gui.settings.sections import AppearanceForm, ColorForm, Section
from exr_inspector_app.gui.settings.setting_form import SettingForm
from exr_inspector_app.gui.settings.window_state import SCALES, SCHEME_LABELS
from exr_inspector_app.gui.widgets.buttons import make_button

_FORMS: dict[str, tuple[str, ...]] = {
    "library": ("library",),
    "targets": (
        *("name", "endpoint", "bucket", "schema", "region", "access_key", "secret_key", "ca_file"),
        "patience_seconds",
    ),
    "path_template": ("path_template",),
    "limits": ("picture_cache_mb", "decoder_memory_mb", "decoder_threads"),
    "appearance": ("viewer",),
}


@dataclass(frozen=True, slots=True)
class SettingsContents:
    """Initial contents of the page.

    Attributes:
        values: Text of each field by key.
        fixed: Environment variable of each field that it sets; these fields are disabled.
        library: Path of the library in use, for an empty field.
        library_note: Sentence below it.
        target: Name of the chosen target, which has the roots.
        databases: VAST Databases, and the index of the one in use.
        colors: Source and label of each color configuration.
        color: Source of the one in use.
        scheme: Color scheme in use.
        scale: Scale in percent.
        examples: Normalized paths to try the path template on.
    """

    values: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    library: str = ""
    library_note: str = ""
    target: str = ""
    databases: tuple[Sequence[Database], int] = ((), 0)
    colors: Sequence[tuple[str, str]] = ()
    color: str = ""
    scheme: str = "dark"
    scale: str = "100"
    examples: Sequence[str] = ()


class SettingsSections:
    """Owner of the sections and their fields.

    Attributes:
        all: Section by key, in the order of the list.
        columns: Keys of the sections of each column.
        fields: Field by key of its setting.
    """

    columns = (("library", "targets", "roots"), ("path_template", "color", "limits", "appearance"))

    def __init__(self) -> None:
        self._forms = {key: SettingForm(keys) for key, keys in _FORMS.items()}
        self.fields: dict[str, QLineEdit] = {
            key: field for form in self._forms.values() for key, field in form.fields.items()
        }
        self.all: dict[str, Section] = {}
        self._make_library()
        self._make_targets()
        self._make_roots()
        self._make_path_template()
        self._make_color()
        self._make_limits()
        self._make_appearance()

    def show_contents(self, contents: SettingsContents) -> None:
        """Show the values of all settings."""
        for form in self._forms.values():
            form.set_values(contents.values, contents.fixed)
        self.fields["library"].setPlaceholderText(contents.library)
        self._library_note.setText(contents.library_note)
        for button in (self.choose_library, self.move_library, self.new_library):
            button.setEnabled("library" not in contents.fixed)
        self.databases.set_databases(*contents.databases)
        self.all["roots"].title.setText(strings.roots_of(contents.target))
        self.template.set_examples(contents.examples)
        self.color.set_options(contents.colors, contents.color)
        self.appearance.scheme.set_current(contents.scheme)
        self.appearance.scale.set_current(contents.scale)

    def first_fault(self) -> tuple[str, str]:
        """Return key and sentence of the first invalid field, empty texts without one."""
        faults = (form.first_fault() for form in self._forms.values())
        return next((fault for fault in faults if fault[0]), ("", ""))

    def _add(self, key: str, keywords: str) -> Section:
        labels = " ".join(strings.LABELS[name] for name in _FORMS.get(key, ()))
        section = Section(strings.SECTIONS[key], f"{labels} {keywords}")
        self.all[key] = section
        return section

    def _make_library(self) -> None:
        section = self._add("library", "DuckDB move new choose")
        section.add(self._forms["library"])
        self.choose_library = make_button(strings.CHOOSE_LIBRARY)
        self.move_library = make_button(strings.MOVE_LIBRARY)
        self.new_library = make_button(strings.NEW_LIBRARY)
        section.add_row(self.choose_library, self.move_library, self.new_library)
        self._library_note = section.add_note("")

    def _make_targets(self) -> None:
        section = self._add("targets", "target database connection keys keyring tables")
        form = self._forms["targets"]
        self.databases = DatabaseChooser(form)
        self.test = make_button(strings.TEST, "activity")
        self.create_tables = make_button(strings.CREATE_TABLES, "plus")
        self.steps = ConnectionSteps()
        section.add(self.databases)
        section.add(form)
        section.add_note(strings.KEYS_NOTE)
        section.add_row(self.test, inset=0)
        section.add(self.steps)
        section.add_row(self.create_tables, inset=24)

    def _make_roots(self) -> None:
        section = self._add("roots", "prefixes path map drive mount")
        self.roots = RootsEditor()
        section.add_note(strings.ROOTS_NOTE)
        section.add(self.roots)

    def _make_path_template(self) -> None:
        action = make_button(strings.ANOTHER_EXAMPLE, "refresh", "ghost")
        section = Section(strings.SECTIONS["path_template"], "template show shot task version", action)
        self.all["path_template"] = section
        form = self._forms["path_template"]
        self.template = PathTemplateEditor(form.fields["path_template"])
        action.clicked.connect(self.template.show_next_example)
        section.add(self.template)
        section.add(form)

    def _make_color(self) -> None:
        self.color = ColorForm()
        self._add("color", "colour OCIO OpenColorIO ACES display view").add(self.color)

    def _make_limits(self) -> None:
        section = self._add("limits", "memory workers threads cores cache")
        section.add(self._forms["limits"])
        section.add_note(strings.LIMITS_NOTE)

    def _make_appearance(self) -> None:
        section = self._add("appearance", "theme dark light scale viewer program open")
        self.appearance = AppearanceForm(SCHEME_LABELS, SCALES)
        section.add(self.appearance)
        section.add(self._forms["appearance"])
