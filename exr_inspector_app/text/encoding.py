"""Encoding of paths and names that are not valid UTF-8."""

from __future__ import annotations


def percent_encode_invalid(text: str) -> str:
    """A path or a name as it is stored: bytes that are not UTF-8 stand as %XX."""
    if text.isascii():
        return text
    return "".join(_percent(char) if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)


def original_bytes(text: str) -> bytes:
    """The bytes that a text was read from, where all its surrogates stand for some; otherwise itself as UTF-8."""
    escaped = all(0xDC80 <= ord(char) <= 0xDCFF for char in text if 0xD800 <= ord(char) <= 0xDFFF)
    return text.encode("utf-8", "surrogateescape" if escaped else "surrogatepass")


def _percent(char: str) -> str:
    code = ord(char)
    raw = bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else char.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)
