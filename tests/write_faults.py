"""Faults of writing: calls that fail, and a disk that is full."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def nth_fault(call: str, number: int) -> Iterator[list[int]]:
    """Fail one call of a function of `os`, the one with this number from 0 on; yield the numbers of the calls."""
    calls: list[int] = []
    real = getattr(os, call)

    def count(*args: Any, **options: Any) -> Any:
        calls.append(len(calls))
        if calls[-1] == number:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, count)
        yield calls


@contextmanager
def fault(kind: str) -> Iterator[None]:
    """Inject a fault: a call that fails, or a disk that holds 10 bytes more."""

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    if kind == "full":
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, kind, fail)
        yield
