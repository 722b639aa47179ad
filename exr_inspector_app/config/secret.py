"""Words that must not be seen."""

from __future__ import annotations


class Secret:
    """A word that must not be seen: it prints as *** everywhere, and only `reveal()` gives it out."""

    __slots__ = ("_word",)

    def __init__(self, word: str) -> None:
        self._word = word

    def reveal(self) -> str:
        """The word itself, for the call that needs it."""
        return self._word

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._word == self._word

    def __hash__(self) -> int:
        return hash(self._word)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A secret is not written anywhere.")
