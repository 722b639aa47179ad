"""Checks of the command `doctor`: folders, decoder, color, window system, keyring, and library."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import platformdirs

from exr_inspector_app import config
from exr_inspector_app.color.configuration import library_version, load_configuration
from exr_inspector_app.config.extras import is_installed, missing_package_sentence
from exr_inspector_app.config.places import WINDOW_CHECK_ARGUMENT
from exr_inspector_app.errors import ConfigError, KnownError, PixelsError
from exr_inspector_app.exr.pixels.worker_check import check_worker
from exr_inspector_app.services.backend import Backend

OK, WARNING, BROKEN = "ok", "warning", "broken"
_QT_TIMEOUT_S = 30
_SANDBOX_REMEDY = (
    "Decoding works, with less protection; allow seccomp and Landlock in the container or update the kernel."
)


class Check(NamedTuple):
    """Result of one check: ok, warning or broken; the remedy is one sentence, empty if all is well."""

    name: str
    status: str
    value: str
    remedy: str = ""


def settings_check() -> Check:
    """Return the state of the settings files, whose values are valid; a warning for an unknown key."""
    path = config.settings_file()
    notices = config.load().notices
    if notices:
        return Check("settings", WARNING, f"{len(notices)} unknown", " ".join(notices))
    return Check("settings", OK, str(path) if path.exists() else f"{path} (none; defaults apply)")


def run_checks() -> Iterator[Check]:
    """Yield the results of all checks."""
    yield from _place_checks()
    if is_installed("OpenImageIO"):  # `diagnose` reports packages that are missing
        yield from _decoder_checks()
    yield _color_check()
    if is_installed("PySide6"):
        yield _window_check()
    yield _keyring_check()
    if is_installed("duckdb"):
        yield _library_check()


def _place_checks() -> Iterator[Check]:
    logs = platformdirs.user_log_path(config.APP, appauthor=False)
    places = {
        "settings folder": (config.settings_file().parent, "The window cannot keep its settings"),
        "thumbnail cache": (config.thumbnails_folder(), "Thumbnails are decoded again each time"),
        "logs": (logs, "Name another file with --log-file"),
    }
    for name, (path, effect) in places.items():
        value = f"{path} ({_rights(path)})"
        if is_writable(path):
            yield Check(name, OK, value)
        else:
            yield Check(name, WARNING, value, f"{effect}; set HOME to a folder that may be written.")


def is_writable(path: Path) -> bool:
    """Return True if a folder or file may be written, or created in the nearest folder that exists."""
    while not os.path.exists(path):
        if path.parent == path:
            return False
        path = path.parent
    is_folder_or_end = os.path.isdir(path) or os.path.isfile(path)
    return is_folder_or_end and os.access(path, os.W_OK | (os.X_OK if os.path.isdir(path) else 0))


def _rights(path: Path) -> str:
    if not os.path.exists(path):
        return "not created yet" if is_writable(path) else "cannot be created"
    readable, writable = os.access(path, os.R_OK), is_writable(path)
    return ", ".join(["readable" if readable else "not readable", "writable" if writable else "not writable"])


def _decoder_checks() -> Iterator[Check]:
    try:
        ready = check_worker()
    except PixelsError as error:
        yield Check("decoder", BROKEN, "does not start", error.sentence)
        return
    yield Check("decoder", OK, f"starts ({ready.libraries})")
    layers = [f"{layer.name} ({layer.detail})" if layer.detail else layer.name for layer in ready.sandbox]
    active = ", ".join(text for text, layer in zip(layers, ready.sandbox, strict=True) if layer.is_active)
    missing = ", ".join(text for text, layer in zip(layers, ready.sandbox, strict=True) if not layer.is_active)
    value = f"active: {active or 'none'}" + (f"; not active: {missing}" if missing else "")
    yield Check("decoder sandbox", WARNING if missing else OK, value, _SANDBOX_REMEDY if missing else "")


def _color_check() -> Check:
    """Return the version of OpenColorIO, and whether the configuration of $OCIO can be used."""
    version = library_version()
    if not version:
        remedy = f"Colors are shown without views. {missing_package_sentence('PyOpenColorIO')}"
        return Check("color", WARNING, "no OpenColorIO", remedy)
    source = os.environ.get("OCIO", "")
    sentence = load_configuration().sentence
    value = f"OpenColorIO {version}, {f'$OCIO is {source}' if source else '$OCIO is not set'}"
    return Check("color", WARNING, value, f"{sentence} Correct $OCIO.") if sentence else Check("color", OK, value)


def _window_check() -> Check:
    """Start Qt in another process, because it aborts where a platform plug-in is missing."""
    has_display = not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )
    environ = dict(os.environ) if has_display else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    start = [] if getattr(sys, "frozen", False) else ["-P", "-m", "exr_inspector_app"]
    run = [sys.executable, *start, WINDOW_CHECK_ARGUMENT]
    try:
        result = subprocess.run(run, env=environ, capture_output=True, timeout=_QT_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return Check("window", BROKEN, "Qt does not start", "Reinstall exr-inspector, or check the display.")
    if result.returncode:
        lines = result.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {result.returncode}"]
        remedy = "Install the system libraries of Qt (see Troubleshooting), or correct QT_QPA_PLATFORM."
        return Check("window", BROKEN, f"Qt does not start: {lines[0][:200]}", remedy)
    name, _, number = result.stdout.decode("utf-8", "replace").strip().partition(" ")
    if not has_display:
        return Check("window", WARNING, f"no display, Qt {number}", "Set DISPLAY to open the window; commands work.")
    return Check("window", OK, f"platform {name}, Qt {number}")


def _keyring_check() -> Check:
    try:
        import keyring
        from keyring.backends import fail

        backend = keyring.get_keyring()
    except Exception as error:  # a broken back end of the system raises anything
        return Check("keyring", WARNING, type(error).__name__, "Set VAST_DB_ACCESS_KEY and VAST_DB_SECRET_KEY instead.")
    if isinstance(backend, fail.Keyring):
        return Check("keyring", WARNING, "none", "Set VAST_DB_ACCESS_KEY and VAST_DB_SECRET_KEY to use a database.")
    return Check("keyring", OK, f"{type(backend).__module__}.{type(backend).__name__}")


def _library_check() -> Check:
    try:
        library = Backend(config.load(), "local")
    except ConfigError:
        return Check("library", WARNING, "not checked", "Correct the settings first.")
    path = library.config.library
    value = f"{path} ({_rights(path)})"
    if not os.path.exists(path):
        if is_writable(path):
            return Check("library", OK, value)
        return Check("library", BROKEN, value, "Set EXR_INSPECTOR_LIBRARY to a file that may be written.")
    try:
        with library.store() as store:
            report = store.check()
    except KnownError as error:
        return Check("library", BROKEN, value, error.sentence)
    value = f"{value}, {report.files:,} files, schema {report.schema_version}"
    if report.problems:
        return Check("library", BROKEN, value, f"{report.problems[0]} Run `exr-inspector library check`.")
    if not is_writable(path):
        return Check("library", WARNING, value, "Publishing needs the right to write it; reading works.")
    return Check("library", OK, value)
