"""Cryptomatte: metadata, manifests and rank layers of id mattes.

Source: Cryptomatte specification 1.2.0, https://github.com/Psyop/Cryptomatte/tree/master/specification.
"""

from exr_inspector_app.exr.cryptomatte.manifest import ManifestError, parse_manifest, read_sidecar
from exr_inspector_app.exr.cryptomatte.metadata import MatteGroup, groups_of, rank_layers

__all__ = ["ManifestError", "MatteGroup", "groups_of", "parse_manifest", "rank_layers", "read_sidecar"]
