"""Package definition for rez (https://rez.readthedocs.io); `rez build` installs the wheel into the package."""

name = "exr_inspector"
version = "0.1.0"
description = "Inspect, check and publish OpenEXR files"
requires = ["python-3.11+<3.15"]
tools = ["exr-inspector"]
build_command = "python -m pip install --no-deps --target {install_path}/python {root}/../.."


def commands() -> None:
    """Put the program on the path of a rez environment."""
    env.PYTHONPATH.append("{root}/python")  # type: ignore[name-defined]  # noqa: F821
    env.PATH.append("{root}/python/bin")  # type: ignore[name-defined]  # noqa: F821
