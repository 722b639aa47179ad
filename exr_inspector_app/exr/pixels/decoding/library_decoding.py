"""Decoding of scan lines by the OpenEXR library, for compressions that are not unpacked here.

OpenImageIO refuses a part with subsampled channels; the library reads it. Its Python module takes whole files, so
stored chunks are handed over in a temporary file with a minimal header.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from struct import Struct, pack
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.minimal_header import minimal_header
from exr_inspector_app.exr.pixels.decoding.stored_chunks import StoredChunk
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Box2i, Part

_NAME = "OpenEXR"
_SPEC = find_spec(_NAME)
_MATH_SPEC = find_spec("Imath")  # which the library imports; Python 3.14 does not load it if that fails
_UNAVAILABLE = "Subsampled channels cannot be decoded: OpenEXR cannot be loaded ({}). Reinstall exr-inspector."
_CHUNK_HEAD = Struct("<ii")  # first line, and bytes of the data
Lines: TypeAlias = npt.NDArray[np.generic]  # (stored lines, stored columns) of one channel


def decode_lines(part: Part, box: Box2i, chunks: Sequence[StoredChunk]) -> dict[str, Lines] | None:
    """Decode consecutive chunks of a part of scan lines.

    Args:
        part: The part, from the header of its file.
        box: Pixels of the chunks, in full width.
        chunks: The chunks from top to bottom.

    Returns:
        The samples by channel, or None for data that the library cannot decode.

    Raises:
        PixelRequestError: The compression or a pixel type is unknown, or the library cannot be loaded.
    """
    header = minimal_header(part._replace(data_window=box, display_window=box), len(chunks))
    stored = [_CHUNK_HEAD.pack(chunk.box.min_y, len(chunk.data)) + chunk.data for chunk in chunks]
    starts = np.cumsum([len(header) + 8 * len(chunks), *map(len, stored)])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lines.exr")
        with open(path, "wb") as file:
            file.write(header + pack(f"<{len(chunks)}Q", *starts[:-1].tolist()))
            file.writelines(stored)
        return _read(path)


@cache
def _library() -> ModuleType:
    """Return the library, loaded with the first part that needs it; a broken installation affects no other part.

    Its place was found before the sandbox, in which folders of modules cannot be listed.

    Raises:
        PixelRequestError: It is not installed, or cannot be loaded.
    """
    try:
        if _SPEC is None:
            raise ImportError(f"No module named {_NAME}")
        if _MATH_SPEC is not None:
            _load(_MATH_SPEC)
        module = _load(_SPEC)
    except (ImportError, OSError) as error:
        raise PixelRequestError(_UNAVAILABLE.format(error), "decoder-start") from error
    return module


def _load(spec: ModuleSpec) -> ModuleType:
    """Return a module that is imported from the place that was found before."""
    if spec.loader is None:
        raise ImportError(f"No module named {spec.name}")
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def library_paths() -> list[str]:
    """Return the files and folders of the library, which the sandbox must leave readable."""
    if _SPEC is None:
        return []
    origins = [spec.origin for spec in (_SPEC, _MATH_SPEC) if spec and spec.origin]
    paths = [*origins, *(_SPEC.submodule_search_locations or ())]
    folders = {os.path.dirname(path) for path in paths}
    return [*paths, *(os.path.join(folder, f"{name}.libs") for folder in folders for name in (_NAME, _NAME.lower()))]


def _read(path: str) -> dict[str, Lines] | None:
    library: Any = _library()
    try:
        with library.File(path, separate_channels=True) as file:
            channels: dict[str, Any] = file.parts[0].channels
            return {name: np.array(channel.pixels) for name, channel in channels.items()}
    except (RuntimeError, ValueError, TypeError):  # damaged data, names that are not UTF-8
        return None
