"""SHA-256 of headers; OpenSSL is not loaded for the first few, which takes longer than their digests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

from exr_inspector_app.typing_forms import Any, TypeAlias

MAX_PLAIN_BYTES = 64 * 1024  # that the interpreter digests itself; OpenSSL is up to ten times as fast

_Function: TypeAlias = Callable[..., Any]
_plain_bytes = 0
_plain: _Function | None = None  # of the interpreter
_fast: _Function | None = None  # of OpenSSL


def hex_digest(data: bytes | memoryview) -> str:
    """Return the SHA-256 of bytes in hex."""
    digest: str = (_fast or _choose(len(data)))(data, usedforsecurity=False).hexdigest()
    return digest


def _choose(size: int) -> _Function:
    """Return the function of this interpreter for the first bytes, that of OpenSSL for all further ones."""
    global _plain_bytes, _plain, _fast
    _plain_bytes += size
    if _plain_bytes <= MAX_PLAIN_BYTES and "_hashlib" not in sys.modules:
        try:
            _plain = _plain or import_module("_sha256" if sys.version_info < (3, 12) else "_sha2").sha256
        except ImportError:  # another interpreter
            pass
        else:
            return _plain
    from hashlib import sha256

    _fast = sha256
    return sha256
