"""Presenter of the profile: the chooser and the exceptions of the Checks page, and the outcomes of the session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.gui.inspector.profile_bar import CHOOSE_FILE, ProfileBar
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.session.profile_check import SHIPPED, ProfileCheck
from exr_inspector_app.gui.settings.window_state import WindowState


class ProfilePresenter(QObject):
    """Connects the bar of the Checks page to the profile check, and remembers the profile."""

    def __init__(
        self,
        window: QWidget,
        check: ProfileCheck,
        bar: ProfileBar,
        settings: WindowState,
        show_message: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._check, self._bar, self._settings = window, check, bar, settings
        self._show_message = show_message
        bar.profile_selected.connect(self._choose)
        bar.ignore_requested.connect(check.ignore)
        bar.restore_requested.connect(check.restore)
        check.chosen.connect(self._show_chosen)
        check.failed.connect(self._show_failure)
        check.report_requested.connect(self._choose_report)
        bar.show_profile(SHIPPED, settings.profile_file, "")
        if settings.profile:
            check.choose(settings.profile)

    @Slot(object)
    def _choose(self, source: str) -> None:
        if source != CHOOSE_FILE:
            self._check.choose(source)
            return
        dialog = QFileDialog(self._window, strings.CHOOSE_PROFILE_TITLE, "", strings.PROFILE_FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._check.choose)
        dialog.open()
        self._bar.show_profile(SHIPPED, self._settings.profile_file, self._check.source)

    @Slot()
    def _choose_report(self) -> None:
        dialog = QFileDialog(self._window, strings.SAVE_REPORT_TITLE, "check.html", strings.REPORT_FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._check.write_report)
        dialog.open()

    @Slot(str, str)
    def _show_chosen(self, source: str, name: str) -> None:
        self._settings.profile = source
        if source and source not in SHIPPED:
            self._settings.profile_file = source
        self._bar.show_profile(SHIPPED, self._settings.profile_file, source, name)

    @Slot(str)
    def _show_failure(self, sentence: str) -> None:
        """Report a profile that cannot be read; the one before stays in force."""
        self._show_message(sentence)
        self._bar.show_profile(SHIPPED, self._settings.profile_file, self._check.source)
