"""exr-inspector tells what is in an OpenEXR file and where something like it was rendered before."""

__version__ = "0.1.0"
