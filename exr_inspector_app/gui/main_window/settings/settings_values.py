"""Values of the settings page: from the settings file, the environment, the state of the window and the session."""

from __future__ import annotations

import os
from collections.abc import Mapping

from exr_inspector_app.config.exchange import read_targets
from exr_inspector_app.gui.preview.color.color_menus import CHOOSE_FILE, CONFIGURATIONS
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.session.session import Session
from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.databases import list_databases
from exr_inspector_app.gui.settings.settings_sections import SettingsContents
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.persistence.identity import normalize

VAST_KEYS = ("endpoint", "bucket", "schema", "region", "ca_file")  # of the settings file
OTHER_KEYS = (
    *("library", "viewer", "path_template", "patience_seconds", "picture_cache_mb"),
    *("decoder_memory_mb", "decoder_threads"),
)
MAX_EXAMPLES = 200  # folders that the path template is tried on
_VARIABLES = {"library": "EXR_INSPECTOR_LIBRARY", "patience_seconds": "EXR_INSPECTOR_PATIENCE"}


def contents(table: Mapping[str, object], targets: Targets, session: Session, state: WindowState) -> SettingsContents:
    """Return the contents of the settings page.

    Args:
        table: Content of the settings file of the user.
        targets: Targets of a publish.
        session: Files of the session, whose paths are examples.
        state: State of the window.
    """
    vast_table = table.get("vast")
    vast = {key: str(text) for key, text in vast_table.items()} if isinstance(vast_table, Mapping) else {}
    databases, in_use = list_databases(read_targets(table), vast)
    values = {key: vast.get(key, "") for key in (*VAST_KEYS, "access_key")}
    values |= {key: str(table.get(key, "")) for key in OTHER_KEYS} | {"name": databases[in_use]["name"]}
    fixed = {key: name for key in _fixed_keys() if os.environ.get(name := _variable(key))}
    shown = {key: "" if key == "secret_key" else os.environ[name] for key, name in fixed.items()}
    local = next(target for target in targets.all if target.where == "local")
    return SettingsContents(
        values={**values, **shown},
        fixed=fixed,
        library=str(targets.config.library),
        library_note=strings.library_note(local.files),
        target=targets.current.name,
        databases=(databases, in_use),
        colors=[choice for choice in CONFIGURATIONS if choice[0] != CHOOSE_FILE],
        color=state.color_configuration,
        scheme=state.scheme.value,
        scale=str(state.scale),
        examples=_examples(session, targets),
    )


def _examples(session: Session, targets: Targets) -> list[str]:
    """Return one normalized path per folder of the session."""
    by_folder: dict[str, str] = {}
    for entry in session:
        by_folder.setdefault(os.path.dirname(entry.path), entry.path)
        if len(by_folder) >= MAX_EXAMPLES:
            break
    return [normalize(path, targets.config.roots) for path in by_folder.values()]


def _fixed_keys() -> tuple[str, ...]:
    return (*VAST_KEYS, "access_key", "secret_key", *_VARIABLES)


def _variable(key: str) -> str:
    return _VARIABLES.get(key, f"VAST_DB_{key.upper()}")
