"""A store in a VAST Database. Importing it takes 0.7 s: only who uses the database does."""

from exr_inspector_app.persistence.vast.diagnosis import diagnose
from exr_inspector_app.persistence.vast.store import VastStore

__all__ = ["VastStore", "diagnose"]
