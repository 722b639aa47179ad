"""File identity: path normalization, sequence keys, and file ids that are equal on every machine of a studio."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Identity
from exr_inspector_app.model import Payload
from exr_inspector_app.text.encoding import original_bytes, percent_encode_invalid

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/{2,}")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_UNC = re.compile(r"^(?:\\\\|//)[^\\/]")
_DIGITS = re.compile(r"[0-9]+")
# Windows spells long paths \\?\C:\... and \\?\UNC\server\share\...; they name the same files as the short forms.
_LONG_FORM = re.compile(r"^(?:\\\\|//)[?.][\\/](?:(UNC)[\\/]|(?=[A-Za-z]:[\\/]))", re.IGNORECASE)


def identify(path: str, frame_number: float | None, header_hash: str, roots: Sequence[Root] = ()) -> Identity:
    """Return the identity of a header at a path.

    Args:
        path: Path or URL as this machine spells it; relative paths are resolved against the working directory.
        frame_number: Frame number found in the file name; None for a single file.
        header_hash: Hash of the header, as `header_hash_of` returns it.
        roots: Path map of the studio; see `normalize`.

    Returns:
        The identity; `file_id` is the first 32 hexadecimal digits of the SHA-256 of the normalized path, a zero byte,
        and the header hash.
    """
    normalized = normalize(path, roots)
    encoded = percent_encode_invalid(normalized)
    return Identity(
        file_path=display_path(path),
        file_path_normalized=encoded,
        path_folded=_fold_case(encoded),
        sequence_key=_sequence_key(encoded, frame_number),
        header_hash=header_hash,
        file_id=hashlib.sha256(original_bytes(normalized) + b"\0" + header_hash.encode()).hexdigest()[:32],
    )


def display_path(path: str) -> str:
    """Return the absolute path as this machine spells it, with invalid UTF-8 percent-encoded, for display."""
    return percent_encode_invalid(path if is_rooted(path) else os.path.abspath(path))


def normalize(path: str, roots: Sequence[Root] = ()) -> str:
    """Return the form of a path that is equal on every machine.

    Args:
        path: Path or URL as this machine spells it.
        roots: Named roots with the prefixes under which machines mount them. The longest matching prefix is replaced
            by `NAME:/`; of prefixes of equal length the first root wins.

    Returns:
        An absolute path with forward slashes in NFC; it may contain surrogate-escaped bytes.
    """
    absolute, is_windows = _to_absolute(path)
    best: tuple[Root, str] | None = None
    for root in roots:
        for prefix in root.prefixes:
            rest = _strip_prefix(absolute, is_windows, prefix)
            # Compare by the remainder, not by the prefix as typed: `/mnt/p//` is no longer than `/mnt/p`.
            if rest is not None and (best is None or len(rest) < len(best[1])):
                best = (root, rest)
    if best is None:
        return _fold_case(absolute) if is_windows else absolute
    root, rest = best
    mapped = f"{root.name}:/{rest}"
    return _fold_case(mapped) if root.fold_case else mapped


def header_hash_of(payload: Payload | Mapping[str, Any]) -> str:
    """Return the header hash of a payload, or a hash of its content if it has none."""
    header_hash = payload["file"].get("header_hash")
    if header_hash:
        return str(header_hash)
    content = {name: payload.get(name) for name in ("parts", "channels", "attributes")}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _to_absolute(path: str) -> tuple[str, bool]:
    """Return the absolute path with forward slashes, without dots, in NFC; and whether it is a drive or UNC path."""
    path = _LONG_FORM.sub(lambda match: "//" if match.group(1) else "", unicodedata.normalize("NFC", path))
    url = _URL.match(path)
    if url:
        return f"{url.group(1).lower()}://{_clean_segments(path[url.end() :], fixed=1)}", False
    if _DRIVE.match(path):
        return f"{path[:2]}/{_clean_segments(path[2:].replace(chr(92), '/'))}", True
    if _UNC.match(path):
        return f"//{_clean_segments(path.replace(chr(92), '/'), fixed=2)}", True
    if not path.startswith("/"):
        path = f"{os.getcwd()}/{path}"
        if os.name == "nt":
            return _to_absolute(path)
    return f"/{_clean_segments(path)}", False


def is_rooted(path: str) -> bool:
    """Return True for a path that is absolute on any operating system."""
    return bool(path.startswith("/") or _URL.match(path) or _DRIVE.match(path) or _UNC.match(path))


def _fold_case(text: str) -> str:
    """Convert to lower case in NFC; lower-casing alone may leave a decomposed form."""
    return unicodedata.normalize("NFC", text.lower())


def _clean_segments(path: str, fixed: int = 0) -> str:
    """Remove empty segments, `.`, and `..`; `..` never removes one of the first `fixed` segments."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[max(len(segments) - 1, fixed) :]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/".join(segments)


def _strip_prefix(path: str, is_windows: bool, prefix: str) -> str | None:
    """Return the remainder of a path after a prefix, or None if the path is not below it."""
    head, is_windows_prefix = _prefix_form(prefix)
    start = path[: len(head)]
    matches = start.lower() == head.lower() if is_windows and is_windows_prefix else start == head
    rest = path[len(head) :]
    if not matches or (rest and not rest.startswith("/")):
        return None
    return rest.lstrip("/")


@lru_cache(maxsize=1024)
def _prefix_form(prefix: str) -> tuple[str, bool]:
    """Return the absolute form of a prefix without its last slash, and whether it is a drive or UNC path."""
    head, is_windows = _to_absolute(prefix)
    return head.rstrip("/"), is_windows


def _sequence_key(path: str, frame_number: float | None) -> str:
    """Return the path with each digit of its frame number replaced by #, so that padding is part of the key.

    Sign and fraction of the frame go with its digits: `foo.-0001.exr` and `foo.0001.25.exr` belong to `foo.####.exr`.
    """
    if frame_number is None:
        return path
    folder, slash, name = path.rpartition("/")
    dot = name.rfind(".")
    integer, _, fraction = f"{abs(frame_number):.9f}".partition(".")
    frame, fraction = integer.lstrip("0"), fraction.rstrip("0")
    runs = list(_DIGITS.finditer(name, 0, dot if dot > 0 else len(name)))
    for at, match in reversed(list(enumerate(runs))):
        after = runs[at + 1] if at + 1 < len(runs) and name[match.end() : runs[at + 1].start()] == "." else None
        rest = after[0].rstrip("0") if after else ""
        # Compared as text: int() rejects thousands of digits.
        if match[0].lstrip("0") == frame and (not fraction or rest == fraction):
            is_fraction = after is not None and rest == fraction and after.end() == dot
            start = match.start() - (frame_number < 0 and name[match.start() - 1 : match.start()] == "-")
            end = after.end() if after is not None and is_fraction else match.end()
            return f"{folder}{slash}{name[:start]}{'#' * len(match[0])}{name[end:]}"
    return path
