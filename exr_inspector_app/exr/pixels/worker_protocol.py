"""JSON objects, one a line, between two processes, with patience that ends."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]

if sys.platform == "win32":
    import _winapi
    import msvcrt

    def _waits(handle: int, seconds: float) -> bool:
        """True once bytes can be read or the other side is gone; such pipes can only be asked again and again."""
        pipe, end = msvcrt.get_osfhandle(handle), time.monotonic() + seconds
        while True:
            try:
                if _winapi.PeekNamedPipe(pipe, 0)[0]:
                    return True
            except OSError:  # the other side is gone; reading will say so
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(0.002)
else:
    import select

    def _waits(handle: int, seconds: float) -> bool:
        """True once bytes can be read or the other side is gone."""
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(max(0, round(seconds * 1000))))


class JsonLineChannel:
    """What is said and heard through two pipes, by their file descriptors."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._heard = b""

    def send(self, word: Message) -> None:
        """One object is with the other side; raises OSError where that is gone."""
        data = json.dumps(word).encode("ascii") + b"\n"
        while data:
            data = data[os.write(self._outgoing, data) :]

    def receive(self, seconds: float) -> Message | None:
        """The next object, None where none comes in time; raises EOFError where the other side is gone."""
        end = time.monotonic() + seconds
        while b"\n" not in self._heard:
            if not _waits(self._incoming, end - time.monotonic()):
                return None
            data = os.read(self._incoming, 1 << 16)
            if not data:
                raise EOFError
            self._heard += data
        line, _, self._heard = self._heard.partition(b"\n")
        word: Message = json.loads(line)
        return word
