"""User strings of the picture menu: layers, channels, view, and what leaves the program."""

from __future__ import annotations

PICTURE_MENU = "&Picture"

# Actions: text, glyph, keys
ACTIONS = {
    "layers": ("Choose a &layer…", "layers", "L"),
    "objects": ("Show &objects", "cube", ""),
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
    "copy_image": ("Copy &image", "copy", "Ctrl+Alt+C"),
    "copy_value": ("Copy values at the pixel", "copy", ""),
    "copy_color": ("Copy color at the pixel", "copy", ""),
    "export_png": ("Export layer as &PNG…", "export", ""),
    "export_exr": ("Export layer as E&XR…", "export", ""),
    "export_region_png": ("Export region as PNG…", "export", ""),
    "export_region_exr": ("Export region as EXR…", "export", ""),
    "export_matte": ("Export matte of the objects…", "export", ""),
    "export_sheet": ("Export contact &sheet…", "export", ""),
    "view_frame": ("Open in viewer", "play", "Ctrl+E"),
    "non_finite": ("&Mark NaN and infinite pixels", "", "N"),
    "windows": ("Show data and display &window", "windows", "W"),
    "mark_negative": ("Mark negative pixels", "", "M"),
    "mark_clipped": ("Mark clipped pixels", "", "C"),
    "next_mark": ("Go to the next marked pixel", "", "J"),
    "previous_mark": ("Go to the previous marked pixel", "", "K"),
    "pixel_grid": ("Pixel grid and values", "", "Shift+G"),
    "minimap": ("Minimap", "", "Shift+M"),
    "pin_probe": ("Pin the pr&obe", "pin", "P"),
    "measure_visible": ("Statistics of the visible image", "curve", "S"),
    "unpin_probes": ("Remove all pinned probes", "close", "Shift+P"),
    "copy_probes": ("Copy pinned probes as TSV", "copy", ""),
    "copy_values": ("Copy all values at the probe as TSV", "copy", ""),
}
OUTPUT_MENU = (
    *("copy_image", "copy_value", "copy_color", ""),
    *("export_png", "export_exr", "export_region_png", "export_region_exr", "export_matte", "export_sheet"),
    *("", "view_frame"),
)
_CHANNELS = (
    *("next_channel", "previous_channel", ""),
    *("red", "green", "blue", "alpha", "luminance", "", "next_background"),
)
_EXPOSURE = ("exposure_up", "exposure_down", "automatic_exposure", "gamma_up", "gamma_down", "reset_exposure")
_MARKS = (
    *("non_finite", "mark_negative", "mark_clipped", "next_mark", "previous_mark", ""),
    *("pin_probe", "unpin_probes", "copy_probes", "copy_values", "measure_visible"),
)
SUBMENUS = {
    "CHANNELS": ("&Channels", _CHANNELS),
    "LIGHT": ("E&xposure", _EXPOSURE),
    "MARKS": ("&Marks and probes", _MARKS),
    "OUTPUT": ("C&opy and export", OUTPUT_MENU),
}
CONTEXT_MENU = ("layers", "", *OUTPUT_MENU, "", "fit", "actual_size", "next_background", "automatic_exposure", "full")
MENU = (
    *("layers", "objects", "next_layer", "previous_layer", "next_view", "previous_view", ""),
    *(*SUBMENUS, "", "fit", "actual_size", "zoom_in", "zoom_out", "", "windows", "pixel_grid", "minimap"),
)
SHEET_NAME, MATTE_NAME = "layers", "matte"
EXPORT_TITLE = "Export"
VALUES, COLOR = "Values", "Color"
NO_PROBE = "Move the pointer over the image first."
NO_OBJECT = "Click objects of an ID layer or a Cryptomatte first."
NO_REGION = "Select a region first: hold Shift and drag over the image."


def image_copied(width: int, height: int) -> str:
    """Return the message after the image was copied."""
    return f"Image of {width} × {height} pixels copied to the clipboard"
