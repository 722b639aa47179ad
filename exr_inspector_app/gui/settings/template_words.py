"""Path template as parts: the folders of an example path, each with its role, without any Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from exr_inspector_app.errors import ConfigError
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS, parse_template

ANY, FIXED, OUTSIDE = "*", "fixed", ""  # roles in addition to PATH_COLUMNS
MIXED = "mixed"  # a folder with more than one token, as `{shot}_{task}`, which is typed


@dataclass(slots=True)
class TemplateWords:
    """Editor of a path template by the folders of an example path.

    Attributes:
        folders: Folders of the example path, from the root; without the file name.
        parts: Template of the first folders; the template ends before the others.
    """

    folders: list[str]
    parts: list[str] = field(default_factory=list)
    has_root: bool = True

    @classmethod
    def of(cls, example: str, template: str) -> TemplateWords:
        """Return the parts of an example path, with roles by a template that is valid or empty."""
        folders = [part for part in example.split("/")[:-1] if part]
        parts = template.strip("/").split("/") if template.strip("/") else []
        return cls(folders, parts[: len(folders)], example.startswith("/"))

    def role(self, index: int) -> str:
        """Return the role of a folder: a name of PATH_COLUMNS, ANY, FIXED, MIXED or OUTSIDE."""
        if index >= len(self.parts):
            return OUTSIDE
        part = self.parts[index]
        if part == ANY:
            return ANY
        if part[1:-1] in PATH_COLUMNS and part == f"{{{part[1:-1]}}}":
            return part[1:-1]
        return MIXED if set(part) & set("{*") else FIXED

    def set_role(self, index: int, role: str) -> None:
        """Give a folder a role; the folder that had a name before matches any name then."""
        named = [at for at in range(len(self.folders)) if self.role(at) not in (ANY, FIXED, OUTSIDE)]
        for at in range(len(self.parts), index + 1):
            is_behind_name = any(name < at for name in named)
            self.parts.append(ANY if is_behind_name else self._literal(at))
        if role in PATH_COLUMNS:
            self.parts = [ANY if part == f"{{{role}}}" else part for part in self.parts]
        self.parts[index] = {ANY: ANY, FIXED: self._literal(index)}.get(role, f"{{{role}}}")
        if role == OUTSIDE:
            del self.parts[index:]
        while self.parts and self.role(len(self.parts) - 1) in (ANY, FIXED):
            self.parts.pop()

    @property
    def template(self) -> str:
        """Template as the settings have it; empty without a named folder."""
        return "/" * self.has_root + "/".join(self.parts) if self.parts else ""

    def _literal(self, index: int) -> str:
        """Return a folder's own name, or * for one that a template cannot name."""
        return ANY if set(self.folders[index]) & set("{}*") else self.folders[index]


def extract_names(template: str, path: str) -> dict[str, str]:
    """Return the names that a template finds in a normalized path, empty if it does not match.

    Raises:
        ConfigError: The template is invalid.
    """
    parsed = parse_template(template)
    match = re.match(parsed.pattern, path) if parsed.names else None
    values = dict(zip(parsed.names, match.groups(), strict=True)) if match else {}
    return {name: text for name in PATH_COLUMNS if (text := values.get(name))}


def count_matches(template: str, paths: Sequence[str]) -> int:
    """Return the number of normalized paths with every name of a template; 0 for an invalid one."""
    try:
        names = parse_template(template).names
    except ConfigError:
        return 0
    return sum(bool(names) and len(extract_names(template, path)) == len(names) for path in paths)
