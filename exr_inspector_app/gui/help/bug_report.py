"""Text of a bug report: versions and traceback, without keys, passwords, and the name of the home folder."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from exr_inspector_app import __version__

MASK = "***"
MIN_SECRET_LENGTH = 4  # shorter values would mask ordinary text
_PACKAGES = ("PySide6_Essentials", "numpy", "duckdb", "OpenImageIO", "vastdb")
_SECRET_NAMES = "secret|passw|token|credential|access_key|accesskey|api_?key|signature"
_IS_SECRET = re.compile(_SECRET_NAMES, re.IGNORECASE)
_ASSIGNED = re.compile(
    rf"([\w.-]*(?:{_SECRET_NAMES})[\w.-]*[\"']?\s*[:=]\s*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&)\]}}]+)", re.IGNORECASE
)
_HEADER = re.compile(r"(authorization[\"']?\s*[:=]\s*).*", re.IGNORECASE)
_IN_URL = re.compile(r"(?<=://)[^/\s@]+(?=@)")


def make_report(trace: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return versions and traceback, with secrets masked."""
    return mask_secrets(f"{_versions()}\n\n{trace}", environ)


def mask_secrets(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the text without the secrets of the environment, and without what looks like a key or a password."""
    secrets = {value for name, value in environ.items() if _IS_SECRET.search(name) and len(value) >= MIN_SECRET_LENGTH}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = _HEADER.sub(rf"\g<1>{MASK}", text)
    text = _ASSIGNED.sub(rf"\g<1>{MASK}", text)
    text = _IN_URL.sub(MASK, text)
    home = str(Path.home())
    return text.replace(home + os.sep, "~" + os.sep) if home.strip(os.sep) else text


def _versions() -> str:
    packages = ", ".join(f"{name} {version}" for name in _PACKAGES if (version := _version(name)))
    return "\n".join(
        (
            f"exr-inspector {__version__}",
            f"Python {platform.python_version()}, Qt {qVersion()} ({QGuiApplication.platformName()})",
            packages,
            platform.platform(),
        )
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
