"""Parser of OpenEXR headers and attributes."""
