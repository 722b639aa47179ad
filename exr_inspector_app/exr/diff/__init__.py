"""Differences between headers, within and across sequences."""
