"""JSON store of named filters, shared by the Library and Similar panes."""

from __future__ import annotations

import json
from pathlib import Path

from exr_inspector_app.config import settings_file
from exr_inspector_app.config.atomic_file import PRIVATE_FILE, set_aside, write_file
from exr_inspector_app.config.settings_reader import read_text
from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import UsageError

FILE_NAME = "filters.json"
MAX_NAME_CHARS = 80


class SavedFilters:
    """Filters on disk as `{name: [[column, op, value], ...]}`, next to the settings file.

    Entries of an unknown form, as a newer version may have written, stay in the file. A file that is no JSON object is
    copied to another name before it is replaced.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_file().with_name(FILE_NAME)

    def names(self) -> list[str]:
        """Return the names in alphabetical order."""
        try:
            table = self._read()
        except (OSError, ValueError):
            return []
        return sorted((name for name, rows in table.items() if isinstance(rows, list)), key=str.casefold)

    def get(self, name: str) -> Filter:
        """Return the filter called `name`; empty if it is unknown or invalid."""
        try:
            rows = self._read().get(name)
            return tuple(_parse_condition(row) for row in rows) if isinstance(rows, list) else ()
        except (UsageError, OSError, TypeError, ValueError):
            return ()

    def save(self, name: str, conditions: Filter) -> Path | None:
        """Save a filter under `name`, replacing one of that name.

        Returns:
            The copy of a damaged file whose filters could not be read; None for a file that was read.

        Raises:
            OSError: the file cannot be read or written; it is unchanged.
        """
        rows: list[object] = [[condition.column, condition.op, condition.value] for condition in conditions]
        table, copy = self._read_or_set_aside()
        self._write({**table, name.strip()[:MAX_NAME_CHARS]: rows})
        return copy

    def delete(self, name: str) -> None:
        """Delete the filter called `name`.

        Raises:
            OSError: the file cannot be read or written; it is unchanged.
        """
        table, _ = self._read_or_set_aside()
        if name in table:
            del table[name]
            self._write(table)

    def _read(self) -> dict[str, object]:
        """Return all entries, also those of an unknown form.

        Raises:
            OSError: The file cannot be read.
            ValueError: The file is no JSON object.
        """
        try:
            table = json.loads(read_text(self._path))
        except FileNotFoundError:
            return {}
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if not isinstance(table, dict):
            raise ValueError("not an object")
        return table

    def _read_or_set_aside(self) -> tuple[dict[str, object], Path | None]:
        try:
            return self._read(), None
        except ValueError:
            return {}, set_aside(self._path)

    def _write(self, table: dict[str, object]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_file(self._path, json.dumps(table, indent=2).encode(), PRIVATE_FILE)


def _parse_condition(row: object) -> Condition:
    """Return a validated condition for one row of the file."""
    if not isinstance(row, list) or len(row) != 3:
        raise ValueError("not [column, op, value]")
    column, op, value = row
    from exr_inspector_app.persistence.query.filter_parser import (
        validate_condition,  # Arrow takes 40 ms: not before the first paint
    )

    return validate_condition(Condition(column, op, tuple(value) if op == "in" else value))
