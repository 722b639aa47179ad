"""QSettings store of the window state and recent paths, read back in the types they were written in."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import get_args

from PySide6.QtCore import QByteArray, QSettings

from exr_inspector_app.config import settings_file
from exr_inspector_app.config.atomic_file import set_aside
from exr_inspector_app.config.settings_reader import read_text
from exr_inspector_app.contracts import By, Weights
from exr_inspector_app.services.backend import Where

MAX_RECENT_PATHS = 10
MAX_FILE_SPACES = 200  # folders whose color space was chosen
MAX_SESSION_PATHS = 1000  # a folder counts as one path


SCALES = (100, 125, 150, 175, 200)  # percent of the scale of the system


class Scheme(StrEnum):
    """Color scheme of the window."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


SCHEME_LABELS = ((Scheme.SYSTEM.value, "System"), (Scheme.DARK.value, "Dark"), (Scheme.LIGHT.value, "Light"))


class WindowState:
    """Settings that persist between runs; no secrets, and nothing about the content of files.

    Values of an unknown form, as another version may have written, read as the default, and unknown keys stay in the
    file. A damaged file is copied to another name before it is replaced; Qt replaces it atomically.
    """

    def __init__(self) -> None:
        path = settings_file().with_name("window.ini")
        if _is_damaged(path):
            with suppress(OSError):  # a disk that is full; Qt keeps the readable values
                set_aside(path)
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def scheme(self) -> Scheme:
        """Color scheme; dark by default."""
        value = self._text("scheme")
        return Scheme(value) if value in list(Scheme) else Scheme.DARK

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("scheme", scheme.value)

    @property
    def scale(self) -> int:
        """Scale of the window in percent; 100 by default."""
        text = self._text("scale")
        return int(text) if text in map(str, SCALES) else SCALES[0]

    @scale.setter
    def scale(self, percent: int) -> None:
        self._store.setValue("scale", str(percent))

    @property
    def target(self) -> Where:
        """Target that the user last published to; the local library by default."""
        return "vast" if self._text("target") == "vast" else "local"

    @target.setter
    def target(self, where: Where) -> None:
        self._store.setValue("target", where)

    @property
    def recent(self) -> list[str]:
        """Recent paths, newest first."""
        return self._texts("recent")

    def add_recent(self, paths: list[str]) -> None:
        """Prepend `paths` to the recent ones; the oldest are removed beyond the limit."""
        recent = dict.fromkeys([*paths, *self.recent])
        self._store.setValue("recent", list(recent)[:MAX_RECENT_PATHS])

    def remove_recent(self, paths: Collection[str]) -> None:
        """Remove recent paths."""
        self._store.setValue("recent", [path for path in self.recent if path not in paths])

    def clear_recent(self) -> None:
        """Remove all recent paths."""
        self._store.remove("recent")

    @property
    def session(self) -> list[str]:
        """Paths of the last session, as they were opened."""
        return self._texts("session")

    @session.setter
    def session(self, paths: list[str]) -> None:
        self._store.setValue("session", paths[:MAX_SESSION_PATHS])

    @property
    def blend(self) -> Weights | None:
        """Weights of a blend, 0 to 100 each; None by default."""
        numbers = self._text("blend").split()
        is_valid = all(number.isdecimal() and int(number) <= 100 for number in numbers)
        if len(numbers) != len(get_args(By)) or not is_valid:
            return None
        return {by: float(number) for by, number in zip(get_args(By), numbers, strict=True)}

    @blend.setter
    def blend(self, weights: Weights) -> None:
        self._store.setValue("blend", " ".join(f"{weights.get(by, 0):.0f}" for by in get_args(By)))

    @property
    def is_exact(self) -> bool:
        """True if similarity searches compare every file."""
        return self._text("exact") == "yes"

    @is_exact.setter
    def is_exact(self, is_exact: bool) -> None:
        self._store.setValue("exact", "yes" if is_exact else "no")

    @property
    def order(self) -> str:
        """Sort order of the session, in the format of its sort filter."""
        return self._text("order")

    @order.setter
    def order(self, order: str) -> None:
        self._store.setValue("order", order)

    @property
    def grouping(self) -> str:
        """Name of the grouping of the session list."""
        return self._text("grouping")

    @grouping.setter
    def grouping(self, name: str) -> None:
        self._store.setValue("grouping", name)

    @property
    def session_columns(self) -> str:
        """Chosen columns of the session list, in the format of their presenter."""
        return self._text("session_columns")

    @session_columns.setter
    def session_columns(self, names: str) -> None:
        self._store.setValue("session_columns", names)

    @property
    def profile(self) -> str:
        """Profile of rules in force: a path or the name of a shipped one; empty for none."""
        return self._text("profile")

    @profile.setter
    def profile(self, source: str) -> None:
        self._store.setValue("profile", source)

    @property
    def profile_file(self) -> str:
        """Path of the profile that was chosen last."""
        return self._text("profile_file")

    @profile_file.setter
    def profile_file(self, path: str) -> None:
        self._store.setValue("profile_file", path)

    @property
    def color_configuration(self) -> str:
        """OpenColorIO configuration, as `load_configuration` takes it; empty for $OCIO."""
        return self._text("color_configuration")

    @color_configuration.setter
    def color_configuration(self, source: str) -> None:
        self._store.setValue("color_configuration", source)

    @property
    def color_view(self) -> tuple[str, str]:
        """Display and view of the configuration; empty for its default ones."""
        texts = self._texts("color_view")
        return (texts[0], texts[1]) if len(texts) == 2 else ("", "")

    @color_view.setter
    def color_view(self, view: tuple[str, str]) -> None:
        self._store.setValue("color_view", list(view))

    @property
    def file_spaces(self) -> dict[str, str]:
        """Color space that the user has chosen for the files of a folder, by folder."""
        pairs = [text.partition("\t") for text in self._texts("file_spaces")]
        return {folder: name for name, separator, folder in pairs if separator}

    def set_file_space(self, folder: str, name: str) -> None:
        """Keep the color space of a folder, or forget it for an empty name; the oldest are removed beyond the limit."""
        spaces = {other: space for other, space in self.file_spaces.items() if other != folder}
        if name:
            spaces[folder] = name
        texts = [f"{space}\t{other}" for other, space in spaces.items()]
        self._store.setValue("file_spaces", texts[-MAX_FILE_SPACES:])

    def state(self, name: str) -> QByteArray:
        """Return the saved geometry or splitter state `name`; empty by default."""
        value = self._store.value(f"state/{name}", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_state(self, name: str, state: QByteArray) -> None:
        """Save a geometry or splitter state."""
        self._store.setValue(f"state/{name}", state)

    def flush(self) -> None:
        """Write all values to disk."""
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""

    def _texts(self, key: str) -> list[str]:
        """Return a list of texts; QSettings returns a list of one item as the bare text."""
        value = self._store.value(key, [])
        if isinstance(value, str):
            return [value] if value else []
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _is_damaged(path: Path) -> bool:
    """Return True for a file with lines that Qt has not written and would drop, or with a cut last line."""
    try:
        text = read_text(path)
    except OSError:
        return False
    except ValueError:
        return True
    lines = text.splitlines()
    return bool(text) and not (
        text.endswith("\n") and all(not line or line[0] in "[;" or "=" in line for line in lines)
    )
