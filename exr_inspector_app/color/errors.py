"""Exceptions of the color package."""

from __future__ import annotations


class UnusableConfigurationError(Exception):
    """Configuration that cannot be used; the text is the reason, as the end of a sentence."""
