"""Color menus of the preview toolbar: display and view with the configuration, and the space of the file."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.color.configuration import COLORIMETRIC, NONE, Configuration
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.processor import DisplayChoice
from exr_inspector_app.color.space_names import KNOWN_SPACES
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.display_transform import DisplayTransform
from exr_inspector_app.gui.widgets.dropdown import Dropdown, OptionGroup
from exr_inspector_app.text.escape import escape_control

OWN_SPACE = ""  # the one that the file names
CHOOSE_FILE = "file"
_MAX_NAME_CHARS = 120


@dataclass(frozen=True, slots=True)
class ConfigurationChoice:
    """Option of the display menu that loads another configuration."""

    source: str  # for `load_configuration`, or CHOOSE_FILE


CONFIGURATIONS = (("", strings.OCIO_VARIABLE), (NONE, strings.NO_CONFIGURATION), ("cg", strings.CG_CONFIGURATION),
                  ("studio", strings.STUDIO_CONFIGURATION), (CHOOSE_FILE, strings.CHOOSE_CONFIGURATION))  # fmt: skip


class ColorMenus(QObject):
    """Owner of both dropdowns; emits the user's selection."""

    curve_selected = Signal(object)  # DisplayTransform
    view_selected = Signal(object)  # DisplayChoice
    configuration_selected = Signal(str)  # source of `ConfigurationChoice`
    space_selected = Signal(object)  # name of a space, or OWN_SPACE

    def __init__(self, display: Dropdown, space: Dropdown, parent: QObject) -> None:
        super().__init__(parent)
        self.display, self.space = display, space
        self._listed: FileSpace | None = None  # the file's own space, the first one of the list
        display.option_selected.connect(self._on_display_selected)
        space.option_selected.connect(self.space_selected)
        self.show_configuration(COLORIMETRIC, DisplayChoice())
        self.show_space(None, None)

    def show_configuration(self, configuration: Configuration, choice: DisplayChoice) -> None:
        """List displays and views, and the configurations; select the present view."""
        groups: list[OptionGroup]
        if configuration.is_colorimetric:
            groups = [(strings.DISPLAY, [(transform, transform.value) for transform in DisplayTransform])]
        else:
            groups = [
                (_shown(display), [(DisplayChoice(display, view), _shown(view)) for view in views])
                for display, views in configuration.displays.items()
            ]
            groups.append((strings.EXPOSURE, [(DisplayTransform.FALSE, DisplayTransform.FALSE.value)]))
        groups.append(
            (strings.CONFIGURATION, [(ConfigurationChoice(source), label) for source, label in CONFIGURATIONS])
        )
        self.display.set_options(groups)
        if configuration.is_colorimetric:
            self.show_curve(DisplayTransform.SRGB)
        else:
            self.show_view(DisplayChoice(*configuration.complete(choice.display, choice.view)))

    def show_curve(self, transform: DisplayTransform) -> None:
        """Select a display curve or false color."""
        self.display.set_current(transform)
        self.display.setToolTip(strings.DISPLAY)

    def show_view(self, choice: DisplayChoice) -> None:
        """Select a display and view."""
        self.display.set_current(choice, _shown(choice.view))
        self.display.setToolTip(strings.display_view_tooltip(_shown(choice.display), _shown(choice.view)))

    def show_space(self, own: FileSpace | None, shown: FileSpace | None) -> None:
        """List the spaces that a file can be shown in.

        Args:
            own: The space that the file names; None for data, which have none.
            shown: The space that it is shown in.
        """
        is_listed, self._listed = own is not None and own == self._listed, own
        self.space.setEnabled(own is not None)
        self.space.setVisible(own is not None)
        if own is None or shown is None:
            self.space.set_options([("", [(OWN_SPACE, strings.DATA_SPACE)])])
            self.space.set_current(OWN_SPACE)
            self.space.setToolTip(strings.DATA_SPACE_TOOLTIP)
            self.space.setEnabled(False)
            return
        if not is_listed:
            names = [(space.name, space.name) for space in KNOWN_SPACES if space.gamut]
            self.space.set_options([(strings.OF_FILE, [(OWN_SPACE, _space_label(own))]), (strings.SHOW_AS, names)])
        name = _shown(shown.name)
        key = OWN_SPACE if shown == own else shown.name
        self.space.set_current(key, _space_label(shown), name, name.removeprefix("Linear "))
        self.space.setToolTip(strings.file_space_tooltip(_space_label(shown)))

    @Slot(object)
    def _on_display_selected(self, key: object) -> None:
        if isinstance(key, DisplayTransform):
            self.curve_selected.emit(key)
        elif isinstance(key, DisplayChoice):
            self.view_selected.emit(key)
        elif isinstance(key, ConfigurationChoice):
            self.configuration_selected.emit(key.source)


def _space_label(space: FileSpace) -> str:
    return strings.file_space(_shown(space.name), _shown(space.evidence))


def _shown(name: str) -> str:
    return escape_control(name)[:_MAX_NAME_CHARS]
