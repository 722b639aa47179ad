"""Message channel over two pipes, with timeouts."""

from __future__ import annotations

import os
import sys
import time

from exr_inspector_app.exr.pixels.worker_protocol import Message, ProtocolError, decode_message, encode_message

MAX_LINE_BYTES = 256 * 2**20  # the statistics of 50,000 channels with the longest names fit
_READ_BYTES = 1 << 16

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
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(max(0, round(timeout_s * 1000))))


class MessageChannel:
    """Channel of messages over two pipes, given by their file descriptors; for one thread at a time."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._buffer = bytearray()

    def send(self, message: Message) -> None:
        """Write a message.

        Raises:
            OSError: The other process is gone.
        """
        data = encode_message(message)
        while data:
            data = data[os.write(self._outgoing, data) :]

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
            if end < 0 and time.monotonic() >= deadline:  # endless bytes do not extend the timeout
                return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return decode_message(line)
