"""Reading headers."""

from __future__ import annotations

from pathlib import Path

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import payload
from tests.benchmarks.measure import Figures, Options, best
from tests.exr_files import string, studio_file, write_exr


def _kinds(folder: Path) -> list[Path]:
    """Five kinds of file: plain, many channels, multi-part, large attributes, many chunks."""
    return [
        write_exr(folder / "plain.exr"),
        studio_file(folder / "studio.1001.exr"),
        write_exr(folder / "parts.exr", parts=[{"channels": [f"a{n}.R", f"a{n}.G"]} for n in range(8)]),
        write_exr(folder / "text.exr", attributes={f"note{n}": string("x" * 400) for n in range(60)}),
        write_exr(folder / "tall.exr", width=2, height=2160),
    ]


def headers(folder: Path, _options: Options) -> Figures:
    """Header and payload against OpenImageIO's specs and all their attributes."""
    import OpenImageIO as oiio

    paths = [str(path) for path in _kinds(folder)]

    def ours() -> None:
        for path in paths:
            payload(inspect_file(path))

    def theirs() -> None:
        for path in paths:
            image = oiio.ImageInput.open(path)
            part = 0
            while image.seek_subimage(part, 0):
                [(one.name, one.type, one.value) for one in image.spec().extra_attribs]
                part += 1
            image.close()

    mine, other = best(lambda: [ours() for _ in range(20)]), best(lambda: [theirs() for _ in range(20)])
    return {"ratio": mine / other, "ours_us": mine / 100 * 1e6, "openimageio_us": other / 100 * 1e6, "goal": 1.0}
