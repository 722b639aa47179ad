"""User strings of the picture menu: layers, channels, view, and what leaves the program."""

from __future__ import annotations

PICTURE_MENU = "&Picture"

# Actions: text, glyph, keys
ACTIONS = {
    "layers": ("Choose a &layer…", "layers", "L"),
    "next_layer": ("&Next layer", "", "} Shift+}"),
    "previous_layer": ("&Previous layer", "", "{ Shift+{"),
    "next_view": ("Next &view", "", "Ctrl+]"),
    "previous_view": ("Previous view", "", "Ctrl+["),
    "next_channel": ("Next &channel", "", "Alt+]"),
    "previous_channel": ("Previous channel", "", "Alt+["),
    "red": ("&Red alone", "", "R"),
    "green": ("&Green alone", "", "G"),
    "blue": ("&Blue alone", "", "B"),
    "alpha": ("&Alpha alone", "", "A"),
    "fit": ("&Fit", "", "F"),
    "actual_size": ("&100 %", "", "1"),
    "zoom_in": ("Zoom &in", "", "+ Shift++ ="),
    "zoom_out": ("Zoom &out", "", "-"),
    "luminance": ("&Luminance alone", "", "Y"),
    "exposure_up": ("Exposure &up", "", "]"),
    "exposure_down": ("Exposure &down", "", "["),
    "automatic_exposure": ("&Expose to middle gray", "sun", "E"),
    "gamma_up": ("Gamma up", "", ") Shift+)"),
    "gamma_down": ("Gamma down", "", "( Shift+("),
    "reset_exposure": ("Reset exposure, gamma and offset", "", ""),
    "next_background": ("&Background: black, grey, checkerboard", "", "Shift+A"),
    "non_finite": ("&Mark NaN and infinite pixels", "", "N"),
    "windows": ("Show data and display &window", "windows", "W"),
}
MENU = (
    *("layers", "next_layer", "previous_layer", "next_view", "previous_view", "next_channel", "previous_channel", ""),
    *("red", "green", "blue", "alpha", "luminance", "next_background", ""),
    *("fit", "actual_size", "zoom_in", "zoom_out", ""),
    *("exposure_up", "exposure_down", "automatic_exposure", "gamma_up", "gamma_down", "reset_exposure", ""),
    *("non_finite", "windows"),
)
