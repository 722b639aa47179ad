"""Columns that no table holds: what they mean, and the path template that tells show, shot, task and version.

| column | meaning |
|---|---|
| text | any of the path, the channel names, attribute names and attribute texts; words are looked for one by one |
| layer | a layer of any part, or a channel without one (`Z`) |
| kind | `deep`, `tiled` or `scanline` |
| resolution | of part 0, as `1920x1080` |
| renderer | the program with the first two figures of its version: `Arnold 7.2` |
| show, shot, task, version | folders of the path, by the template of the settings |

A derived column is never null: it is empty where there is nothing to tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from exr_inspector_app.contracts import Op
from exr_inspector_app.errors import ConfigError

PATH_COLUMNS = ("show", "shot", "task", "version")
SCALAR_COLUMNS = ("kind", "resolution", "renderer", *PATH_COLUMNS)
COLUMN_OPS: dict[str, tuple[str, ...]] = {
    "text": ("contains",),
    "layer": ("=", "!=", "in"),
    **dict.fromkeys(SCALAR_COLUMNS, get_args(Op)),
}
FACET_COLUMNS = ("show", "renderer", "layer", "compression", "kind", "resolution", "published_by")

# A program's name up to its second figure; names may begin with a figure (`3ds Max 2026`). Fit for RE2 and Python.
RENDERER_PATTERN = r"^[0-9]*[^0-9]+[0-9]*(?:\.[0-9]+)?"
_PIECES = re.compile(r"(\{[^{}]*\}|\*)")


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """Which folders of a normalised path are show, shot, task and version."""

    pattern: str = ""  # a regular expression for RE2 and Python alike, one group a name
    names: tuple[str, ...] = ()


def parse_template(text: str) -> PathTemplate:
    """The template of a text such as `/mnt/prod/{show}/{shot}/{task}/*/{version}`; an empty one tells nothing.

    A * stands for any one folder. Of a file that lies higher up is told what its folders tell.
    Raises ConfigError where it cannot be understood.
    """
    if not text:
        return PathTemplate()
    names: list[str] = []
    folders = [_folder(one, names) for one in text.strip("/").split("/")]
    if not names or len(set(names)) < len(names) or not set(names) <= set(PATH_COLUMNS):
        told = ", ".join(f"{{{name}}}" for name in PATH_COLUMNS)
        raise ConfigError(f"`path_template` may hold {told}, each once, and at least one of them; it is {text!r}.")
    fixed = next(place for place, one in enumerate(folders) if "(" in one)
    head = "".join(f"{one}/" for one in folders[:fixed])
    rest = "".join(f"(?:{one}/" for one in folders[fixed:]) + ")?" * (len(folders) - fixed)
    root = "/" if text.startswith("/") else ""
    return PathTemplate(f"(?i)^{root}{head}{rest}", tuple(names))


def _folder(text: str, names: list[str]) -> str:
    """One folder of a template as an expression; the names that it holds are added."""
    made = ""
    for piece in _PIECES.split(text):
        if piece == "*":
            made += "[^/]*"
        elif piece.startswith("{") and piece.endswith("}"):
            names.append(piece[1:-1])
            made += "([^/]+?)"
        else:
            made += re.escape(piece)
    return made
