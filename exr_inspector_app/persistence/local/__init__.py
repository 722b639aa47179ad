"""The local library: a store in one DuckDB file, with nothing to set up."""

from exr_inspector_app.persistence.local.store import LocalStore

__all__ = ["LocalStore"]
