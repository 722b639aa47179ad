"""Special forms of `typing` for the modules of every start, which then do not import it.

Annotations are text there; what remains at run time are bases, aliases and type variables, which need no more than
these substitutes. Type checkers see the originals.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import ClassVar as ClassVar
    from typing import Final as Final
    from typing import Generic as Generic
    from typing import Literal as Literal
    from typing import Protocol as Protocol
    from typing import TypeAlias as TypeAlias
    from typing import TypedDict as TypedDict
    from typing import TypeVar as TypeVar
    from typing import cast as cast
else:

    class _Subscriptable:
        """Base of classes and of aliases with parameters."""

        def __class_getitem__(cls, _parameters: object) -> type:
            return cls

    Any = ClassVar = Final = TypeAlias = object
    Generic = Literal = Protocol = _Subscriptable
    TypedDict = dict

    def TypeVar(_name: str, **_options: object) -> type:
        """Return a substitute for a type variable."""
        return object

    def cast(_kind: object, value: object) -> object:
        """Return a value as it is."""
        return value
