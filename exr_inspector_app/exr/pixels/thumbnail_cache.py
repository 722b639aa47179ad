"""Thumbnails on disk, so that a file's pixels are read once for all lists in which it stands."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels.decoder import Decoder

MOST_BYTES = 256 * 2**20
_LOOK_EVERY = 200  # new thumbnails between two looks at the size of the folder
_KEPT = 0.8  # of MOST_BYTES, after the oldest have been removed


class Thumbnails:
    """JPEGs of at most 48 KB in a folder, by path, size and date of their files; several processes may share it.

    A file that is written again, whatever changes in it, has another date and so another thumbnail.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes
        self._fresh = _LOOK_EVERY  # the first one looks

    def get(self, path: str, decoder: Decoder, stop: StopCheck = never_stop) -> bytes:
        """The thumbnail of a file, made where it is not there yet; raises PixelsError as `Decoder.thumbnail` does.

        A folder that cannot be written costs time, not the thumbnail.
        """
        kept = self._place(path)
        known = None if kept is None else _read(kept)
        if known is not None:
            return known
        data = decoder.thumbnail(path, stop=stop).data
        if kept is not None:
            self._keep(kept, data)
        return data

    def each(
        self, paths: Iterable[str], decoder: Decoder, stop: StopCheck = never_stop
    ) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its thumbnail; None where its pixels cannot be read."""
        for path in paths:
            if stop():
                return
            try:
                yield path, self.get(path, decoder, stop)
            except DecodeCancelledError:
                return
            except PixelsError:
                yield path, None

    def _place(self, path: str) -> Path | None:
        """Where the thumbnail of a file is kept; None for a file that is not there."""
        try:
            stat = os.stat(path)
        except (OSError, ValueError):
            return None
        raw = os.fsencode(os.path.abspath(path))
        name = hashlib.sha256(b"%s\0%d\0%d" % (raw, stat.st_size, stat.st_mtime_ns)).hexdigest()
        return self._folder / name[:2] / f"{name[2:34]}.jpg"

    def _keep(self, place: Path, data: bytes) -> None:
        """The thumbnail is on disk, whole or not at all."""
        fresh = place.with_name(f".{secrets.token_hex(8)}.new")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                fresh.write_bytes(data)
                os.replace(fresh, place)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError:
            return
        self._fresh += 1
        if self._fresh >= _LOOK_EVERY:
            self._fresh = 0
            self._trim()

    def _trim(self) -> None:
        """The thumbnails that have not been looked at for longest are gone, where all take too much room."""
        found = []
        for file in self._folder.glob("??/*.jpg"):
            try:
                stat = file.stat()
            except OSError:  # another process was quicker
                continue
            found.append((stat.st_mtime_ns, stat.st_size, file))
        total = sum(size for _, size, _ in found)
        if total <= self._most:
            return
        for _, size, file in sorted(found):
            if total <= _KEPT * self._most:
                return
            file.unlink(missing_ok=True)
            total -= size


def _read(place: Path) -> bytes | None:
    """A kept thumbnail, which counts as looked at now; None where there is none."""
    try:
        data = place.read_bytes()
        os.utime(place)
    except OSError:
        return None
    return data or None
