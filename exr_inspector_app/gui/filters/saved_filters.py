"""Filters that a person has named, in a file beside the settings; the library and the similar list share them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from exr_inspector_app.config import settings_file
from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import UsageError

FILE_NAME = "filters.json"
MAX_NAME_CHARS = 80  # characters of a name


class SavedFilters:
    """`{name: [[column, op, value], ...]}` on disk; what cannot be understood is left out, and kept in the file."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_file().with_name(FILE_NAME)

    def names(self) -> list[str]:
        """The names in alphabetical order."""
        return sorted(self._read(), key=str.casefold)

    def get(self, name: str) -> Filter:
        """The filter of a name; an empty one where it is not known or not understood."""
        try:
            return tuple(_condition(row) for row in self._read().get(name, []))
        except (UsageError, TypeError, ValueError):
            return ()

    def save(self, name: str, conditions: Filter) -> None:
        """The filter is known by this name from now on. Raises OSError where the file cannot be written."""
        rows: list[object] = [[one.column, one.op, one.value] for one in conditions]
        self._write({**self._read(), name.strip()[:MAX_NAME_CHARS]: rows})

    def delete(self, name: str) -> None:
        """No filter is known by this name."""
        self._write({known: rows for known, rows in self._read().items() if known != name})

    def _read(self) -> dict[str, list[object]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: rows for name, rows in found.items() if isinstance(rows, list)} if isinstance(found, dict) else {}

    def _write(self, table: dict[str, list[object]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        half = self._path.with_name(f".{FILE_NAME}.{os.getpid()}")
        half.write_text(json.dumps(table, indent=2), encoding="utf-8")
        os.replace(half, self._path)


def _condition(row: object) -> Condition:
    """One row of the file as a condition that a store understands."""
    if not isinstance(row, list) or len(row) != 3:
        raise UsageError("A condition is [column, op, value].")
    column, op, value = row
    from exr_inspector_app.persistence.query.filter_parser import (
        validate_condition,  # Arrow takes 40 ms: not before the first paint
    )

    return validate_condition(Condition(column, op, tuple(value) if op == "in" else value))
