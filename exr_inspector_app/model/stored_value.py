"""Attribute value whose bytes stay in the file: a dict that reads them when they are used."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping

from exr_inspector_app.typing_forms import Any

DATA = "data"


class StoredValue(dict[str, Any]):
    """Dict with the fields of a value and its bytes as base64 under `data`, which are read again at each use.

    Its memory does not depend on the size of the bytes. Values are compared by the digest of their bytes; JSON encoders
    see a plain dict. Immutable and safe to share between threads.
    """

    __slots__ = ("_read", "digest", "length")
    __hash__ = None

    def __init__(self, fields: Mapping[str, Any], length: int, digest: bytes, read: Callable[[], bytes]) -> None:
        """Create a value.

        Args:
            fields: All keys but `data`.
            length: Number of the bytes.
            digest: SHA-256 of the bytes.
            read: Returns the bytes, or raises KnownError if the file has changed; called by the thread that uses them.
        """
        super().__init__(fields)
        super().__setitem__(DATA, "")
        self.length, self.digest, self._read = length, digest, read

    @property
    def fields(self) -> dict[str, Any]:
        """All keys but `data`, without reading."""
        return {key: dict.__getitem__(self, key) for key in self if key != DATA}

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            KnownError: The file has changed.
        """
        return self._read()

    def load(self) -> dict[str, Any]:
        """Return a plain dict with the bytes.

        Raises:
            KnownError: The file has changed.
        """
        return {**self.fields, DATA: b64encode(self._read()).decode("ascii")}

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys; defined so that `dict(value)` does not copy the memory of this object."""
        return super().__iter__()

    def __getitem__(self, key: str) -> Any:
        """Return an item."""
        return self.load()[DATA] if key == DATA else super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return an item, or `default`."""
        return self.load().get(key, default) if key == DATA else super().get(key, default)

    def items(self) -> Any:
        """Return the items, with the bytes."""
        return self.load().items()

    def values(self) -> Any:
        """Return the values, with the bytes."""
        return self.load().values()

    def copy(self) -> StoredValue:
        """Return this object, which does not change."""
        return self

    def __eq__(self, other: object) -> bool:
        """Return True for equal fields and bytes."""
        if isinstance(other, StoredValue):
            return (self.length, self.digest, self.fields) == (other.length, other.digest, other.fields)
        return isinstance(other, dict) and other.keys() == self.keys() and self.load() == other

    def __ne__(self, other: object) -> bool:
        """Return True for other fields or bytes."""
        return not self == other

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        """Copy and pickle as a plain dict."""
        return dict, (self.load(),)
