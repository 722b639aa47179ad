"""Window state and recent paths in QSettings, read back in the types they were written in."""

from __future__ import annotations

from enum import StrEnum
from typing import get_args

from PySide6.QtCore import QByteArray, QSettings

from exr_inspector_app.config import settings_file
from exr_inspector_app.contracts import By, Weights
from exr_inspector_app.services.backend import Where

MAX_RECENT_PATHS = 10
MAX_SESSION_PATHS = 1000  # paths as they were given; a folder counts once


class Scheme(StrEnum):
    """Which colours the window takes."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


class WindowState:
    """What the window remembers from one run to the next; nothing secret, nothing about files' content."""

    def __init__(self) -> None:
        path = settings_file().with_name("window.ini")
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def scheme(self) -> Scheme:
        """The chosen colours, dark until somebody chooses."""
        word = self._text("scheme")
        return Scheme(word) if word in list(Scheme) else Scheme.DARK

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("scheme", scheme.value)

    @property
    def target(self) -> Where:
        """Where a person last chose to publish to, the local library until somebody chooses."""
        return "vast" if self._text("target") == "vast" else "local"

    @target.setter
    def target(self, where: Where) -> None:
        self._store.setValue("target", where)

    @property
    def recent(self) -> list[str]:
        """Paths that were opened, newest first."""
        return self._texts("recent")

    def add_recent(self, paths: list[str]) -> None:
        """The paths head the recent ones from now on."""
        kept = dict.fromkeys([*paths, *self.recent])
        self._store.setValue("recent", list(kept)[:MAX_RECENT_PATHS])

    def clear_recent(self) -> None:
        """No path is recent any more."""
        self._store.remove("recent")

    @property
    def session(self) -> list[str]:
        """The paths of the last session, as they were given."""
        return self._texts("session")

    @session.setter
    def session(self, paths: list[str]) -> None:
        self._store.setValue("session", paths[:MAX_SESSION_PATHS])

    @property
    def blend(self) -> Weights | None:
        """What each way of comparing counts in a blend, 0 to 100; None until somebody chooses."""
        figures = self._text("blend").split()
        if len(figures) != len(get_args(By)) or not all(one.isdecimal() and int(one) <= 100 for one in figures):
            return None
        return {by: float(one) for by, one in zip(get_args(By), figures, strict=True)}

    @blend.setter
    def blend(self, weights: Weights) -> None:
        self._store.setValue("blend", " ".join(f"{weights.get(by, 0):.0f}" for by in get_args(By)))

    @property
    def is_exact(self) -> bool:
        """True where look-ups compare every file in full."""
        return self._text("exact") == "yes"

    @is_exact.setter
    def is_exact(self, is_exact: bool) -> None:
        self._store.setValue("exact", "yes" if is_exact else "no")

    @property
    def order(self) -> str:
        """How the session is sorted, in the words of the one who sorts it."""
        return self._text("order")

    @order.setter
    def order(self, words: str) -> None:
        self._store.setValue("order", words)

    def state(self, name: str) -> QByteArray:
        """The saved geometry or splitter state of this name, empty where there is none."""
        value = self._store.value(f"state/{name}", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_state(self, name: str, state: QByteArray) -> None:
        """The state is there under this name in the next run."""
        self._store.setValue(f"state/{name}", state)

    def flush(self) -> None:
        """Everything is on disk."""
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""

    def _texts(self, key: str) -> list[str]:
        """A list of texts; QSettings gives a list of one back as the bare text."""
        value = self._store.value(key, [])
        if isinstance(value, str):
            return [value] if value else []
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
