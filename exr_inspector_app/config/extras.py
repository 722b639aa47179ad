"""Optional packages: the extra of this program that installs each of them, as `pyproject.toml` lists them."""

from __future__ import annotations

from exr_inspector_app.errors import MissingPackageError

EXTRAS = {
    "OpenEXR": "pictures",
    "OpenImageIO": "pictures",
    "PyOpenColorIO": "pictures",
    "PySide6": "gui",
    "boto3": "s3",
    "botocore": "s3",
    "duckdb": "library",
    "faiss": "library",
    "ibis": "vast",
    "keyring": "vast",
    "pyarrow": "library",
    "ray": "cluster",
    "tomlkit": "gui",
    "vastdb": "vast",
}  # by the name under which a package is imported


def missing_package_sentence(module: str) -> str:
    """Return the sentence about an optional package that is not installed; empty for any other module.

    Args:
        module: Name of the module that was not found, such as `duckdb` or `PySide6.QtCore`.
    """
    name = module.partition(".")[0]
    if name not in EXTRAS:
        return ""
    return f"The package {name} is not installed. Run: pip install 'exr-inspector[{EXTRAS[name]}]'."


def missing_library_sentence(message: str) -> str:
    """Return the sentence about a system library that Qt needs and the linker cannot find; empty for other messages.

    Args:
        message: Of an ImportError, such as `libGL.so.1: cannot open shared object file: No such file or directory`.
    """
    name, _, rest = message.partition(": ")
    if ".so" not in name or not rest.startswith("cannot open shared object"):
        return ""
    return (
        f"The system library {name} is missing. Install the libraries of Qt, as Troubleshooting in the help lists them."
    )


def is_installed(name: str) -> bool:
    """Return whether a package can be imported, without importing it."""
    from importlib.util import find_spec

    try:
        return find_spec(name) is not None
    except ImportError:
        return False


def require_package(name: str) -> None:
    """Check that an optional package is installed.

    Raises:
        MissingPackageError: It is not; the sentence names the extra that installs it.
    """
    if not is_installed(name):
        raise MissingPackageError(missing_package_sentence(name))
