"""Named tuples of quick definition: they behave as those of `typing`."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any

import pytest

from exr_inspector_app import named_tuple
from exr_inspector_app.model import Box2i


class Quick(named_tuple.NamedTuple):
    """Window of a part."""

    name: str
    size: tuple[int, int] = (1, 2)
    note: str | None = None

    @property
    def label(self) -> str:
        """Name and size."""
        return f"{self.name} {self.size[0]}"


class Original(typing.NamedTuple):
    """Window of a part."""

    name: str
    size: tuple[int, int] = (1, 2)
    note: str | None = None

    @property
    def label(self) -> str:
        """Name and size."""
        return f"{self.name} {self.size[0]}"


USES: list[Callable[[Any], Any]] = [
    lambda kind: tuple(kind("a")),
    lambda kind: tuple(kind("a", note="b")),
    lambda kind: tuple(kind("a", (3, 4))._replace(name="c")),
    lambda kind: kind("a")._asdict(),
    lambda kind: kind._make(["a", (0, 0), None]).label,
    lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__bases__, kind.__doc__),
    lambda kind: repr(kind("a")).removeprefix(kind.__name__),
    lambda kind: (kind("a") == ("a", (1, 2), None), hash(kind("a")), kind("b").size),
    lambda kind: (type(copy.copy(kind("a"))) is kind, pickle.loads(pickle.dumps(kind("a"))) == kind("a")),
]
MISTAKES: list[Callable[[Any], Any]] = [
    lambda kind: kind(),
    lambda kind: kind("a", (1, 2), None, 4),
    lambda kind: kind("a", size=1, sise=2),
    lambda kind: kind._make(["a"]),
    lambda kind: kind("a")._replace(sise=2),
    lambda kind: setattr(kind("a"), "name", "b"),
    lambda kind: setattr(kind("a"), "other", "b"),
]


@pytest.mark.parametrize("use", USES)
def test_use(use: Callable[[Any], Any]) -> None:
    assert use(Quick) == use(Original)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)) as quick:
        mistake(Quick)
    with pytest.raises(quick.type):
        mistake(Original)


def test_patterns_match_fields() -> None:
    match Box2i(1, 2, 3, 4):
        case Box2i(left, max_y=bottom):
            assert (left, bottom) == (1, 4)
