"""Fault injection: which requests fail, how, and how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from .wire import RefusalError

BEFORE = ("slowdown", "error500", "reset", "delay", "hold", "status")
AFTER = ("drop_reply", "truncate", "stall")
FOREIGN = ("redirect", "oversize", "flood", "page", "packed", "garbage", "drip", "trickle")  # of hostile servers


@dataclass
class Fault:
    """Action for requests of one kind: the first `skip` of them pass, the next `times` fail."""

    kind: str
    action: str
    times: int = 1
    skip: int = 0

    @property
    def word(self) -> str:
        """Action without its argument."""
        return self.action.split(":")[0]

    @property
    def seconds(self) -> float:
        """Duration of a delay or a stall."""
        return float(self.action.split(":")[1])

    @property
    def argument(self) -> str:
        """Argument of the action."""
        return self.action.partition(":")[2]

    @property
    def refusal(self) -> RefusalError:
        """Error response that replaces the reply."""
        if self.word == "slowdown":
            return RefusalError(503, "SlowDown", "Please reduce your request rate.")
        if self.word == "error500":
            return RefusalError(500, "InternalError", "We encountered an internal error. Please try again.")
        _, status, code = self.action.split(":")
        return RefusalError(int(status), code, code)


class Faults:
    """Queue of pending faults. Thread-safe."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Append a fault; raise ValueError for an unknown action."""
        if fault.word not in BEFORE + AFTER + FOREIGN:
            raise ValueError(f"unknown action: {fault.action}")
        with self.lock:
            self.pending.append(fault)

    def clear(self) -> None:
        """Remove all pending faults."""
        with self.lock:
            self.pending.clear()

    def take(self, kind: str) -> Fault | None:
        """Return the fault for a request of this kind, counting it, or None."""
        with self.lock:
            for fault in self.pending:
                if fault.kind not in (kind, "*"):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if not fault.times:
                    self.pending.remove(fault)
                return fault
        return None
