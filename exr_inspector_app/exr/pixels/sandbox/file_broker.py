"""File broker: opens the file of the current request on behalf of a worker process that may open no file itself.

The filter of the worker suspends each `openat` for reading and notifies the broker, a thread of the parent. It answers
the path of the current request with a descriptor that it has opened, and lets all other calls run, which Landlock then
judges.

Source: seccomp_unotify(2), https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import socket
import sys
import threading
from struct import Struct

assert sys.platform == "linux"  # no other system imports it

_RECEIVE, _RESPOND, _ADD_DESCRIPTOR = 0xC0502100, 0xC0182101, 0x40182103
_NOTIFICATION = Struct("=QIIiIQ6Q")  # id, thread, flags; number, architecture, instruction, arguments of the call
_RESPONSE, _ADDITION = Struct("=QqiI"), Struct("=QIIII")
_CONTINUE = 1
BROKER_THREAD = "file broker"
HANDSHAKE = Struct("=QQ16s")  # process, address of a token in its memory, token
_MAX_PATH_BYTES = 4096
_OWN_DESCRIPTOR = re.compile(rb"/(?:dev|proc/self)/fd/(\d+)")


class FileBroker:
    """Thread that serves one worker until it is gone. `allow` and `send_descriptor` may be used by another thread."""

    def __init__(self, connection: socket.socket) -> None:
        """Start the thread, which owns the connection to the worker."""
        self._connection = connection
        connection.setblocking(False)  # a worker that does not receive must not block its parent
        self._path = b""
        self._identity: tuple[int, int] | None = None  # device and inode of the file, once opened
        self._process, self._memory, self._listener = 0, -1, -1
        self._thread = threading.Thread(target=self._run, name=BROKER_THREAD, daemon=True)
        self._thread.start()

    def allow(self, path: str) -> None:
        """Open only this file for the worker from now on."""
        self._identity = None
        self._path = os.fsencode(path)

    def join(self, timeout: float) -> None:
        """Wait up to `timeout` seconds until the thread has ended, as it does once the worker is gone."""
        self._thread.join(timeout)

    def send_descriptor(self, descriptor: int) -> None:
        """Pass a descriptor to the worker.

        Raises:
            OSError: The worker is gone or does not receive.
        """
        socket.send_fds(self._connection, [b"m"], [descriptor])

    def _run(self) -> None:
        try:
            if self._accept():
                self._serve()
        finally:
            self._connection.close()
            for descriptor in (self._memory, self._listener):
                if descriptor >= 0:
                    os.close(descriptor)

    def _accept(self) -> bool:
        """Receive the listener of a worker and reply whether its calls can be answered; False if it is gone."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        poll.poll()
        try:
            data, descriptors, _, _ = socket.recv_fds(self._connection, HANDSHAKE.size, 1)
        except OSError:
            return False
        self._listener = descriptors[0] if descriptors else -1
        if len(data) != HANDSHAKE.size:
            return False
        self._process, address, token = HANDSHAKE.unpack(data)
        is_readable = self._listener >= 0 and self._read_memory(address, len(token)) == token
        try:
            self._connection.send(b"\1" if is_readable else b"\0")
        except OSError:
            return False
        return True

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._connection, 0)  # reports that the worker is gone
        if self._listener >= 0:
            poll.register(self._listener, select.POLLIN)
        while True:
            if any(event & ~select.POLLIN for _, event in poll.poll()):
                return
            notification = bytearray(_NOTIFICATION.size)
            try:
                fcntl.ioctl(self._listener, _RECEIVE, notification)
                self._answer(*_NOTIFICATION.unpack(notification))
            except (FileNotFoundError, InterruptedError):  # the thread that called is gone, or calls again
                continue
            except OSError:
                return

    def _answer(self, call: int, thread: int, *arguments: int) -> None:
        """Answer one `openat`: with a descriptor, an error number, or the permission to continue."""
        address, flags = arguments[-5], arguments[-4]
        path = self._read_memory(address, _MAX_PATH_BYTES).partition(b"\0")[0]
        try:
            descriptor = self._open(path, flags, thread)
        except OSError as error:
            fcntl.ioctl(self._listener, _RESPOND, bytearray(_RESPONSE.pack(call, 0, -(error.errno or 5), 0)))
            return
        if descriptor is None:
            fcntl.ioctl(self._listener, _RESPOND, bytearray(_RESPONSE.pack(call, 0, 0, _CONTINUE)))
            return
        try:
            addition = bytearray(_ADDITION.pack(call, 0, descriptor, 0, os.O_CLOEXEC))
            number = fcntl.ioctl(self._listener, _ADD_DESCRIPTOR, addition)
        finally:
            os.close(descriptor)
        fcntl.ioctl(self._listener, _RESPOND, bytearray(_RESPONSE.pack(call, number, 0, 0)))

    def _open(self, path: bytes, flags: int, thread: int) -> int | None:
        """Return a descriptor of the file of the request, None for any other path.

        Raises:
            OSError: The file cannot be opened.
        """
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | (flags & os.O_NONBLOCK)
        if path and path == self._path:
            descriptor = os.open(path, flags)
            self._identity = _identify(os.fstat(descriptor))
            return descriptor
        own = _OWN_DESCRIPTOR.fullmatch(path)  # how a library opens a file whose name it cannot encode
        if own is None or self._identity is None:
            return None
        link = f"/proc/{thread}/fd/{int(own[1])}"
        if _identify(os.stat(link)) != self._identity:
            return None
        descriptor = os.open(link, flags)
        if _identify(os.fstat(descriptor)) == self._identity:
            return descriptor
        os.close(descriptor)
        return None

    def _read_memory(self, address: int, size: int) -> bytes:
        """Return bytes of the memory of the worker, fewer at the end of mapped memory, none if it is not readable."""
        try:
            if self._memory < 0:
                self._memory = os.open(f"/proc/{self._process}/mem", os.O_RDONLY | os.O_CLOEXEC)
            return os.pread(self._memory, size, address)
        except (OSError, OverflowError):
            return b""


def _identify(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
