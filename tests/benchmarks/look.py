"""Retrieval of images by look.

Photographs are included if they are installed. They come from two Debian packages,
`apt-get install lomiri-wallpapers-16.04 lomiri-wallpapers-20.04`.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio

from exr_inspector_app.contracts import LOOK_DIM, Vector
from exr_inspector_app.embedding import has_structure, look_embedding
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.picture import choose_picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from tests.benchmarks.measure import Figures, Options
from tests.conftest import CORPUS, ZOO
from tests.embedding.looks import VARIANTS, Pixels, average_precision, scene

PICTURES = 150
# Files of the corpus with the same image as another one: views, frames, other windows, other storage.
_TWINS = ("DisplayWindow", "Beachball", "_YC", "XYZ", "NanInf", "Cube", "AllHalf", "Stereo", "LowResLeftView/Trunks")
_PHOTOGRAPHS = Path("/usr/share/backgrounds")  # of both packages
_SIZE = 256  # pixels of the longer side, as for thumbnails
_LEAST_SIZE = 16  # of a real file, whose versions are smaller
_SAME_PICTURE = 0.97  # score from which real files show the same picture
_GOAL = 0.95


def _real() -> list[Pixels]:
    """Return the distinct images of the corpus, if this machine has it."""
    decoder = Decoder()
    images = []
    for path in sorted(CORPUS.rglob("*.exr")):
        if any(word in str(path) for word in _TWINS) or not choose_picture(inspect_file(str(path)).parts):
            continue
        pixels = decoder.thumbnail(str(path)).picture.pixels
        images.append(np.array(pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)))
    decoder.close()
    return images


def _real_files() -> list[Pixels]:
    """Return the distinct images of the real files that are complete, if this machine has them."""
    manifest = ZOO / "manifest.tsv"
    if not manifest.is_file():
        return []
    images: list[Pixels] = []
    looks: list[Vector] = []
    with closing(Decoder()) as decoder, manifest.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            try:
                pixels = decoder.thumbnail(str(ZOO / row["file"])).picture.pixels
            except PixelsError:  # no picture, or cut behind the header
                continue
            if min(pixels.shape[:2]) < _LEAST_SIZE or not has_structure(pixels):
                continue
            vector = look_embedding(pixels)
            if all(float(vector @ other) < _SAME_PICTURE for other in looks):
                images.append(np.array(pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, 2)))
                looks.append(vector)
    return images


def _photographs() -> list[Pixels]:
    """Return the photographs of this machine in linear light."""
    return [_photograph(path) for path in sorted(_PHOTOGRAPHS.glob("*_by_*.jpg"))]


def _photograph(path: Path) -> Pixels:
    picture = oiio.ImageBuf(str(path))
    scale = _SIZE / max(picture.spec().width, picture.spec().height)
    width, height = round(picture.spec().width * scale), round(picture.spec().height * scale)
    small = oiio.ImageBufAlgo.resize(picture, roi=oiio.ROI(0, width, 0, height, 0, 1, 0, 3))
    shown = np.clip(small.get_pixels(oiio.FLOAT), 0, 1)
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _tiny(pixels: Pixels) -> Any:
    """Return a baseline vector: grey at 16 x 16, as many programs compare images."""
    rows, columns = (np.arange(16) * size // 16 for size in pixels.shape[:2])
    grey = np.nan_to_num(np.add.reduceat(np.add.reduceat(pixels.mean(2), rows, 0), columns, 1)).ravel()
    grey = grey - grey.mean()
    return grey / max(float(np.linalg.norm(grey)), 1e-9)


def _random() -> Callable[[Pixels], Any]:
    """Return a baseline without information: a random vector per image."""
    dice = np.random.default_rng(3)
    return lambda _: dice.standard_normal(LOOK_DIM)


def _precision(pictures: list[Pixels]) -> float:
    """Return the mean average precision of the versions of each picture among those of all."""
    owner = np.tile(np.arange(len(pictures)), len(VARIANTS))
    with np.errstate(invalid="ignore"):  # Infinity in pictures
        library = np.stack([look_embedding(change(one)) for change in VARIANTS.values() for one in pictures])
    found = [average_precision(library @ look_embedding(one), owner == at) for at, one in enumerate(pictures)]
    return float(np.mean(found))


def look(_folder: Path, _options: Options) -> Figures:
    """Measure the mean average precision among 150 images with eight versions each, relative to the goal."""
    photographs = _photographs()
    real = [*photographs, *_real()][:PICTURES]
    pictures = real + [scene(seed) for seed in range(PICTURES - len(real))]
    versions = [np.asarray(change(pixels), np.float32) for change in VARIANTS.values() for pixels in pictures]
    owner = np.tile(np.arange(PICTURES), len(VARIANTS))
    figures: dict[str, float] = {}
    if others := _real_files():
        figures |= {"map_real_files": _precision(others), "real_files": len(others)}
    for name, vector in {"map": look_embedding, "map_tiny_grey": _tiny, "map_random": _random()}.items():
        start = time.perf_counter()
        library = np.stack([vector(pixels) for pixels in versions])
        figures[f"ms_{name}"] = (time.perf_counter() - start) / len(versions) * 1000
        scores = [average_precision(library @ vector(pixels), owner == index) for index, pixels in enumerate(pictures)]
        figures[name] = float(np.mean(scores))
        if photographs:
            figures[f"{name}_photographs"] = float(np.mean(scores[: len(photographs)]))
    origin = {"photographs": len(photographs), "from_corpus": len(real) - len(photographs)}
    return {"ratio": figures["map"] / _GOAL, **figures, **origin, "goal": 1.0}
