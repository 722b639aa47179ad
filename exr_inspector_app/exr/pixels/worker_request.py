"""One request to the child that decodes, and what is said until it is answered."""

from __future__ import annotations

import time

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.shared_memory import Floats, SharedBuffer
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from exr_inspector_app.exr.pixels.worker_protocol import Message

_SLICE = 0.02  # seconds after which somebody who waits looks whether he should go on
_START = 30.0  # seconds in which a child must have begun; the machine may be busy, or the program far away
_GRACE = 0.5  # seconds in which the child must leave work that nobody wants any more
_MEANWHILE = frozenset(["need", "joined", "beat"])  # what the child says while it works
_SILENT = "The pixels were given up: nothing came for {:g} seconds. The file is damaged or its storage stalls."
_TOO_LARGE = "The picture needs {} of memory, more than the {} it may have; ask for a smaller one."


class WorkerRequest:
    """Sends the request, gives the memory that is asked for, and ends a child that is silent for too long."""

    def __init__(self, child: WorkerProcess, number: int, most_bytes: int, timeout: float) -> None:
        self._child = child
        self._number = number
        self._most = most_bytes
        self._timeout = timeout
        self._memory: SharedBuffer | None = None
        self.numbers: Floats | None = None  # in shared memory

    def run(self, word: Message, unwanted: StopCheck) -> Message:
        """The child's last word; raises EOFError or OSError where it dies, PixelsError where it is silent."""
        if unwanted():
            return {"stopped": True}
        lines = self._child.lines
        lines.send({**word, "number": self._number, "seconds": self._timeout})
        heard, told = time.monotonic(), False
        while True:
            said = lines.receive(_SLICE)
            now = time.monotonic()
            if not told and unwanted():
                lines.send({"number": self._number, "stop": True})
                heard, told = now, True
            if said is not None and said["number"] == self._number:
                self._child.has_spoken = True
                if not _MEANWHILE.intersection(said):
                    return said
                self._reply(said)
                heard = heard if told else now
            elif now - heard > (_GRACE if told else self._patience):
                self._child.end()
                if told:
                    return {"stopped": True}
                raise PixelsError(_SILENT.format(self._timeout))

    @property
    def _patience(self) -> float:
        """How many seconds the child may be silent."""
        return self._timeout if self._child.has_spoken else max(self._timeout, _START)

    def seal(self) -> None:
        """The memory has no name any more."""
        if self._memory is not None:
            self._memory.seal()

    def _reply(self, said: Message) -> None:
        """Gives the memory that is asked for; a sign of life needs no reply."""
        if "joined" in said:
            self.seal()
        if "need" not in said:
            return
        if said["need"] > self._most:
            raise PixelsError(_TOO_LARGE.format(_megabytes(said["need"]), _megabytes(self._most)))
        try:
            self._memory = memory = self._child.pool.take(said["need"])
        except OSError as error:
            raise PixelsError(f"There is no memory for the pixels: {error.strerror}.") from error
        self.numbers = memory.lend(said["need"])
        told = {"memory": memory.number, "name": memory.name, "size": memory.size, "keep": self._child.pool.numbers}
        self._child.lines.send({"number": self._number, **told})


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
