"""Probe of the preview: values, samples, pins, and regions at the pointer."""
