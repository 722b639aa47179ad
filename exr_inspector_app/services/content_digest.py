"""Digest of the contents of a file, which distinguishes files with equal headers and sizes."""

from __future__ import annotations

import hashlib
import os
import stat

from exr_inspector_app.contracts import StopCheck, never_stop

DIGEST_HEX_DIGITS = 32
MAX_DIGEST_BYTES = 2 << 30  # of a file that is read together with its preview: a second or two from a fast disk
_BLOCK_BYTES = 1 << 20


def content_digest(path: str, stop: StopCheck = never_stop, max_bytes: int | None = None) -> str | None:
    """Return the BLAKE2b digest of a regular file; None if it is too large, cannot be read, or `stop` returned True.

    Args:
        path: Path of the file on this machine.
        stop: Polled between blocks.
        max_bytes: Larger files are not read.
    """
    digest = hashlib.blake2b(digest_size=DIGEST_HEX_DIGITS // 2)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or (max_bytes is not None and status.st_size > max_bytes):
            return None
        with open(path, "rb") as file:
            while block := file.read(_BLOCK_BYTES):
                if stop():
                    return None
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()
