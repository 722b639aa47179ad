"""Segment of the index: rows of files as numbers, and the details of hits in small compressed batches.

`rows.N.dat` has one record of ROW per file, then one of _BATCH per batch in `details.N.dat`, and one for its end. A
batch is an Arrow record batch of BATCH_ROWS files (https://arrow.apache.org/docs/format/Columnar.html), compressed with
LZ4, and read when a hit is in it. Numbers are little-endian.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.index.checks import IndexDamagedError
from exr_inspector_app.persistence.index.index_file import IndexFile, new_file, open_file
from exr_inspector_app.persistence.similarity import hits

BATCH_ROWS = 64  # a hit costs one batch, about 0.1 ms
_MAX_DECODED = 64  # batches in memory, about 20 KB each, for searches that find the same files again
ROW = np.dtype(
    [
        *(("number", "<i8"), ("time", "<i8"), ("sequence", "<u8"), ("path", "<u8"), ("header", "<u8")),
        *(("vector", "<i4"), ("embedding_version", "<i4")),
    ]
)
_BATCH = np.dtype([("start", "<u8"), ("size", "<u4"), ("check", "<u4")])  # `size` before compression
_CODEC = "lz4"
DETAILS = pa.schema(
    [
        *(schema.FILES.field(name) for name in hits.HEADER_COLUMNS),
        *(schema.PARTS.field(name) for name in hits.PART_COLUMNS),
        pa.field("camera", pa.string()),
    ]
)

RowArray = npt.NDArray[Any]  # of ROW


class SegmentSize(NamedTuple):
    """Checksum of the rows of a segment and size of its details."""

    rows_check: int
    details_bytes: int


class Segment:
    """Open segment. Its rows are in memory; its details are read from the file."""

    def __init__(self, rows: RowArray, batches: npt.NDArray[Any], details: IndexFile) -> None:
        self.rows = rows
        self._batches = batches
        self._details = details
        self._decoded: dict[int, pa.RecordBatch] = {}  # by number, the last ones

    def read_details(self, rows: npt.NDArray[np.int64], columns: Sequence[str] = DETAILS.names) -> list[dict[str, Any]]:
        """Return the details of some rows, or columns of them, in the order given.

        Raises:
            IndexDamagedError: A batch is cut or altered.
        """
        numbers = rows // BATCH_ROWS
        batches = {number: self._batch(number).select(list(columns)) for number in set(numbers.tolist())}
        return [
            batches[number].slice(position, 1).to_pylist()[0]
            for number, position in zip(numbers.tolist(), (rows % BATCH_ROWS).tolist(), strict=True)
        ]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all batches of details."""
        return (self._read_batch(number) for number in range(len(self._batches) - 1))

    def _batch(self, number: int) -> pa.RecordBatch:
        """Return one batch of details, from memory if a search has read it lately."""
        batch = self._decoded.get(number)
        if batch is None:
            batch = self._read_batch(number)
            if len(self._decoded) >= _MAX_DECODED:
                self._decoded = {}
            self._decoded[number] = batch
        return batch

    def _read_batch(self, number: int) -> pa.RecordBatch:
        start, stop = self._batches["start"][number : number + 2].tolist()
        data = np.empty(stop - start, np.uint8)
        self._details.read(start, data)
        if zlib.crc32(data.data) != self._batches["check"][number]:
            raise IndexDamagedError(f"{self._details.name} is altered")
        try:
            plain = pa.decompress(pa.py_buffer(data), int(self._batches["size"][number]), codec=_CODEC)
            batch = pa.ipc.read_record_batch(plain, DETAILS)
            batch.validate(full=True)
        except pa.ArrowException as error:
            raise IndexDamagedError(str(error)) from error
        return batch


def write_segment(folder: Path, generation: int, rows: RowArray, details: pa.Table) -> SegmentSize:
    """Write the files of a segment.

    Raises:
        OSError: A file cannot be written.
    """
    combined = details.combine_chunks()
    batches = np.zeros(-(-len(rows) // BATCH_ROWS) + 1, _BATCH)
    size = 0
    with new_file(folder / details_name(generation)) as file:
        for number, start in enumerate(range(0, len(rows), BATCH_ROWS)):
            (batch,) = combined.slice(start, BATCH_ROWS).to_batches()
            plain = batch.serialize()
            data = pa.compress(plain, codec=_CODEC, asbytes=True)
            file.write(size, data)
            batches[number] = size, len(plain), zlib.crc32(data)
            size += len(data)
    batches["start"][-1] = size
    content = rows.tobytes() + batches.tobytes()
    with new_file(folder / rows_name(generation)) as file:
        file.write(0, content)
    return SegmentSize(zlib.crc32(content), size)


def open_segment(folder: Path, generation: int, files: int, size: SegmentSize) -> Segment:
    """Open a segment of some number of files, whose rows are read and checked.

    Raises:
        OSError: A file cannot be opened.
        IndexDamagedError: The rows are cut or altered, or a file was replaced.
    """
    content = np.empty(rows_bytes(files), np.uint8)
    with open_file(folder / rows_name(generation)) as file:
        file.read(0, content)
    if zlib.crc32(content.data) != size.rows_check:
        raise IndexDamagedError(f"{rows_name(generation)} is altered")
    split = files * ROW.itemsize
    rows, batches = content[:split].view(ROW), content[split:].view(_BATCH)
    return Segment(rows, batches, open_file(folder / details_name(generation)))


def rows_bytes(files: int) -> int:
    """Return the size of the rows file of a segment."""
    return files * ROW.itemsize + (-(-files // BATCH_ROWS) + 1) * _BATCH.itemsize


def rows_name(generation: int) -> str:
    """Return the name of the file with the rows of a segment."""
    return f"rows.{generation}.dat"


def details_name(generation: int) -> str:
    """Return the name of the file with the details of a segment."""
    return f"details.{generation}.dat"
