"""Presenter of the publish targets: which one is chosen, their health, and the banner about a fault."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.settings.settings_presenter import SettingsPresenter
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.publish import strings as publish_strings
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.target_state import Target, TargetCause
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.services.backend import Where


class TargetPresenter(QObject):
    """Shows both targets with their health, and changes the chosen one."""

    check_requested = Signal()  # of the chosen target

    def __init__(
        self,
        layout: Layout,
        targets: Targets,
        publishing: PublishJob,
        presenter: SettingsPresenter,
        settings: WindowState,
        actions: Actions,
        toolbar: Toolbar,
        status: StatusBar,
    ) -> None:
        super().__init__(layout)
        self._layout = layout
        self._targets, self._publishing = targets, publishing
        self._settings, self._actions, self._toolbar, self._status = settings, actions, toolbar, status
        self._shown_note = ""
        self.settings = presenter
        self.settings.message.connect(status.show_message)
        self.settings.opened.connect(lambda: toolbar.fill_publish(False))  # one filled button is in view
        self.settings.closed.connect(lambda: toolbar.fill_publish(True))
        self.sheet = self.settings.sheet
        status.target_requested.connect(self.choose)
        toolbar.settings.clicked.connect(actions["settings"].trigger)
        targets.changed.connect(self._show)
        targets.chosen.connect(self._show)
        layout.banner.clicked.connect(self._on_banner)
        for where, action in actions.targets.items():
            action.triggered.connect(lambda _checked=False, where=where: self.choose(where))
        if settings.target == "vast":
            targets.choose("vast")
        for target in targets.all:
            self._show(target)

    @Slot(str)
    def choose(self, where: Where) -> None:
        """Choose a target; open the settings sheet instead if it is not set up."""
        targets = self._targets
        if not next(target for target in targets.all if target.where == where).is_set_up:
            self._show(targets.current)  # restores the mark in the menu
            self.settings.open()
            return
        if self._publishing.is_running:
            self._show(targets.current)
            self._status.show_message(strings.PUBLISH_IS_RUNNING)
            return
        targets.choose(where)
        self._settings.target = where

    @Slot(object)
    def _show(self, target: Target) -> None:
        current = self._targets.current
        if target.where == current.where and target.note != self._shown_note:
            self._shown_note = target.note
            if target.note:
                self._status.show_message(target.note)
        self._status.show_target(target, is_chosen=target.where == current.where)
        if target.where == current.where:
            self._show_fault(target)
            self._toolbar.name_target(target.name)
            for other in self._targets.all:
                if other.where != current.where:
                    self._status.show_target(other, is_chosen=False)
        for where, action in self._actions.targets.items():
            action.setChecked(where == current.where)

    def _show_fault(self, target: Target) -> None:
        """Show the one banner about the chosen target, with the button that helps."""
        title = publish_strings.target_fault(target.name, target.health.value)
        action = strings.SETTINGS if target.health is TargetCause.SETTINGS else publish_strings.TRY_AGAIN
        self._layout.show_fault(title, target.fault, action)

    @Slot()
    def _on_banner(self) -> None:
        if self._targets.current.health is TargetCause.SETTINGS:
            self.settings.open()
        elif not self._publishing.retry_last():
            self.check_requested.emit()
