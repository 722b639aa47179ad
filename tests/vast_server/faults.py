"""Faults to inject: what goes wrong with which requests, and how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from .wire import Refusal

BEFORE = ("slowdown", "error500", "reset", "delay", "status")
AFTER = ("drop_reply", "truncate", "stall")


@dataclass
class Fault:
    """An action for requests of one kind: the first `skip` pass, the next `times` meet it."""

    kind: str
    action: str
    times: int = 1
    skip: int = 0

    @property
    def word(self) -> str:
        """The action without its argument."""
        return self.action.split(":")[0]

    @property
    def seconds(self) -> float:
        """How long a delay or a stall takes."""
        return float(self.action.split(":")[1])

    @property
    def refusal(self) -> Refusal:
        """What a request is refused with."""
        if self.word == "slowdown":
            return Refusal(503, "SlowDown", "Please reduce your request rate.")
        if self.word == "error500":
            return Refusal(500, "InternalError", "We encountered an internal error. Please try again.")
        _, status, code = self.action.split(":")
        return Refusal(int(status), code, code)


class Faults:
    """The faults that are still to come; safe to use from many threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Another fault, after those that are there."""
        if fault.word not in BEFORE + AFTER:
            raise ValueError(f"{fault.action} is no fault")
        with self.lock:
            self.waiting.append(fault)

    def clear(self) -> None:
        """No faults any more."""
        with self.lock:
            self.waiting.clear()

    def meet(self, kind: str) -> Fault | None:
        """The fault that a request of this kind meets."""
        with self.lock:
            for fault in self.waiting:
                if fault.kind not in (kind, "*"):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
