"""Ranges of file_id: about equal parts of a table of any size, since ids are hashes."""

from __future__ import annotations


def split_bounds(count: int, max_files: int) -> list[tuple[str, str | None]]:
    """Return lower and upper bounds of ranges with about `max_files` files each.

    An empty lower bound and no upper bound include every other text.
    """
    digits = 0
    while count > max_files * 16**digits:
        digits += 1
    lower = ["", *(f"{number:0{digits}x}" for number in range(1, 16**digits))]
    return list(zip(lower, [*lower[1:], None], strict=True))
