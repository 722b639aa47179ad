"""Presenters of the settings."""
