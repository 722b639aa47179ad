"""Reference to a file by path and, where it is published, by file_id; lists pass it to Compare and Similar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileRef:
    """File by its path, and by its file_id where a store has it."""

    path: str
    file_id: str = ""
