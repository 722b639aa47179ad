"""Connection of a worker process to its file broker: installs the filter that notifies the broker."""

from __future__ import annotations

import errno
import os
import select
import socket
import sys

from exr_inspector_app.exr.pixels.sandbox.kernel_calls import Pointer
from exr_inspector_app.exr.pixels.sandbox.syscall_filter import install_filter

if sys.platform == "linux":  # no other system imports this module
    from exr_inspector_app.exr.pixels.sandbox.file_broker import HANDSHAKE

assert sys.platform == "linux"

_REPLY_TIMEOUT_MS = 20_000  # the parent may be busy


def connect_filter(connection: socket.socket | None) -> bool:
    """Install the filter and return True if a broker answers the opening of files.

    Raises:
        OSError: The kernel or the container refuses the filter.
        NotImplementedError: The system calls of this processor are not known.
    """
    listener = _install(connection is not None)
    if listener is None or connection is None:
        return False
    token = os.urandom(16)
    memory = Pointer(token)
    try:
        socket.send_fds(connection, [HANDSHAKE.pack(os.getpid(), memory.address, token)], [listener])
    finally:
        os.close(listener)
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(_REPLY_TIMEOUT_MS)) and connection.recv(1) == b"\1"


def _install(is_notifying: bool) -> int | None:
    """Install the filter, without notifications where the kernel has none or another supervisor has them."""
    try:
        return install_filter(is_notifying)
    except OSError as error:
        if not is_notifying or error.errno not in (errno.EINVAL, errno.EBUSY, errno.ENOSYS):
            raise
        return install_filter(False)
