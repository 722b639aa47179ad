"""Rendering of the visible region at screen resolution."""
