"""Text encoding of paths and names that are not valid UTF-8."""

from __future__ import annotations


def percent_encode_invalid(text: str) -> str:
    """Replace undecodable bytes (surrogate escapes) by %XX, the form in which paths and names are stored."""
    if text.isascii():
        return text
    return "".join(_percent_encode(char) if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)


def original_bytes(text: str) -> bytes:
    """Return the bytes that a text was decoded from.

    If a surrogate is not an escaped byte, the text is encoded as UTF-8 with surrogates instead.
    """
    escaped = all(0xDC80 <= ord(char) <= 0xDCFF for char in text if 0xD800 <= ord(char) <= 0xDFFF)
    return text.encode("utf-8", "surrogateescape" if escaped else "surrogatepass")


def _percent_encode(char: str) -> str:
    code = ord(char)
    raw = bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else char.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)
