"""exr-inspector: viewer, checks and library of OpenEXR files, and search for similar renders."""

__version__ = "0.1.0"
