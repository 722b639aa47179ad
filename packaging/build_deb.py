"""Builds a Debian package of the bundle, with menu entry, MIME type, thumbnailer, man page and metadata.

python3 packaging/build_deb.py [OUT]    OUT is build/deb by default; unpacks the package and checks its program
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path

from build_bundle import NAME, build_bundle
from processes import check_call
from release_check import check_program, exit_code, size_of
from system_libraries import QT_LIBRARIES

ROOT = Path(__file__).resolve().parent.parent
LINUX = ROOT / "packaging" / "linux"
DESKTOP_ID = "io.github.exr_inspector.exr_inspector"  # as the program sets it, so that docks find its entry
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Source below the checkout: folder below /usr/share.
SHARED = {
    f"packaging/linux/{DESKTOP_ID}.desktop": "applications",
    f"packaging/linux/{DESKTOP_ID}.metainfo.xml": "metainfo",
    "packaging/linux/exr-inspector-mime.xml": "mime/packages",
    "packaging/linux/exr-inspector.thumbnailer": "thumbnailers",
    "packaging/LICENSE": f"doc/{NAME}",
    "packaging/NOTICE": f"doc/{NAME}",
    "packaging/CHANGELOG.md": f"doc/{NAME}",
    "resources/exr-inspector.svg": "icons/hicolor/scalable/apps",
}
RENAMED = {"libglib2.0-0": "libglib2.0-0t64 | libglib2.0-0"}  # since Debian 13 and Ubuntu 24.04
CONTROL = """Package: {name}
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Maintainer: The exr-inspector maintainers <maintainers@exr-inspector.invalid>
Installed-Size: {kilobytes}
Depends: {depends}
Description: Inspect, check and publish OpenEXR files
 Shows everything that is in an OpenEXR file, checks it against the rules of a
 show, publishes its metadata, and finds similar renders.
"""


def main(arguments: list[str]) -> int:
    """Build and check the package; return the exit code."""
    out = Path(arguments[0] if arguments else ROOT / "build" / "deb").resolve()
    return exit_code(lambda: build_and_check(out))


def build_and_check(out: Path) -> None:
    """Build in `out`, print the sizes, and check the result."""
    with tempfile.TemporaryDirectory(prefix="exr-inspector-deb-") as name:
        tree = lay_out(build_bundle(Path(name, "bundle")), Path(name, "tree"))
        package = build_package(tree, out)
        print(f"{package.name}: {size_of(package)}, installed {size_of(tree)}", flush=True)
        unpacked = Path(name, "unpacked")
        check_call(["dpkg-deb", "--extract", package, unpacked])
        check_program([unpacked / "opt" / NAME / NAME])


def lay_out(bundle: Path, tree: Path) -> Path:
    """Move the bundle and copy the files of the desktop to their places below `tree`, and return it."""
    (tree / "opt").mkdir(parents=True)
    shutil.move(bundle, tree / "opt" / NAME)
    share = tree / "usr" / "share"
    for source, folder in SHARED.items():
        (share / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / source, share / folder)
    manual = share / "man" / "man1" / f"{NAME}.1.gz"
    manual.parent.mkdir(parents=True)
    manual.write_bytes(gzip.compress((LINUX / f"{NAME}.1").read_bytes(), mtime=0))
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / NAME).symlink_to(f"../../opt/{NAME}/{NAME}")
    return tree


def build_package(tree: Path, out: Path) -> Path:
    """Write the control file and build the package in `out`."""
    text = (ROOT / "exr_inspector_app" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'__version__ = "(.+)"', text)
    version = match[1] if match else "0"
    architecture = ARCHITECTURES[platform.machine()]
    kilobytes = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1000
    control = CONTROL.format(
        name=NAME, version=version, architecture=architecture, kilobytes=kilobytes, depends=", ".join(dependencies())
    )
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
    out.mkdir(parents=True, exist_ok=True)
    package = out / f"{NAME}_{version}_{architecture}.deb"
    # xz takes minutes for hundreds of megabytes; dpkg has read zstd since Debian 12 and Ubuntu 18.04.
    check_call(["dpkg-deb", "--root-owner-group", "-Zzstd", "-z10", "--build", tree, package])
    return package


def dependencies() -> list[str]:
    """Return the packages with the libraries of Qt, and the C library of this machine, whose symbols are used."""
    libc = (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 2.34").split()[-1]
    names = dict.fromkeys(QT_LIBRARIES.values())
    return [f"libc6 (>= {libc})", *(RENAMED.get(name, name) for name in names)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
