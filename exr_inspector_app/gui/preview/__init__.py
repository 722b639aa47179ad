"""Preview pane: decoded image, exposure, levels, and pixel readout."""
