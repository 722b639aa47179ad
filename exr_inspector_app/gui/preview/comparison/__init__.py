"""Comparison of the shown image with a reference: wipe, flip, side by side, difference, and error metrics."""
