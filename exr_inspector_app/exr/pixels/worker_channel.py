"""Message channel over two pipes, with timeouts, and a socket on which descriptors are received."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time

from exr_inspector_app.exr.pixels.message_codec import decode_message, encode_message
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.worker_protocol import Message

MAX_LINE_BYTES = 32 * 2**20  # the statistics of 50,000 channels with long names fit
_READ_BYTES = 1 << 16
_PAUSE_BYTES, _PAUSE_S = 1 << 19, 0.02  # a flood is read at 25 MB/s at most: it cannot fill memory or hold the GIL
_SEND_TIMEOUT_S = 10.0  # of a process that does not read

if sys.platform == "win32":
    import _winapi
    import msvcrt

    _POLL_INTERVAL_S = 0.002

    def _is_readable(descriptor: int, timeout_s: float) -> bool:
        """Return True if bytes or the end of the pipe can be read; anonymous pipes on Windows can only be polled."""
        pipe, deadline = msvcrt.get_osfhandle(descriptor), time.monotonic() + timeout_s
        while True:
            try:
                if _winapi.PeekNamedPipe(pipe, 0)[0]:
                    return True
            except OSError:  # the other process is gone, which the read reports
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_INTERVAL_S)
else:
    import select

    def _is_readable(descriptor: int, timeout_s: float) -> bool:
        """Return True if bytes or the end of the pipe can be read within the timeout."""
        return _is_ready(descriptor, select.POLLIN, timeout_s)

    def _is_ready(descriptor: int, event: int, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(descriptor, event)
        return bool(poll.poll(max(0, round(timeout_s * 1000))))


class MessageChannel:
    """Channel of messages over two pipes, given by their file descriptors; for one thread at a time."""

    def __init__(self, incoming: int, outgoing: int, descriptors: socket.socket | None = None) -> None:
        """Create a channel.

        Args:
            incoming: Read from; belongs to the caller.
            outgoing: Written to. If it does not block, a process that does not read ends the sending.
            descriptors: Receives the descriptors that belong to messages; None if the system passes none.
        """
        self._incoming = incoming
        self._outgoing = outgoing
        self._descriptors = descriptors
        self._buffer = bytearray()

    def send(self, message: Message) -> None:
        """Write a message.

        Raises:
            ProtocolError: The message is longer than MAX_LINE_BYTES.
            OSError: The other process is gone, or does not read.
        """
        data = memoryview(encode_message(message))
        if len(data) > MAX_LINE_BYTES:
            raise ProtocolError(f"a line of more than {MAX_LINE_BYTES:,} bytes")
        while data:
            data = data[self._write(data) :]

    def _write(self, data: memoryview) -> int:
        """Return the number of bytes written."""
        try:
            return os.write(self._outgoing, data)
        except BlockingIOError:
            if sys.platform == "win32" or _is_ready(self._outgoing, select.POLLOUT, _SEND_TIMEOUT_S):
                return 0
            raise OSError(errno.ETIMEDOUT, "the process does not read") from None

    def receive(self, timeout_s: float) -> Message | None:
        """Return the next message, or None on timeout.

        Raises:
            EOFError: The other process is gone.
            ProtocolError: The line is not a valid message, or longer than MAX_LINE_BYTES.
        """
        deadline = time.monotonic() + timeout_s
        end = self._buffer.find(b"\n")
        while end < 0:
            if not _is_readable(self._incoming, deadline - time.monotonic()):
                return None
            data = os.read(self._incoming, _READ_BYTES)
            if not data:
                raise EOFError
            if len(self._buffer) > MAX_LINE_BYTES:
                raise ProtocolError(f"a line of more than {MAX_LINE_BYTES:,} bytes")
            newline = data.find(b"\n")
            end = newline if newline < 0 else len(self._buffer) + newline
            self._buffer += data
            if len(self._buffer) % _PAUSE_BYTES < len(data):
                time.sleep(_PAUSE_S)
            if end < 0 and time.monotonic() >= deadline:  # endless bytes do not extend the timeout
                return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return decode_message(line)

    def receive_descriptor(self) -> int | None:
        """Return the descriptor that belongs to the last message, None if the system passes none.

        Raises:
            EOFError: The other process is gone.
        """
        if sys.platform == "win32" or self._descriptors is None:
            return None
        _, descriptors, _, _ = socket.recv_fds(self._descriptors, 1, 1)
        if not descriptors:
            raise EOFError
        return descriptors[0]
