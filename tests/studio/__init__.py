"""A studio's renders as small OpenEXR files, drawn from a seed, and which of them a person would call alike."""

from __future__ import annotations

from tests.studio.render import Render, renders

__all__ = ["Render", "renders"]
