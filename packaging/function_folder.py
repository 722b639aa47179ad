"""Builder for the folder of the serverless function: entry points, requirements, and the core without the window."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MANIFEST = ".exr-inspector-function"
LEFT_OUT = ("gui", "cli", "backfill", "__main__.py", "worker_main.py", "__pycache__")
CACHES = ("__pycache__",)
SOURCES = ("requirements.in",)  # that the lock is compiled from
RESOURCES = ("embedding_mean.json",)  # of `resources/`, that the core reads without the window


class FolderRefusedError(Exception):
    """Output folder that holds files of others, or lies in the sources."""


def build_function(root: Path, out: Path) -> None:
    """Write the function of the checkout `root` to `out`, in place of an earlier result.

    The files are copied to a scratch folder in `out` and renamed, so that a failed copy leaves the earlier result.

    Raises:
        FolderRefusedError: `out` holds anything but an earlier result; nothing was changed.
    """
    check_output(root, out)
    out.mkdir(parents=True, exist_ok=True)
    earlier = list(out.iterdir())
    with tempfile.TemporaryDirectory(prefix=".function-", dir=out) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        shutil.copytree(root / "packaging" / "function", new, ignore=shutil.ignore_patterns(*CACHES, *SOURCES))
        left_out = shutil.ignore_patterns(*LEFT_OUT)
        shutil.copytree(root / "exr_inspector_app", new / "exr_inspector_app", ignore=left_out)
        shipped = new / "exr_inspector_app" / "resources"
        shipped.mkdir()
        for name in RESOURCES:
            shutil.copy2(root / "resources" / name, shipped / name)
        names = list_files(new)
        write_manifest(out, names | _earlier_files(out))  # of both, in case the renames are interrupted
        old.mkdir()
        for child in [child for child in earlier if child.name != MANIFEST]:
            child.rename(old / child.name)
        for child in new.iterdir():
            child.rename(out / child.name)
    write_manifest(out, names)


def write_manifest(out: Path, names: set[str]) -> None:
    """Record the files of the result, by which a later build recognizes it."""
    (out / MANIFEST).write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")


def check_output(root: Path, out: Path) -> None:
    """Raise FolderRefusedError unless `out` is absent, empty, or an earlier result without files of others."""
    for source in (root / "exr_inspector_app", root / "packaging"):
        if out.resolve().is_relative_to(source.resolve()):
            raise FolderRefusedError(f"{out} lies in the sources. Choose another folder.")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise FolderRefusedError(f"{out} is not a folder. Choose another name.")
    if not out.exists():
        return
    foreign = sorted(list_files(out) - _earlier_files(out))
    if foreign:
        raise FolderRefusedError(f"{out} holds {foreign[0]}, which `function` did not write. Choose an empty folder.")


def list_files(folder: Path) -> set[str]:
    """Return the files, links and empty folders in `folder`, relative to it and with slashes, without caches."""
    names: set[str] = set()
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in CACHES]
        links = [name for name in folders if Path(above, name).is_symlink()]
        here = Path(above).relative_to(folder)
        names.update((here / name).as_posix() for name in [*files, *links])
        if not files and not folders and above != str(folder):
            names.add(here.as_posix())
    return names


def _earlier_files(out: Path) -> set[str]:
    """Return the files of the earlier result in `out`, by its manifest."""
    manifest = out / MANIFEST
    return {MANIFEST, *manifest.read_text(encoding="utf-8").splitlines()} if manifest.is_file() else set()
