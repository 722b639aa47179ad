"""Derived columns: definitions, and the path template that extracts show, shot, task, and version.

| column | meaning |
|---|---|
| text | any of path, channel and attribute names, attribute texts, resolution and TEXT_FACTS; each word separately |
| layer | a layer of any part, or a channel without a layer (`Z`) |
| object | a name in a Cryptomatte manifest or id manifest of the header |
| kind | `deep`, `tiled`, or `scanline` |
| resolution | of part 0, as `1920x1080` |
| renderer | the column of `files`, empty where the header names no renderer |
| show, shot, task, version | folders of the path, by the template in the settings |

A derived column is never null: without a value it is empty.
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
    "text": ("contains", "matches"),
    "layer": ("=", "!=", "in", "matches"),
    "object": ("=", "!=", "in", "matches"),
    **dict.fromkeys(SCALAR_COLUMNS, get_args(Op)),
}
TEXT_FACTS = ("renderer", "writer", "color_space", "compression", "published_by", "note")  # that `text` covers too
FACET_COLUMNS = ("show", "renderer", "layer", "compression", "kind", "resolution", "published_by")

_TOKENS = re.compile(r"(\{[^{}]*\}|\*)")


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """Compiled path template: which folders of a normalized path are show, shot, task, and version."""

    pattern: str = ""  # a regular expression for RE2 and Python, with one group per name
    names: tuple[str, ...] = ()


def path_value(template: PathTemplate, path: str, name: str) -> str:
    """Return the folder of a normalized path that the template assigns to a name, or an empty string."""
    if name not in template.names:
        return ""
    match = re.search(template.pattern, path)
    return (match[template.names.index(name) + 1] or "") if match else ""


def parse_template(text: str) -> PathTemplate:
    """Parse a path template such as `/mnt/prod/{show}/{shot}/{task}/*/{version}`.

    A * matches any one folder. A path that ends before the template does matches as many folders as it has.

    Args:
        text: Template; an empty one extracts nothing.

    Raises:
        ConfigError: The template has unknown or repeated names, or no name.
    """
    if not text:
        return PathTemplate()
    names: list[str] = []
    folders = [_folder_pattern(folder, names) for folder in text.strip("/").split("/")]
    if not names or len(set(names)) < len(names) or not set(names) <= set(PATH_COLUMNS):
        allowed = ", ".join(f"{{{name}}}" for name in PATH_COLUMNS)
        raise ConfigError(f"Invalid `path_template` {text!r}: use at least one of {allowed}, each at most once.")
    fixed = next(index for index, folder in enumerate(folders) if "(" in folder)
    head = "".join(f"{folder}/" for folder in folders[:fixed])
    rest = "".join(f"(?:{folder}/" for folder in folders[fixed:]) + ")?" * (len(folders) - fixed)
    root = "/" if text.startswith("/") else ""
    return PathTemplate(f"(?i)^{root}{head}{rest}", tuple(names))


def _folder_pattern(text: str, names: list[str]) -> str:
    """Return the regular expression of one folder of a template; its names are appended to `names`."""
    pattern = ""
    for token in _TOKENS.split(text):
        if token == "*":
            pattern += "[^/]*"
        elif token.startswith("{") and token.endswith("}"):
            names.append(token[1:-1])
            pattern += "([^/]+?)"
        else:
            pattern += re.escape(token)
    return pattern
