"""Migrations of the local library and of a VAST Database to the current schema version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exr_inspector_app.config import Config
from exr_inspector_app.contracts import MigratedRange
from exr_inspector_app.persistence import factory
from exr_inspector_app.services.lookup import describe


def migrate_library(settings: Config) -> Path | None:
    """Migrate the local library.

    Args:
        settings: Configuration with the library.

    Returns:
        The path of its backup; None if it is current or does not exist.

    Raises:
        StoreError: The library cannot be read or written; it is unchanged.
    """
    return factory.migrate_library(settings, describe)


def migrate_tables(settings: Config) -> Iterator[MigratedRange]:
    """Migrate the tables of the VAST Database, range by range of file_id; a stopped migration is continued.

    Args:
        settings: Configuration with the database.

    Yields:
        Each range once it is committed.

    Raises:
        ConfigError: No database is configured.
        StoreError: The database failed, or its tables are of another program.
    """
    return factory.migrate_database(settings, describe)
