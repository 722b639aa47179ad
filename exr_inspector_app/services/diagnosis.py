"""Diagnosis and repair of the VAST Database of a configuration."""

from __future__ import annotations

from collections.abc import Iterator

from exr_inspector_app.config import Config
from exr_inspector_app.contracts import RepairedRange, Step
from exr_inspector_app.persistence.factory import create_database_tables, repair_database, steps_to_database


def diagnose(config: Config, *, require_write: bool = False) -> Iterator[Step]:
    """Check the connection to the VAST Database of a configuration, step by step; nothing is changed.

    Args:
        config: The settings.
        require_write: Fail if the key may not insert, update and delete rows.

    Yields:
        One `Step` per check; the last one is the first that failed, if any.

    Raises:
        ConfigError: No VAST Database is configured.
    """
    yield from steps_to_database(config, require_write=require_write)


def create_tables(config: Config) -> None:
    """Create the schema and the tables that are missing from the VAST Database; keep existing ones.

    Raises:
        ConfigError: No VAST Database is configured.
        StoreError: The database refuses it.
    """
    create_database_tables(config)


def repair(config: Config, start: str = "") -> Iterator[RepairedRange]:
    """Repair the tables of the VAST Database: remove duplicates and orphans.

    Args:
        config: The settings.
        start: First digits of file_id to start from, to continue a run that was stopped.

    Yields:
        Each range of file_id once it is repaired.

    Raises:
        ConfigError: No VAST Database is configured.
        StoreError: The database failed; the ranges before are repaired.
    """
    yield from repair_database(config, start)
