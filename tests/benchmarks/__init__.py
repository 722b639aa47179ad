"""Measures of speed and size, each side of a ratio in one run."""
