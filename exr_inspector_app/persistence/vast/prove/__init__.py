"""Capability probes of a VAST Database: facts about a server, tried out in a scratch schema that is removed again."""

from exr_inspector_app.persistence.vast.prove.run import prove_and_keep
from exr_inspector_app.persistence.vast.prove.scratch import Options

__all__ = ["Options", "prove_and_keep"]
