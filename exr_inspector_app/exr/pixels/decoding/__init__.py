"""Pixel decoding inside the worker process: strips, levels, stored chunks, and statistics."""
