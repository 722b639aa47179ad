"""SHA-256 of headers; OpenSSL is not loaded for the first few, which takes longer than their digests."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, which takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_PLAIN_BYTES = 64 * 1024  # that the interpreter digests itself; OpenSSL is up to ten times as fast

_plain_bytes = 0
_fast: Callable[..., Any] | None = None  # of OpenSSL


def hex_digest(data: bytes | memoryview) -> str:
    """Return the SHA-256 of bytes in hex."""
    digest: str = (_fast or _choose(len(data)))(data, usedforsecurity=False).hexdigest()
    return digest


def _choose(size: int) -> Callable[..., Any]:
    """Return the function of this interpreter for the first bytes, that of OpenSSL for all further ones."""
    global _plain_bytes, _fast
    _plain_bytes += size
    if _plain_bytes <= MAX_PLAIN_BYTES and "_hashlib" not in sys.modules:
        try:
            module = import_module("_sha256" if sys.version_info < (3, 12) else "_sha2")
        except ImportError:  # another interpreter
            pass
        else:
            plain: Callable[..., Any] = module.sha256
            return plain
    from hashlib import sha256

    _fast = sha256
    return sha256
