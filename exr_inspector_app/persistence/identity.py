"""Under which name one header at one path is known, on every machine of a studio the same."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Sequence

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Identity
from exr_inspector_app.model import Payload
from exr_inspector_app.text.encoding import original_bytes, percent_encode_invalid

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/{2,}")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_UNC = re.compile(r"^(?:\\\\|//)[^\\/]")
_DIGITS = re.compile(r"[0-9]+")
# Windows writes long paths as \\?\C:\... and \\?\UNC\server\share\...: another spelling of the same files.
_LONG_FORM = re.compile(r"^(?:\\\\|//)[?.][\\/](?:(UNC)[\\/]|(?=[A-Za-z]:[\\/]))", re.IGNORECASE)


def identify(path: str, frame_number: int | None, header_hash: str, roots: Sequence[Root] = ()) -> Identity:
    """The identity of a header at a path. Source: design section 3."""
    normal = normalize(path, roots)
    shown = percent_encode_invalid(normal)
    return Identity(
        file_path=display_path(path),
        file_path_normalized=shown,
        path_folded=_fold_case(shown),
        sequence_key=_sequence_key(shown, frame_number),
        header_hash=header_hash,
        file_id=hashlib.sha256(original_bytes(normal) + b"\0" + header_hash.encode()).hexdigest()[:32],
    )


def display_path(path: str) -> str:
    """The absolute path as this machine knows it, as it is stored for people to read."""
    return percent_encode_invalid(path if _is_rooted(path) else os.path.abspath(path))


def normalize(path: str, roots: Sequence[Root] = ()) -> str:
    """The path in the one form that all machines share; it may hold surrogate-escaped bytes."""
    plain, foreign = _absolute(path)
    best: tuple[Root, str] | None = None
    for root in roots:
        for prefix in root.prefixes:
            rest = _strip_prefix(plain, foreign, prefix)
            # By what is left, not by the prefix as it was typed: `/mnt/p//` is no longer than `/mnt/p`.
            if rest is not None and (best is None or len(rest) < len(best[1])):
                best = (root, rest)
    if best is None:
        return _fold_case(plain) if foreign else plain
    root, rest = best
    mapped = f"{root.name}:/{rest}"
    return _fold_case(mapped) if root.fold_case else mapped


def header_hash_of(payload: Payload) -> str:
    """The payload's own header hash, or the hash of what it tells where it has none."""
    known = payload["file"].get("header_hash")
    if known:
        return str(known)
    told = {name: payload.get(name) for name in ("parts", "channels", "attributes")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _absolute(path: str) -> tuple[str, bool]:
    """The path with / between its parts and no dots, in NFC, and whether it is a Windows drive or UNC path."""
    path = _LONG_FORM.sub(lambda found: "//" if found.group(1) else "", unicodedata.normalize("NFC", path))
    url = _URL.match(path)
    if url:
        return f"{url.group(1).lower()}://{_clean_segments(path[url.end() :], kept=1)}", False
    if _DRIVE.match(path):
        return f"{path[:2]}/{_clean_segments(path[2:].replace(chr(92), '/'))}", True
    if _UNC.match(path):
        return f"//{_clean_segments(path.replace(chr(92), '/'), kept=2)}", True
    if not path.startswith("/"):
        path = f"{os.getcwd()}/{path}"
        if os.name == "nt":
            return _absolute(path)
    return f"/{_clean_segments(path)}", False


def _is_rooted(path: str) -> bool:
    """True where a path says by itself where it lies, on whatever system."""
    return bool(path.startswith("/") or _URL.match(path) or _DRIVE.match(path) or _UNC.match(path))


def _fold_case(text: str) -> str:
    """Lower case; composed again, which lower-casing may undo."""
    return unicodedata.normalize("NFC", text.lower())


def _clean_segments(path: str, kept: int = 0) -> str:
    """The parts of a path without empty ones, `.` and `..`; `..` does not leave the first `kept` of them."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[max(len(parts) - 1, kept) :]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _strip_prefix(plain: str, foreign: bool, prefix: str) -> str | None:
    """What follows a prefix in a path; None where the path does not lie under it."""
    head, either_case = _absolute(prefix)
    head = head.rstrip("/")
    start = plain[: len(head)]
    fits = start.lower() == head.lower() if foreign and either_case else start == head
    rest = plain[len(head) :]
    if not fits or (rest and not rest.startswith("/")):
        return None
    return rest.lstrip("/")


def _sequence_key(path: str, frame_number: int | None) -> str:
    """The path with its frame's digits as #, one for each, so that padding counts."""
    if frame_number is None:
        return path
    folder, slash, name = path.rpartition("/")
    dot = name.rfind(".")
    wanted = str(frame_number).lstrip("0")
    for match in reversed(list(_DIGITS.finditer(name, 0, dot if dot > 0 else len(name)))):
        if match.group().lstrip("0") == wanted:  # as text: Python reads no number of thousands of digits
            hashes = "#" * len(match.group())
            return f"{folder}{slash}{name[: match.start()]}{hashes}{name[match.end() :]}"
    return path
