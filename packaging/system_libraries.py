"""Check for the shared libraries and programs of the system, and their Debian and Ubuntu packages.

Libraries are loaded rather than looked up by package, since a release may rename the package
(`libglib2.0-0` is `libglib2.0-0t64` on Debian 13 and Ubuntu 24.04).
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from processes import check_call, report

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
APT_LOCK_SECONDS = 600


def ensure_installed(names: Sequence[str]) -> bool:
    """Return whether the system has all of `names`; as root on Debian, install the missing packages.

    Args:
        names: Shared libraries (`libEGL.so.1`), and `venv`, `fonts` or `Xvfb`.
    """
    missing = find_missing(names)
    if not missing:
        return True
    if sys.platform == "win32" or shutil.which("apt-get") is None:
        report(f"Missing on this system: {', '.join(missing)}. Install them, then repeat the command.")
        return False
    if os.geteuid() != 0:
        command = " ".join(apt_install(package_names(missing)))
        report(f"Debian packages are missing. Install them, then repeat the command:\n  sudo {command}")
        return False
    install_packages(missing)
    missing = find_missing(names)
    if missing:
        report(f"Still missing after the installation: {', '.join(missing)}.")
    return not missing


def find_missing(names: Iterable[str]) -> list[str]:
    """Return the `names` missing on this system; on macOS and Windows only `venv` is checked."""
    if sys.platform != "linux":
        names = [name for name in names if name == "venv"]
    checks: dict[str, Callable[[], bool]] = {"venv": _has_ensurepip, "fonts": _has_fonts, "Xvfb": _has_xvfb}
    return [name for name in names if not (checks[name]() if name in checks else has_library(name))]


def has_library(soname: str) -> bool:
    """Return whether the dynamic linker can load `soname`."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def install_packages(missing: Sequence[str]) -> None:
    """Install the Debian packages of `missing` as root; another apt-get is waited for."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NOWARNINGS": "yes"}
    report("Updating the list of Debian packages.")
    check_call(["apt-get", "update", "--quiet", "--quiet"], env=quiet, stdout=sys.stderr)
    packages = package_names(missing)
    report(f"Installing Debian packages: {' '.join(packages)}")
    waiting = ["-o", f"DPkg::Lock::Timeout={APT_LOCK_SECONDS}"]
    check_call([*apt_install(packages), *waiting], env=quiet, stdout=subprocess.DEVNULL)


def apt_install(packages: Sequence[str]) -> list[str]:
    """Return the command that installs `packages`."""
    return ["apt-get", "install", "--yes", "--no-install-recommends", *packages]


def package_names(missing: Iterable[str]) -> list[str]:
    """Return the packages of `missing` under the names that this release gives them, each once."""
    venv = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    others = {"venv": venv, "fonts": "fonts-dejavu-core", "Xvfb": "xvfb"}
    alternatives = [_alternatives(others.get(name) or QT_LIBRARIES[name]) for name in missing]
    candidates = _apt_candidates([package for names in alternatives for package in names])
    return list(dict.fromkeys(choose_package(names, candidates) for names in alternatives))


def choose_package(alternatives: Sequence[str], candidates: set[str]) -> str:
    """Return the first of `alternatives` that apt can install.

    Without package lists (a fresh container) apt knows no candidate: then the name is inferred from the release, which
    uses `t64` names if any installed package has one.
    """
    for name in alternatives:
        if name in candidates:
            return name
    is_t64_release = any(Path("/var/lib/dpkg/info").glob("libssl*t64*.list"))
    return alternatives[0] if is_t64_release else alternatives[-1]


def parse_candidates(policy: str) -> set[str]:
    """Return the packages with an installable version in the output of `apt-cache policy`; virtual ones have none."""
    found = re.findall(r"^(\S+):\n.*\n  Candidate: (.+)$", policy, flags=re.MULTILINE)
    return {name for name, version in found if version != "(none)"}


def _apt_candidates(packages: Sequence[str]) -> set[str]:
    english = {**os.environ, "LC_ALL": "C"}
    command = ["apt-cache", "policy", *packages]  # of the system, wherever it has it
    asked = subprocess.run(command, env=english, capture_output=True, text=True)
    return parse_candidates(asked.stdout)


def _alternatives(package: str) -> tuple[str, ...]:
    """Return the names of a library package since and before the change to a 64-bit time_t."""
    return (f"{package}t64", package) if package == "libglib2.0-0" else (package,)


def _has_ensurepip() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


def _has_xvfb() -> bool:
    return shutil.which("Xvfb") is not None


def _has_fonts() -> bool:
    files = (file for folder in FONT_FOLDERS for file in Path(folder).expanduser().rglob("*"))
    return any(file.suffix.lower() in (".ttf", ".otf", ".ttc") for file in files)
