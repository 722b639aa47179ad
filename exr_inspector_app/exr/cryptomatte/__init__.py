"""Cryptomatte: metadata, manifests and rank layers of id mattes.

Source: Cryptomatte specification 1.2.0, https://github.com/Psyop/Cryptomatte/tree/master/specification.
"""

from exr_inspector_app.exr.cryptomatte.manifest import ManifestError, parse_manifest, read_sidecar
from exr_inspector_app.exr.cryptomatte.metadata import MatteGroup, groups_of, rank_layers
from exr_inspector_app.exr.cryptomatte.names import IdNames, MatteNames, read_id_names, read_names
from exr_inspector_app.exr.cryptomatte.ranks import matte_name, matte_type, rank_channels

__all__ = [
    "IdNames",
    "ManifestError",
    "MatteGroup",
    "MatteNames",
    "groups_of",
    "matte_name",
    "matte_type",
    "parse_manifest",
    "rank_channels",
    "rank_layers",
    "read_id_names",
    "read_names",
    "read_sidecar",
]
