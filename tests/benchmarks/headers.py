"""Header parsing: five kinds of file, each as frames of three shows, no two of them equal; and unlike files."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.parser.header import clear_cache
from exr_inspector_app.model import payload
from tests.benchmarks.measure import Figures, Options, race
from tests.conftest import CORPUS
from tests.exr_files import Attributes, integer, string, studio_file, time_code, write_exr
from tests.exr_files.zoo import zoo
from tests.studio.render import renders

ROUNDS = 40
ALONE_ROUNDS, UNLIKE_ROUNDS = 3, 15
STRANGERS = CORPUS.parent.parent / "zoo"  # headers of files of other programs; the benchmark works without them
SHOWS, FRAMES = ("orca", "lynx", "wren"), 20


def _of_frame(frame: int, show: str) -> Attributes:
    return {"capDate": string(f"2026:11:04 18:00:{frame % 60:02}"), "owner": string(show)}


def _parts(frame: int, show: str) -> list[dict[str, Any]]:
    shared = {f"{show}/samples": integer(6), "timeCode": time_code(1, 0, 0, frame % 24)}
    return [{"channels": [f"a{n}.R", f"a{n}.G"], "attributes": shared} for n in range(8)]


def _text(frame: int, show: str) -> Attributes:
    return {**{f"note{n}": string(show * 100) for n in range(60)}, **_of_frame(frame, show)}


KINDS: dict[str, Callable[[Path, int, str], Path]] = {
    "plain": lambda path, frame, show: write_exr(path, attributes=_of_frame(frame, show)),
    "studio": lambda path, frame, show: studio_file(path, frame, show),
    "parts": lambda path, frame, show: write_exr(path, parts=_parts(frame, show)),
    "text": lambda path, frame, show: write_exr(path, attributes=_text(frame, show)),
    "tall": lambda path, frame, show: write_exr(path, width=2, height=2160, attributes=_of_frame(frame, show)),
}


def headers(folder: Path, _options: Options) -> Figures:
    """Measure header and payload in processor time, relative to OpenImageIO's specs and attributes.

    The ratio is the worst kind's.

    `KIND` is the ratio for frames of shows of which one frame was read before, each frame once. `KIND_first` is the
    ratio for the first file of a process.
    """
    figures: Figures = {}
    for kind, make in KINDS.items():
        first, *frames = [
            [str(make(folder / show / kind / f"{kind}.{frame}.exr", frame, show)) for show in SHOWS]
            for frame in range(1001, 1002 + FRAMES)
        ]
        paths = [path for frame in frames for path in frame]  # the shows take turns
        works = [partial(_prepare, first), partial(_ours, paths), partial(_theirs, paths)]
        _, mine, other = race(works, ROUNDS, time.process_time)
        (alone,) = race([partial(_each_alone, paths)], ALONE_ROUNDS, time.process_time)
        figures |= {kind: mine / other, f"{kind}_first": alone / other}
        figures |= {f"{kind}_us": mine / len(paths) * 1e6, f"{kind}_openimageio_us": other / len(paths) * 1e6}
    return {"ratio": max(figures[kind] for kind in KINDS), **figures, "goal": 1.0}


def headers_unlike(folder: Path, _options: Options) -> Figures:
    """Measure header and payload of unlike files, relative to OpenImageIO, in processor time.

    The ratio is that of the sums, each file once per round, while the header cache holds what fits of the round before,
    and the larger one of the two sets. `SET_first` is the ratio for a folder that is read for the first time.
    """
    figures: Figures = {}
    sets = {"suite": _suite_files(folder / "suite"), "strangers": _strangers(folder / "strangers")}
    sets = {name: [path for path in paths if _is_read_by_both(path)] for name, paths in sets.items()}
    for name, paths in sets.items():
        if not paths:
            continue
        works = [clear_cache, partial(_ours, paths), partial(_ours, paths), partial(_theirs, paths)]
        _, first, again, other = race(works, UNLIKE_ROUNDS, time.process_time)
        figures |= {name: again / other, f"{name}_first": first / other, f"{name}_files": len(paths)}
        figures |= {f"{name}_us": again / len(paths) * 1e6, f"{name}_openimageio_us": other / len(paths) * 1e6}
    return {"ratio": max(figures[name] for name, paths in sets.items() if paths), **figures, "goal": 1.2}


def _suite_files(folder: Path) -> list[str]:
    """Write the files of the test zoo, and one render of each program and pass."""
    files = {f"{number}.exr": data for number, data in enumerate(zoo().values())}
    files |= {f"{made.program}/{made.name}.exr": made.data for made in renders(5, count=1, most=1)}
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return [str(folder / name) for name in files]


def _strangers(folder: Path) -> list[str]:
    """Copy the headers of real files at their full size, without the pixels; empty where there are none."""
    return list(_copy_strangers(folder)) if (STRANGERS / "manifest.tsv").is_file() else []


def _copy_strangers(folder: Path) -> Iterator[str]:
    for row in csv.DictReader((STRANGERS / "manifest.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"):
        path = folder / row["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((STRANGERS / row["file"]).read_bytes())
        os.truncate(path, int(row["size"]))
        yield str(path)


def _is_read_by_both(path: str) -> bool:
    import OpenImageIO as oiio

    image = oiio.ImageInput.open(path)
    if image is None:
        oiio.geterror()  # otherwise printed at the end of the process
        return False
    image.close()
    return bool(inspect_file(path).parts)


def _prepare(first: Sequence[str]) -> None:
    clear_cache()
    _ours(first)


def _ours(paths: Sequence[str]) -> None:
    for path in paths:
        payload(inspect_file(path))


def _each_alone(paths: Sequence[str]) -> None:
    for path in paths:
        clear_cache()
        payload(inspect_file(path))


def _theirs(paths: Sequence[str]) -> None:
    import OpenImageIO as oiio

    for path in paths:
        image = oiio.ImageInput.open(path)
        part = 0
        while image.seek_subimage(part, 0):
            [(one.name, one.type, one.value) for one in image.spec().extra_attribs]
            part += 1
        image.close()
