"""Hints: remedies for a violated rule, and for a finding of the built-in checks.

The hints of the checks are the paragraphs of `resources/help/checks.md`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from exr_inspector_app.config import resource


class Hint(NamedTuple):
    """Remedy, and the attribute of the header that shows the value, if any."""

    text: str
    attribute: str = ""


NO_HINT = Hint("")
_RULES = {
    "channels": Hint("Add the missing channels to the outputs of the renderer, with this spelling.", "channels"),
    "layers": Hint("Add the missing layers to the outputs of the renderer, with this spelling.", "channels"),
    "views": Hint("Render all views, and list them in multiView.", "multiView"),
    "forbid-channels": Hint("Remove the channels from the outputs, or write the file without them.", "channels"),
    "forbid-layers": Hint("Remove the layers from the outputs, or write the file without them.", "channels"),
    "allow-channels": Hint("Remove the other channels from the outputs, or allow them in the profile.", "channels"),
    "types": Hint(
        "Set the data type of the outputs in the renderer. A copy with oiiotool -d half or -d float converts the file; "
        "float written from half is no more exact.",
        "channels",
    ),
    "compression": Hint(
        "Set the compression of the renderer, or write the delivery with oiiotool --compression NAME. Data that was "
        "stored with DWAA, DWAB or B44 stays changed.",
        "compression",
    ),
    "kind": Hint("Switch tiles or deep output in the settings of the renderer.", "type"),
    "line-order": Hint("Write the file again; renderers that write buckets leave randomY.", "lineOrder"),
    "parts": Hint("Merge the outputs into one file, or split them, in the settings of the renderer."),
    "resolution": Hint("Correct the format of the scene; scaling a render is no delivery.", "displayWindow"),
    "data-window": Hint("Correct crop, region or overscan of the renderer.", "dataWindow"),
    "display-window": Hint("Correct the format of the scene.", "displayWindow"),
    "overscan": Hint("Correct the overscan of the renderer, or ignore it with a reason.", "dataWindow"),
    "pixel-aspect": Hint("Correct the pixel aspect of the format, equal in all parts.", "pixelAspectRatio"),
    "color-space": Hint(
        "Write the color space into the header: colorInteropID, or chromaticities for linear spaces.", "chromaticities"
    ),
    "fps": Hint("Set the frame rate of the scene, and let the renderer write framesPerSecond.", "framesPerSecond"),
    "renderer": Hint("Render with a version that the profile allows."),
    "writer": Hint("Save the file with a program that the profile allows."),
    "file-name": Hint("Rename the file, or correct the name template of the render."),
    "attributes": Hint("Let the renderer or the publish step write the attribute with the value of the profile."),
    "values": Hint("Find the pixels in the picture, correct the scene, and render the frame again."),
    "frames": Hint("Render the missing frames, and remove those that do not belong to the delivery."),
    "complete": Hint("Wait for the render to finish, or render the frames again."),
}
_SECTION = re.compile(r"^### `([a-z0-9-]+)`[^\n]*\n+([^\n#]+)", re.MULTILINE)


def hint(code: str) -> Hint:
    """Return the hint of a rule or a check; one without text for an unknown code."""
    return _RULES.get(code) or Hint(_texts_of_checks().get(code, ""))


@cache
def _texts_of_checks() -> dict[str, str]:
    """Return the paragraphs of the help page by code; none if the page is missing."""
    try:
        page = resource("help/checks.md").read_text(encoding="utf-8")
    except OSError:
        return {}
    return {code: _plain(text) for code, text in _SECTION.findall(page)}


def _plain(text: str) -> str:
    """Return Markdown as text: links as their titles, code without its marks."""
    return re.sub(r"\[([^]]+)]\([^)]*\)", r"\1", text).replace("`", "").strip()
