"""Hash join on disk: rows of two large listings are spread over files by their key, and compared file by file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Self

BUCKET_COUNT = 96  # for each side a file; of 50 million files one pair takes about 700 MB while it is compared

Row = list[Any]  # the key, then values


class PathBuckets:
    """Two sets of files with one JSON list per line; used as a context manager, which closes them."""

    SIDES = ("listed", "stored")

    def __init__(self, folder: Path) -> None:
        self._paths = {side: [folder / f"{side}-{n:02}" for n in range(BUCKET_COUNT)] for side in self.SIDES}
        self._stack = ExitStack()
        self._files: dict[str, list[IO[str]]] = {}

    def __enter__(self) -> Self:
        for side, paths in self._paths.items():
            self._files[side] = [self._stack.enter_context(path.open("w", encoding="ascii")) for path in paths]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, side: str, key: str, values: Sequence[Any]) -> None:
        """Write a row to the file of its key."""
        number = zlib.crc32(key.encode("utf-8", "surrogateescape")) % BUCKET_COUNT
        self._files[side][number].write(json.dumps([key, *values]) + "\n")

    def pairs(self) -> Iterator[tuple[dict[str, Row], dict[str, Row]]]:
        """Yield the rows of both sides by key, bucket by bucket; call it once everything is added."""
        self._stack.close()
        for listed, stored in zip(*(self._paths[side] for side in self.SIDES), strict=True):
            yield _read(listed), _read(stored)


def _read(path: Path) -> dict[str, Row]:
    with path.open(encoding="ascii") as file:
        return {row[0]: row[1:] for row in map(json.loads, file)}
