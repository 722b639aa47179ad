"""Renders of a studio as small OpenEXR files, generated from a seed, with graded relevance."""

from __future__ import annotations

from tests.studio.render import Render, renders

__all__ = ["Render", "renders"]
