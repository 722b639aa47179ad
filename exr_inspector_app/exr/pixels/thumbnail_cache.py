"""Thumbnail cache on disk, shared by all processes of a user."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from exr_inspector_app import __version__
from exr_inspector_app.config.atomic_file import PRIVATE_FILE, make_private_folder, open_private, write_file
from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES, StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, DecodeLimitError, FaultCause, PixelsError, cause_of
from exr_inspector_app.exr.picture import PICTURE_VERSION
from exr_inspector_app.exr.pixels.decoded_picture import RgbImage
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding.sampled_image import TOO_LARGE
from exr_inspector_app.exr.pixels.operation_budget import SLOW_THUMBNAIL_BUDGET, THUMBNAIL_BUDGET, Budget

MAX_CACHE_BYTES = 256 * 2**20
_TRIM_INTERVAL = 200  # new thumbnails between two checks of the size of the folder
_TRIM_TARGET = 0.8  # of the maximum size, after the oldest thumbnails have been removed


class KnownFailureError(PixelsError):
    """Picture that could not be decoded at an earlier attempt; the file has not changed since."""


class ThumbnailCache:
    """Cache of JPEGs of at most 48 KB, by path, size and modification time of their files, and by PICTURE_VERSION.

    Several processes may use one folder. A file that is written again has another time and so another thumbnail.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_CACHE_BYTES) -> None:
        """Open a cache without reading it.

        Args:
            folder: Created with the first thumbnail.
            max_bytes: Size of the folder at which the thumbnails that were used least recently are removed.
        """
        self._folder = folder
        self._max_bytes = max_bytes
        self._new_count = _TRIM_INTERVAL  # the first new thumbnail checks the size

    def get(self, path: str, decoder: Decoder, stop: StopCheck = never_stop) -> bytes:
        """Return the JPEG of a file's thumbnail, decoded if it is not cached.

        A folder that cannot be written costs time, not the thumbnail.

        Raises:
            DecodeCancelledError: `stop` returned True.
            PixelsError: The pixels cannot be decoded.
        """
        target = self._cached_path(path)
        cached = None if target is None else _read(target)
        if cached is not None:
            return cached
        data = decoder.thumbnail(path, stop=stop).data
        if target is not None:
            self._store(target, data)
        return data

    def get_many(
        self, paths: Iterable[str], decoder: Decoder, stop: StopCheck = never_stop
    ) -> Iterator[tuple[str, RgbImage | str]]:
        """Yield each path with its image, or the sentence why it has none, until `stop` returns True.

        Slow pictures come last. A failure is remembered until the file changes.
        """
        slow: list[str] = []
        for budget, group in ((THUMBNAIL_BUDGET, paths), (SLOW_THUMBNAIL_BUDGET, slow)):
            for path in group:
                if stop():
                    return
                try:
                    yield path, self._get_image(path, decoder, stop, budget)
                except DecodeCancelledError:
                    return
                except PixelsError as error:
                    if budget is THUMBNAIL_BUDGET and isinstance(error, DecodeLimitError):
                        slow.append(path)
                    else:
                        yield path, self._remember(path, error)

    def _get_image(self, path: str, decoder: Decoder, stop: StopCheck, budget: Budget) -> RgbImage:
        """Return the pixels of a thumbnail; one on disk that is not a JPEG is replaced.

        Raises:
            PixelsError: The pixels cannot be decoded, now or earlier.
        """
        target = self._cached_path(path)
        cached = None if target is None else _read(target)
        if cached is not None:
            try:
                return decoder.decode_jpeg(cached, stop=stop)
            except DecodeCancelledError:
                raise
            except PixelsError:
                cached = None
        failure = None if target is None else _read(_failure_path(target))
        if failure is not None:
            raise KnownFailureError(failure.decode("utf-8", "replace"))
        data = decoder.thumbnail(path, stop=stop, budget=budget).data
        if target is not None:
            self._store(target, data)
        return decoder.decode_jpeg(data, stop=stop)

    def _remember(self, path: str, error: PixelsError) -> str:
        """Store the failure of a file, unless the machine, the storage or a bug has caused it; return its sentence."""
        is_limit = isinstance(error, DecodeLimitError)
        sentence = TOO_LARGE if is_limit else error.sentence
        target = self._cached_path(path)
        is_lasting = is_limit or cause_of(error.code) is FaultCause.FILE
        if target is not None and is_lasting and not isinstance(error, KnownFailureError):
            self._store(_failure_path(target), sentence.encode("utf-8", "replace"))
        return sentence

    def _cached_path(self, path: str) -> Path | None:
        """Return the cache path of the thumbnail of a file, or None if the file does not exist."""
        try:
            stat = os.stat(path)
        except (OSError, ValueError):
            return None
        raw = os.fsencode(os.path.abspath(path))
        facts = (PICTURE_VERSION, raw, stat.st_size, stat.st_mtime_ns)
        name = hashlib.sha256(b"%d\0%s\0%d\0%d" % facts).hexdigest()
        return self._folder / name[:2] / f"{name[2:34]}.jpg"

    def _store(self, target: Path, data: bytes) -> None:
        """Write a thumbnail atomically; a failure is ignored."""
        try:
            make_private_folder(self._folder)
            make_private_folder(target.parent)
            write_file(target, data, PRIVATE_FILE, is_durable=False, follow_links=False)
        except OSError:
            return
        self._new_count += 1
        if self._new_count >= _TRIM_INTERVAL:
            self._new_count = 0
            self._trim()

    def _trim(self) -> None:
        """Remove the thumbnails that were used least recently, if the folder is too large."""
        files = []
        for file in self._folder.glob("??/*.*"):
            try:
                stat = file.stat()
            except OSError:  # another process has removed it
                continue
            files.append((stat.st_mtime_ns, stat.st_size, file))
        total = sum(size for _, size, _ in files)
        if total <= self._max_bytes:
            return
        for _, size, file in sorted(files):
            if total <= _TRIM_TARGET * self._max_bytes:
                return
            file.unlink(missing_ok=True)
            total -= size


def _failure_path(target: Path) -> Path:
    """Return the path for the sentence of a failure; another version of the program tries again."""
    return target.with_suffix(f".{__version__}.failed")


def _read(path: Path) -> bytes | None:
    """Return a cached thumbnail or sentence, or None, and mark it as used now."""
    try:
        with os.fdopen(open_private(path), "rb") as file:
            data = file.read(MAX_THUMBNAIL_BYTES + 1)
        os.utime(path)
    except OSError:
        return None
    return data if 0 < len(data) <= MAX_THUMBNAIL_BYTES else None
