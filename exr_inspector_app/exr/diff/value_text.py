"""Value formatter: attribute values on one line of text."""

from __future__ import annotations

import struct
from base64 import b64decode
from collections.abc import Sequence
from itertools import pairwise

from exr_inspector_app.exr.parser.header_digest import hex_digest
from exr_inspector_app.model import StoredValue, Value

MAX_VALUE_ITEMS = 256  # items of a list that are shown
_QUOTIENT_ERROR = 1e-4  # that is rounded away: 24000/1001 is 23.976
_CONTEXT_CHARS = 20  # shown before the first difference of long values


def format_value(kind: str, value: Value) -> str:
    """Format a value on one line.

    Args:
        kind: Type of the attribute in the file.
        value: Decoded value.

    Returns:
        The text, not escaped. Binary data is formatted as its size and a digest, a list of more than MAX_VALUE_ITEMS
        items with its length and a digest.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # The shortest decimal that is this number at its precision.
        return repr(value) if kind.endswith(("d", "double")) else _float32_text(value)
    if isinstance(value, list):
        texts = [format_value(kind, item) for item in value[:MAX_VALUE_ITEMS]]
        nested = any(isinstance(item, list) for item in value)
        digest = hex_digest(repr(value).encode())[:8] if len(value) > MAX_VALUE_ITEMS else ""
        more = [f"… {len(value):,} in all ({digest})"] if digest else []
        return (" / " if nested else ", ").join(texts + more)
    if isinstance(value, dict):
        is_ratio = kind == "rational" and value.get("denominator")
        return _quotient(value["numerator"] / value["denominator"]) if is_ratio else _pairs(kind, value)
    return str(value)


def _float32_text(value: float) -> str:
    """Return the shortest decimal that is this number in 32 bits; without NumPy, which takes long to import."""
    if value - value != 0.0:  # NaN, infinite
        return str(value)
    try:
        bits = struct.pack("<f", value)
    except OverflowError:
        return repr(value)
    texts = (f"{value:.{digits}e}" for digits in range(9))
    return repr(float(next((text for text in texts if _has_bits(text, bits)), value)))


def _has_bits(text: str, bits: bytes) -> bool:
    """Return True if a decimal is the number of these 32 bits; one that is rounded up may be out of their range."""
    try:
        return struct.pack("<f", float(text)) == bits
    except OverflowError:
        return False


def _quotient(value: float) -> str:
    """Format a rational by its value: `24`, `23.976`, with more digits where three are not close to it."""
    rounded = round(value, 3)
    return f"{rounded:.12g}" if abs(value - rounded) < _QUOTIENT_ERROR else f"{value:.12g}"


def _pairs(kind: str, value: dict[str, Value]) -> str:
    """Format the pairs of a dict, binary data as its size and a digest."""
    if isinstance(value, StoredValue):
        return ", ".join(filter(None, [_pairs(kind, value.fields), _bytes_text(value.length, value.digest.hex())]))
    pairs = [f"{name} {format_value(kind, item)}" for name, item in value.items() if name not in ("encoding", "data")]
    if value.get("encoding") == "base64" and isinstance(value.get("data"), str):
        data = b64decode(value["data"])
        pairs.append(_bytes_text(len(data), hex_digest(data)))
    return ", ".join(pairs)


def _bytes_text(length: int, digest: str) -> str:
    """Format binary data as its size and a short digest."""
    return f"{length:,} bytes ({digest[:8]})"


def shorten_distinctly(texts: Sequence[str], max_chars: int) -> list[str]:
    """Shorten texts so that those that differ still differ.

    Args:
        texts: Texts, one at least.
        max_chars: Maximum length. Shortened texts are longer by the dots at their start and end.
    """
    if max(map(len, texts)) <= max_chars:
        return list(texts)
    distinct = sorted(set(texts))
    # A common prefix is skipped; the text with the longest common prefix is a neighbor in sorted order.
    shared = [0, *(_common_prefix(*pair) for pair in pairwise(distinct)), 0]
    starts = {text: max(0, max(shared[at : at + 2]) - _CONTEXT_CHARS) for at, text in enumerate(distinct)}
    return [_cut(text, starts[text], max_chars) for text in texts]


def _common_prefix(left: str, right: str) -> int:
    """Return the length of the common prefix of two texts."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(left), len(right)))


def _cut(text: str, start: int, max_chars: int) -> str:
    """Return the text from `start` on, with dots for omitted characters."""
    cut = f"…{text[start:]}" if start else text
    return cut if len(cut) <= max_chars else f"{cut[:max_chars]}…"
