"""Overlays of the canvas: marks, grid, minimap, and messages."""
