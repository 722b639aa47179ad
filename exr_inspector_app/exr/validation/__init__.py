"""Validation of headers against OpenEXR's rules and against common practice."""
