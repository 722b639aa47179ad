"""Chooser of the VAST Database in use among several, whose fields are those of the form below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.setting_form import LABEL_WIDTH, SettingForm
from exr_inspector_app.gui.widgets.buttons import make_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.text.escape import escape_control

DATABASE_KEYS = ("name", "endpoint", "bucket", "schema", "region", "ca_file")
_KEYS_OF_ONE = ("access_key", "secret_key")  # of the database in use, which are not kept here
_ADDRESS = ("endpoint", "bucket", "schema")
Database = dict[str, str]


def list_databases(saved: Sequence[Mapping[str, str]], in_use: Mapping[str, str]) -> tuple[list[Database], int]:
    """Return all databases, and the index of the one in use, which comes first if it is not saved.

    Args:
        saved: The [[targets]] tables of the settings file.
        in_use: The [vast] table.
    """
    databases = [{key: row.get(key, "") for key in DATABASE_KEYS} for row in saved]
    used = {key: in_use.get(key, "") for key in DATABASE_KEYS}
    for index, database in enumerate(databases):
        if all(database[key] == used[key] for key in _ADDRESS):
            databases[index] = {**used, "name": database["name"]}
            return databases, index
    return [used, *databases], 0


def targets_to_save(databases: Sequence[Database]) -> list[Database]:
    """Return the [[targets]] tables: those with an endpoint and a name; none for a single one without a name."""
    kept = [database for database in databases if database["endpoint"]]
    if len(kept) < 2 and not any(database["name"] for database in kept):
        return []
    return [{**database, "name": database["name"] or database["endpoint"]} for database in kept]


class DatabaseChooser(QWidget):
    """Dropdown of the databases with buttons to add and to remove one; the form shows the one that is chosen."""

    def __init__(self, form: SettingForm) -> None:
        super().__init__()
        self._form = form
        self._databases: list[Database] = []
        self._index = 0
        self.choice = Dropdown("", strings.DATABASE, (160, 320))
        self.add = make_button(strings.ADD_DATABASE, "plus", "ghost")
        self.remove = make_button(strings.REMOVE_DATABASE, kind="ghost")
        line = QHBoxLayout(self)
        line.setContentsMargins(LABEL_WIDTH + 8, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.choice, 1)
        line.addStretch()
        line.addWidget(self.add)
        line.addWidget(self.remove)
        self.choice.option_selected.connect(self._choose)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        form.fields["name"].textChanged.connect(self._rename)

    def set_databases(self, databases: Sequence[Database], index: int) -> None:
        """Show these databases; the form must have the values of the one in use."""
        self._databases, self._index = [dict(database) for database in databases], index
        self._show()

    @property
    def databases(self) -> list[Database]:
        """All databases, with the form's values for the chosen one."""
        self._keep()
        return [dict(database) for database in self._databases]

    @Slot(object)
    def _choose(self, index: int) -> None:
        """Show another database in the form; its keys come from the keyring."""
        self._keep()
        self._fill(index)

    def add_database(self, database: Mapping[str, str]) -> None:
        """Add a database and choose it; one with the same address is replaced."""
        self._keep()
        row = {key: database.get(key, "") for key in DATABASE_KEYS}
        at = [index for index, entry in enumerate(self._databases) if all(entry[key] == row[key] for key in _ADDRESS)]
        index = at[0] if at else len(self._databases)
        self._databases[index : index + 1] = [row]
        self._fill(index)

    @Slot()
    def _add(self) -> None:
        self._keep()
        self._databases.append(dict.fromkeys(DATABASE_KEYS, ""))
        self._fill(len(self._databases) - 1)
        self._form.fields["name"].setFocus()

    @Slot()
    def _remove(self) -> None:
        """Remove the chosen database from the list; another one is in use once that is saved."""
        del self._databases[self._index]
        if not self._databases:
            self._databases.append(dict.fromkeys(DATABASE_KEYS, ""))
        self._fill(max(0, self._index - 1))

    def _keep(self) -> None:
        """Keep the form's values for the chosen database."""
        self._databases[self._index] = {key: self._form.fields[key].text().strip() for key in DATABASE_KEYS}

    def _fill(self, index: int) -> None:
        self._index = index
        for key, text in {**self._databases[index], **dict.fromkeys(_KEYS_OF_ONE, "")}.items():
            if self._form.fields[key].isEnabled():
                self._form.fields[key].setText(text)
        self._show()

    @Slot()
    def _rename(self) -> None:
        if self._databases:
            self._databases[self._index]["name"] = self._form.fields["name"].text().strip()
            self._show()

    def _show(self) -> None:
        labels = [
            escape_control(entry["name"] or entry["endpoint"]) or strings.NEW_DATABASE for entry in self._databases
        ]
        self.choice.set_options([("", list(enumerate(labels)))])
        self.choice.set_current(self._index)
        self.remove.setEnabled(len(self._databases) > 1)
