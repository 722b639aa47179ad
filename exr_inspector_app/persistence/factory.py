"""The store that a configuration and a target ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exr_inspector_app.config import Config, Vast, with_keys
from exr_inspector_app.contracts import Step
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.persistence.store import Store


def open_store(config: Config, target: str = "local", session: Any = None) -> Store:
    """The local library or the VAST Database, by a session of its SDK where one is given.

    Raises ConfigError for a database that is not configured.
    """
    template = parse_template(config.path_template)
    if target != "local":
        vast = with_keys(_configured(config))
        from exr_inspector_app.persistence.vast import VastStore  # its SDK takes 0.7 s: only when it is needed

        return VastStore(vast, session, template=template)
    from exr_inspector_app.persistence.local import LocalStore  # DuckDB takes 100 ms: only when it is needed

    return LocalStore(config.library, template=template)


def steps_to_database(config: Config) -> Iterator[Step]:
    """What stands between this machine and the VAST Database; ConfigError where none is configured."""
    vast = _configured(config)
    from exr_inspector_app.persistence.vast import diagnose

    yield from diagnose(vast)


def _configured(config: Config) -> Vast:
    if config.vast is None:
        raise ConfigError(
            "No VAST Database is configured; set VAST_DB_ENDPOINT, or use the local library (--target local)."
        )
    return config.vast
