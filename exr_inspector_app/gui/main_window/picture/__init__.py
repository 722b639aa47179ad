"""Presenters of the picture: comparison, probe, overlays, objects, and output."""
