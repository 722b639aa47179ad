"""The store that a configuration and a target ask for."""

from __future__ import annotations

from exr_inspector_app.config import Config
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.persistence.derived import parse_template
from exr_inspector_app.persistence.store import Store


def open_store(config: Config, target: str = "local") -> Store:
    """The local library; ConfigError for a target that is not configured."""
    if target != "local":
        raise ConfigError("No VAST Database is configured; publish to the local library (--target local).")
    from exr_inspector_app.persistence.local import LocalStore  # DuckDB takes 100 ms: only when it is needed

    return LocalStore(config.library, template=parse_template(config.path_template))
