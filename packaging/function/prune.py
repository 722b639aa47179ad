"""Pruner of the function's environment: deletes files of its packages that the function never loads.

python3 prune.py SITE_PACKAGES    delete them from this folder, and print its size before and after

Use it on the packages of an image only, never on an environment that other programs use.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

# Packages that the SDK requires, but imports only for functions that this one does not call.
PACKAGES = (
    "cachetools", "click", "fb303", "fsspec", "hive_metastore", "markdown_it", "mdurl", "pip", "pkg_resources",
    "pygments", "pyiceberg_core", "pyparsing", "pyroaring.*", "setuptools", "tenacity", "zstandard",
)  # fmt: skip
PARTS = (
    # Apache Arrow: RPC, the sources and headers for extensions, links that only linkers use, and the tests.
    "pyarrow/*flight*",
    "pyarrow/include",
    "pyarrow/src",
    "pyarrow/tests",
    "pyarrow/_pyarrow_cpp_tests*",
    "pyarrow/*.pxi",
    "pyarrow/*.pyx",
    "pyarrow/includes",
    "pyarrow/libarrow_python*.so",
    "pyarrow/libarrow_python*.so.*.*.*",
    "numpy/f2py",
    "numpy/distutils",
    "numpy/_core/include",
    "numpy/_core/lib/*.a",
    "numpy/random/lib/*.a",
    "ibis/backends/*/",
    "vastdb/bench",
    "adbc_driver_manager/*.cc",
    "adbc_driver_manager/*.h",
    "adbc_driver_manager/*.hpp",
    "adbc_driver_manager/*.pyx",
    "adbc_driver_manager/_backward*.so",
)
KEPT = ("ibis/backends/sql",)
BOTOCORE_SERVICES = ("s3", "sts")  # of about 400
EVERYWHERE = ("tests", "*.pyi", "*.c", "*.cpp", "*.pxd")


def main(arguments: Sequence[str]) -> int:
    """Delete from the folder in the first argument and return the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-") or not Path(arguments[0], "vastdb").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    site = Path(arguments[0])
    before = size_mb(site)
    for path in sorted(set(unused(site))):
        delete(path)
    print(f"{site}: {before:.0f} MB before, {size_mb(site):.0f} MB after")
    return 0


def unused(site: Path) -> Iterator[Path]:
    """Yield files and folders that the function never loads."""
    kept = {site / name for name in KEPT}
    for pattern in (*PACKAGES, *PARTS):
        yield from (path for path in site.glob(pattern) if path not in kept)
    for service in (site / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in BOTOCORE_SERVICES:
            yield service
    for folder, folders, files in os.walk(site):
        names = [name for pattern in EVERYWHERE for name in fnmatch.filter([*folders, *files], pattern)]
        folders[:] = [name for name in folders if name not in names]
        yield from (Path(folder, name) for name in names if folder != str(site))


def delete(path: Path) -> None:
    """Delete a file, a link or a folder; one in a folder that is deleted already is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def size_mb(folder: Path) -> float:
    """Return the size of all files in a folder, as `du --apparent-size` counts it."""
    paths = (os.path.join(above, name) for above, _, names in os.walk(folder) for name in names)
    return sum(os.lstat(path).st_size for path in paths) / 2**20


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
