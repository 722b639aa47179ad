"""Store factory: opens the local library or a VAST Database as configured."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from exr_inspector_app.config import Config, Vast, with_keys
from exr_inspector_app.contracts import MigratedRange, ProvenFact, RepairedRange, Step, StoredFile
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.persistence.migration import Describe
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.persistence.store import Store


def open_store(config: Config, target: str = "local", session: Any = None, describe: Describe | None = None) -> Store:
    """Open the local library or the VAST Database.

    Args:
        config: Configuration to take the library, the database, and the path template from.
        target: `local` for the library, anything else for the VAST Database.
        session: SDK session of the VAST Database to use; None opens one on first use.
        describe: Function that describes files of a library of an older schema version, which is then migrated when
            it is opened for the first time; None to refuse such a library.

    Returns:
        A store; nothing is connected or created before its first use.

    Raises:
        ConfigError: The database or its keys are not configured, or the path template is invalid.
    """
    template = parse_template(config.path_template)
    if target != "local":
        vast = with_keys(_require_vast(config))
        from exr_inspector_app.persistence.vast import VastStore  # imported on demand: its SDK takes 0.7 s

        return VastStore(vast, session, template=template)
    from exr_inspector_app.persistence.local import LocalStore  # imported on demand: DuckDB takes 100 ms

    return LocalStore(config.library, template=template, describe=describe, is_shared=config.shared_library)


def create_database_tables(config: Config) -> None:
    """Create the schema and the tables that are missing from the VAST Database.

    Raises:
        ConfigError: No database is configured.
        StoreError: The database refuses it.
    """
    with closing(open_store(config, "vast")) as store:
        store.ensure_tables()


def move_library(config: Config, target: Path, on_moved: Callable[[], None]) -> None:
    """Move the local library to another file, and call `on_moved`; at a failure it stays where it is.

    Raises:
        StoreError: The library is in use or cannot be moved, or the target exists.
    """
    from exr_inspector_app.persistence.local.relocation import move_library

    move_library(config.library, target, on_moved)


def migrate_library(config: Config, describe: Describe) -> Path | None:
    """Migrate the local library to the current schema version.

    Returns:
        The path of its backup; None if it is current or does not exist.

    Raises:
        StoreError: The library cannot be read or written.
    """
    from exr_inspector_app.persistence.local import LocalStore

    return LocalStore(config.library, describe=describe).migrate()


def migrate_database(config: Config, describe: Describe) -> Iterator[MigratedRange]:
    """Migrate the tables of the VAST Database to the current schema version, range by range of file_id.

    An interrupted migration continues after the last range that it has yielded.

    Raises:
        ConfigError: No database is configured.
        StoreError: The database failed, or its tables are of another program; the ranges before are migrated.
    """
    vast = with_keys(_require_vast(config))
    from exr_inspector_app.persistence.vast import migrate

    yield from migrate(vast, describe)


def read_peer_files(config: Config, schema: str) -> Iterator[list[StoredFile]]:
    """Yield the files in the tables of ssotoa70/exr_inspector, with the columns of that project, in ranges.

    Raises:
        ConfigError: No database is configured.
        StoreError: There are no such tables in the schema.
    """
    vast = with_keys(_require_vast(config))
    from exr_inspector_app.persistence.vast import read_peer

    yield from read_peer(vast, schema)


def read_cluster_files(
    config: Config, folder: str, extensions: tuple[str, ...]
) -> Iterator[tuple[str, int | None, str | None]]:
    """Yield path, size and date of the files in the VAST Catalog, below a folder of the cluster.

    Raises:
        ConfigError: No database is configured.
        StoreError: There is no catalog, or the key may not read it.
    """
    vast = with_keys(_require_vast(config))
    from exr_inspector_app.persistence.vast import read_catalog

    yield from read_catalog(vast, folder, extensions)


def steps_to_database(config: Config, *, require_write: bool = False) -> Iterator[Step]:
    """Diagnose the connection to the VAST Database, one step at a time.

    Raises:
        ConfigError: No database is configured.
    """
    vast = _require_vast(config)
    from exr_inspector_app.persistence.vast import diagnose

    yield from diagnose(vast, require_write=require_write, roots=config.roots)


def repair_database(config: Config, start: str = "") -> Iterator[RepairedRange]:
    """Repair the tables of the VAST Database, range by range of file_id from `start` on.

    Raises:
        ConfigError: No database is configured.
        StoreError: The database failed; the ranges before are repaired.
    """
    vast = with_keys(_require_vast(config))
    from exr_inspector_app.persistence.vast import VastStore

    with closing(VastStore(vast)) as store:
        yield from store.repair(start)


def prove_database(
    config: Config, *, plain_bucket: str = "", idle_s: float = 0.0, only: Sequence[str] = ()
) -> Generator[ProvenFact, None, None]:
    """Answer questions about the server of the VAST Database in a scratch schema, and keep the answers.

    Args:
        config: The settings.
        plain_bucket: Bucket that is known to be no database; empty to skip its question.
        idle_s: Seconds for which a transaction is left idle, to see whether it expires; 0 to skip the question.
        only: First letters of the ids of the questions to ask; empty for all.

    Raises:
        ConfigError: No database is configured.
        StoreError: The scratch schema cannot be created.
    """
    vast = with_keys(_require_vast(config))
    from exr_inspector_app.persistence.vast.prove import Options, prove_and_keep

    yield from prove_and_keep(vast, Options(plain_bucket, idle_s, tuple(only)))


def _require_vast(config: Config) -> Vast:
    if config.vast is None:
        raise ConfigError(
            "No VAST Database is configured; set VAST_DB_ENDPOINT, or use the local library (--target local)."
        )
    return config.vast
