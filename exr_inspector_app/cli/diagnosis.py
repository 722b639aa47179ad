"""Diagnosis of an installation: versions, checks, and settings with their origins."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from exr_inspector_app import __version__
from exr_inspector_app.cli import doctor_checks
from exr_inspector_app.cli.doctor_checks import BROKEN, WARNING, Check
from exr_inspector_app.config.extras import missing_package_sentence
from exr_inspector_app.config.origins import SettingOrigin, setting_origins
from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.model import SCHEMA_VERSION

_PACKAGES = {
    "OpenImageIO": ("OpenImageIO",),
    "Qt (PySide6)": ("PySide6-Essentials", "PySide6"),
    "DuckDB": ("duckdb",),
    "vastdb": ("vastdb",),
    "NumPy": ("numpy",),
    "PyArrow": ("pyarrow",),
}
_MODULES = {"Qt (PySide6)": "PySide6", "DuckDB": "duckdb", "PyArrow": "pyarrow"}  # that have another name
_MISSING = "not installed"


class Diagnosis(NamedTuple):
    """Result of all checks."""

    versions: dict[str, str]
    checks: list[Check]
    settings: list[SettingOrigin]

    @property
    def is_broken(self) -> bool:
        """True if a check found a fault."""
        return any(check.status == BROKEN for check in self.checks)


def diagnose() -> Diagnosis:
    """Run all checks; a fault in one check does not prevent the rest."""
    checks: list[Check] = []
    settings: list[SettingOrigin] = []
    try:
        settings = setting_origins()
        checks.append(doctor_checks.settings_check())
    except ConfigError as error:
        checks.append(Check("settings", BROKEN, "invalid", error.sentence))
    versions = _versions()
    checks += [_missing_check(name) for name, text in versions.items() if text == _MISSING and name in _PACKAGES]
    checks += doctor_checks.run_checks()
    return Diagnosis(versions, checks, settings)


def _missing_check(name: str) -> Check:
    """Return the warning about an optional package; NumPy alone is needed by every command."""
    sentence = missing_package_sentence(_MODULES.get(name, name))
    if sentence:
        return Check(name, WARNING, _MISSING, sentence)
    return Check(name, BROKEN, _MISSING, f"Reinstall exr-inspector: {name} is missing.")


def _table_schema_version() -> str:
    try:
        from exr_inspector_app.persistence.schema import SCHEMA_VERSION as TABLE_VERSION
    except ModuleNotFoundError:  # PyArrow
        return _MISSING
    return str(TABLE_VERSION)


def _versions() -> dict[str, str]:
    return {
        "exr-inspector": __version__,
        "Python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        **{name: _package_version(packages) for name, packages in _PACKAGES.items()},
        "payload schema": str(SCHEMA_VERSION),
        "table schema": _table_schema_version(),
        "embedding": str(EMBEDDING_VERSION),
    }


def _package_version(packages: tuple[str, ...]) -> str:
    for package in packages:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return _MISSING
