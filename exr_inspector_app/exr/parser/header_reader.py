"""Reader of headers: reads more bytes of a source as long as its headers continue."""

from __future__ import annotations

from exr_inspector_app.exr.parser.header import MAX_HEADER_BYTES, Header, HeaderParser, IncompleteHeaderError
from exr_inspector_app.exr.source.file_source import Source
from exr_inspector_app.exr.source.header_budget import HeaderReservation, reserve_for_header

TYPICAL_HEADER_BYTES = 64 * 1024  # most headers and their offset tables are smaller


def read_header(source: Source, data: bytes) -> tuple[bytes, Header]:
    """Parse the headers of a source, reading more bytes as long as they continue; values stay in memory.

    Args:
        source: Source of the file.
        data: Its first bytes, 8 at least.

    Returns:
        All bytes that were read, and the headers.

    Raises:
        OSError: The source cannot be read.
    """
    parser = HeaderParser(data, source.size)
    try:
        return data, parser.parse()
    except IncompleteHeaderError as error:
        return read_rest(parser, source, data, error.size)


def read_rest(
    parser: HeaderParser,
    source: Source,
    data: bytes,
    least: int,
    path: str = "",
    memory: HeaderReservation | None = None,
) -> tuple[bytes, Header]:
    """Parse the headers of a source that continue beyond its first bytes.

    The first read goes up to TYPICAL_HEADER_BYTES, each later one to four times as many bytes.

    Args:
        parser: Parser that has come to the end of `data`.
        source: Source of the file.
        data: Its first bytes.
        least: Number of bytes that the parser needs, as its IncompleteHeaderError has it.
        path: Path of the file on disk, in which large values stay; "" keeps them in memory.
        memory: Reservation that grows with the header.

    Returns:
        All bytes that were read, and the headers.

    Raises:
        OSError: The source cannot be read.
    """
    size = source.size
    parser.path = path
    while True:
        target = 4 * len(data) if len(data) >= TYPICAL_HEADER_BYTES else TYPICAL_HEADER_BYTES
        end = min(max(least, target), size, MAX_HEADER_BYTES)
        if memory is not None:
            memory.grow(end)
        more = source.read(len(data), end - len(data)) if end > len(data) else b""
        is_final = not more
        data += more
        del more  # up to 32 MB
        if is_final and source.has_all_bytes:
            size = len(data)  # the file was cut while it was read
        parser.supply(data, size, is_final)
        try:
            return data, parser.parse()
        except IncompleteHeaderError as error:
            least = error.size


def read_to(source: Source, data: bytes, end: int) -> bytes:
    """Return the bytes of a source up to `end`, fewer at its end; `data` is the part that was read before.

    Raises:
        OSError: The source cannot be read.
    """
    with reserve_for_header() as memory:
        memory.grow(end)
        return data + source.read(len(data), end - len(data))
