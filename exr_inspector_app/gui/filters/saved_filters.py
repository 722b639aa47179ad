"""JSON store of named filters, shared by the Library and Similar panes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from exr_inspector_app.config import settings_file
from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import UsageError

FILE_NAME = "filters.json"
MAX_NAME_CHARS = 80


class SavedFilters:
    """Filters on disk as `{name: [[column, op, value], ...]}`, next to the settings file.

    Filters of an unknown form read as empty, and stay in the file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_file().with_name(FILE_NAME)

    def names(self) -> list[str]:
        """Return the names in alphabetical order."""
        return sorted(self._read(), key=str.casefold)

    def get(self, name: str) -> Filter:
        """Return the filter called `name`; empty if it is unknown or invalid."""
        try:
            return tuple(_parse_condition(row) for row in self._read().get(name, []))
        except (UsageError, TypeError, ValueError):
            return ()

    def save(self, name: str, conditions: Filter) -> None:
        """Save a filter under `name`, replacing one of that name.

        Raises:
            OSError: the file cannot be written.
        """
        rows: list[object] = [[condition.column, condition.op, condition.value] for condition in conditions]
        self._write({**self._read(), name.strip()[:MAX_NAME_CHARS]: rows})

    def delete(self, name: str) -> None:
        """Delete the filter called `name`.

        Raises:
            OSError: the file cannot be written.
        """
        self._write({other: rows for other, rows in self._read().items() if other != name})

    def _read(self) -> dict[str, list[object]]:
        try:
            table = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: rows for name, rows in table.items() if isinstance(rows, list)} if isinstance(table, dict) else {}

    def _write(self, table: dict[str, list[object]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f".{FILE_NAME}.{os.getpid()}")
        temporary.write_text(json.dumps(table, indent=2), encoding="utf-8")
        os.replace(temporary, self._path)


def _parse_condition(row: object) -> Condition:
    """Return a validated condition for one row of the file."""
    if not isinstance(row, list) or len(row) != 3:
        raise ValueError("not [column, op, value]")
    column, op, value = row
    from exr_inspector_app.persistence.query.filter_parser import (
        validate_condition,  # Arrow takes 40 ms: not before the first paint
    )

    return validate_condition(Condition(column, op, tuple(value) if op == "in" else value))
