"""Presenter of the groups in the session list: the Group menu, and the path template of the settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.session.grouping import Grouper, Grouping
from exr_inspector_app.gui.session.incremental_sorter import IncrementalSorter
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.persistence.query.derived_columns import PathTemplate, parse_template


class GroupingPresenter(QObject):
    """Lists the rows in the groups of the checked action, and again when the path template has changed."""

    changed = Signal()  # the user chose another grouping

    def __init__(
        self,
        actions: Actions,
        sorter: IncrementalSorter,
        targets: Targets,
        settings: WindowState,
        status: StatusBar,
    ) -> None:
        super().__init__(status)
        self._actions, self._sorter, self._targets = actions, sorter, targets
        self._settings, self._status = settings, status
        self._grouping = Grouping.OPENED
        for grouping, action in actions.groupings.items():
            action.triggered.connect(lambda _checked=False, grouping=grouping: self.choose(grouping))
        targets.chosen.connect(self._apply)
        self.name = settings.grouping

    @property
    def name(self) -> str:
        """Name of the grouping, for saved sessions."""
        return self._grouping.name

    @name.setter
    def name(self, name: str) -> None:
        self._grouping = Grouping[name] if name in Grouping.__members__ else Grouping.OPENED
        self._apply()

    def choose(self, grouping: Grouping) -> None:
        """Group by the choice of the user; shows and shots need a path template."""
        if grouping is Grouping.SHOT and not self._template().names:
            self._status.show_message(strings.NO_PATH_TEMPLATE)
        else:
            self._grouping = grouping
            self._settings.grouping = grouping.name
        self._apply()
        self.changed.emit()

    @Slot()
    def _apply(self) -> None:
        self._actions.groupings[self._grouping].setChecked(True)
        template = self._template()
        self._sorter.set(template=template)  # of the words show:, shot:, task: and version: of the filter
        grouper = Grouper(self._grouping, template, self._targets.config.roots)
        if not grouper.is_same(self._sorter.grouper):
            self._sorter.set_grouper(grouper)

    def _template(self) -> PathTemplate:
        try:
            return parse_template(self._targets.config.path_template)
        except ConfigError:  # reported where the library is opened
            return PathTemplate()
