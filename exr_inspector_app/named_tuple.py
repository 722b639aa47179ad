"""Named tuples that take a tenth of the time to define.

`typing.NamedTuple` compiles each annotation and a constructor, 0.2 ms for each class at every start. Here annotations
stay text, and a constructor is compiled once it is called often. Everything else is as there; type checkers see the
original.
"""

from __future__ import annotations

import sys
from collections import namedtuple

MAX_EARLY = 4  # tuples of a class that take less time than its constructor

TYPE_CHECKING = False  # as `typing` has it, which takes long to import
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any
    from typing import NamedTuple as NamedTuple
else:

    class _NamedTupleMeta(type):
        """Metaclass whose classes are subclasses of `tuple` alone."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            return _create_class(name, namespace)

    class NamedTuple(metaclass=_NamedTupleMeta):
        """Base of named tuples, in the form of `typing.NamedTuple`."""

    def _create_class(name: str, namespace: dict[str, Any]) -> type:
        if "__annotations__" not in namespace:
            raise TypeError(f"{name} has no fields, or its module lacks `from __future__ import annotations`")
        fields = tuple(namespace["__annotations__"])
        defaults = {field: namespace.pop(field) for field in fields if field in namespace}
        getters = {field: _tuplegetter(at, "") for at, field in enumerate(fields)}
        shared = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields, "__slots__": ()}
        return type(name, (tuple,), {**_METHODS, **getters, **shared, **namespace})

    def _construct_first(cls: type, /, *values: Any, **named: Any) -> tuple[Any, ...]:
        """Construct the first tuples of a class; compile its constructor for further ones, names and defaults."""
        if not named and len(values) == len(cls._fields):
            count = _early_counts[cls] = _early_counts.get(cls, 0) + 1
            if count <= MAX_EARLY:
                return tuple.__new__(cls, values)
        owner = next(base for base in cls.__mro__ if "_field_defaults" in base.__dict__)
        owner.__new__ = namedtuple(owner.__name__, owner._fields, defaults=owner._field_defaults.values()).__new__
        return owner.__new__(cls, *values, **named)

    def _make(cls: type, iterable: Iterable[Any]) -> tuple[Any, ...]:
        made = tuple.__new__(cls, iterable)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self: tuple[Any, ...], /, **changes: Any) -> tuple[Any, ...]:
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            kind = TypeError if sys.version_info >= (3, 13) else ValueError
            raise kind(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _as_dict(self: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _repr(self: tuple[Any, ...]) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({fields})"

    def _new_arguments(self: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(self)

    _early_counts: dict[type, int] = {}  # tuples of classes without a constructor
    _tuplegetter = type(namedtuple("_One", ["field"]).field)
    _METHODS = {
        "__new__": _construct_first,
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _as_dict,
        "__repr__": _repr,
        "__getnewargs__": _new_arguments,
    }
