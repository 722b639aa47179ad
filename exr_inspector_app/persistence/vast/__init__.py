"""Store in a VAST Database. Importing the SDK takes 0.7 s, so only callers that use the database import this."""

from exr_inspector_app.persistence.vast.catalog import read_catalog
from exr_inspector_app.persistence.vast.diagnosis import diagnose
from exr_inspector_app.persistence.vast.migration.peer import read_peer
from exr_inspector_app.persistence.vast.migration.steps import migrate
from exr_inspector_app.persistence.vast.store import VastStore

__all__ = ["VastStore", "diagnose", "migrate", "read_catalog", "read_peer"]
