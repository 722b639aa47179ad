"""Local library: a store in one DuckDB file that needs no setup."""

from exr_inspector_app.persistence.local.store import LocalStore

__all__ = ["LocalStore"]
