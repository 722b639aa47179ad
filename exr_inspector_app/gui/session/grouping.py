"""Grouping of session rows: none, opened folders, a tree of folders, or show, shot and task by the path template."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from exr_inspector_app.config import Root
from exr_inspector_app.persistence.identity import display_path, normalize
from exr_inspector_app.persistence.query.derived_columns import PathTemplate

_LEVELS = ("show", "shot", "task")  # from top to bottom; rows have the version in their name


class Grouping(StrEnum):
    """Choice of the groups in which rows are listed."""

    NONE = "None"
    OPENED = "Opened folder"
    FOLDER = "Folder"
    SHOT = "Show and shot"

    @property
    def is_tree(self) -> bool:
        """True if groups may contain groups."""
        return self in (Grouping.FOLDER, Grouping.SHOT)


class Level(NamedTuple):
    """Group by its name and its kind, such as `shot`; a folder has no kind."""

    name: str
    kind: str = ""


class Location(NamedTuple):
    """Groups that contain a row, from top to bottom, and the folder that its name is relative to; empty for none."""

    levels: tuple[Level, ...] = ()
    base: str = ""


def path_below(folder: str, base: str) -> str:
    """Return a folder relative to one above it; empty for that folder itself."""
    if folder == base:
        return ""
    above = base if base.endswith(os.sep) else base + os.sep
    inside = folder.removeprefix(above) if folder.startswith(above) else os.path.relpath(folder, base)
    return "" if inside == os.curdir else inside


class Grouper:
    """Locator of rows in the groups of a grouping, with a cache by folder."""

    def __init__(
        self,
        grouping: Grouping = Grouping.OPENED,
        template: PathTemplate = PathTemplate(),  # noqa: B008 - immutable
        roots: Sequence[Root] = (),
    ) -> None:
        """Create a grouper.

        Args:
            grouping: The grouping.
            template: Path template of the settings, for show, shot and task.
            roots: Roots of the settings; the template applies to paths below them, too.
        """
        self.grouping = grouping
        self._pattern = re.compile(template.pattern) if template.names else None
        self._names = template.names
        self._roots = roots
        self._known: dict[tuple[str, str], Location] = {}

    def is_same(self, other: Grouper) -> bool:
        """Return True if all rows have the same location as with another grouper."""
        if self.grouping is not other.grouping:
            return False
        mine, its = (self._pattern, self._names, self._roots), (other._pattern, other._names, other._roots)
        return self.grouping is not Grouping.SHOT or mine == its

    def locate(self, path: str, opened: str) -> Location:
        """Return the location of a file that is below an opened folder."""
        folder = os.path.dirname(path)
        location = self._known.get((folder, opened))
        if location is None:
            location = self._known[folder, opened] = self._locate(folder, opened)
        return location

    def _locate(self, folder: str, opened: str) -> Location:
        if self.grouping is Grouping.NONE:
            return Location()
        if self.grouping is Grouping.FOLDER:
            base = folder if folder == opened else os.path.dirname(folder)  # rows have the last folder in their name
            return Location(_folder_levels(base, opened), base)
        location = self._locate_shot(folder) if self.grouping is Grouping.SHOT else None
        return location or Location((Level(opened),), opened)

    def _locate_shot(self, folder: str) -> Location | None:
        """Return the location by the path template; None for a folder that it does not match."""
        if self._pattern is None:
            return None
        path = display_path(folder).rstrip("/") + "/"
        for matched in (path, normalize(path, self._roots)):
            match = self._pattern.match(matched)
            if match is not None:
                return _shot_location(path, matched, match, self._names)
        return None


def _folder_levels(folder: str, opened: str) -> tuple[Level, ...]:
    """Return the opened folder and the folders below it, down to this one."""
    inside = path_below(folder, opened)
    return (Level(opened), *map(Level, inside.split(os.sep) if inside else ()))


def _shot_location(path: str, matched: str, match: re.Match[str], names: Sequence[str]) -> Location | None:
    """Return show, shot and task; the folders between task and version belong to the task: `lighting / beauty`."""
    spans = {name: match.span(at + 1) for at, name in enumerate(names) if match[at + 1]}
    levels = [name for name in _LEVELS if name in spans]
    if not levels:
        return None
    texts = {name: matched[slice(*spans[name])] for name in levels}
    end = max(spans[name][1] for name in levels)
    version = spans.get("version", (0, 0))[0]
    if "task" in spans and version > spans["task"][1]:
        end = version - 1
        texts["task"] = " / ".join(matched[spans["task"][0] : end].split("/"))
    tail = matched[end:]
    base = path.removesuffix(tail) if tail != "/" else path.rstrip("/")
    return Location(tuple(Level(texts[name], name) for name in levels), base)
