"""Parser for plain TOML, the subset of https://toml.io/en/v1.0.0 that most settings files are written in.

It reads single lines of keys, texts without escapes, whole numbers, flags, and lists of texts. It exists for the start
of `inspect`: with settings files it takes 4.6 times as long as bare Python, and with
`tomllib` 5.3 (`bench startup`).
"""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

MAX_DIGITS = 15
_KEY_SIGNS = "_-"


class _NotPlainError(Exception):
    """Line that needs a parser for all of TOML, which may find it invalid."""


def parse_plain_toml(text: str, tables: Sequence[str], lists: Sequence[str]) -> dict[str, Any] | None:
    """Return the content of a plain file as `tomllib.loads` does, or None if it is not plain or not valid.

    Args:
        text: Content of the file.
        tables: Names of the tables that it may have, such as `vast` for [vast].
        lists: Names of the lists of tables that it may have, such as `roots` for [[roots]].
    """
    content: dict[str, Any] = {}
    table = content
    try:
        for line in text.split("\n"):
            stripped = _strip(line.removesuffix("\r"))
            if stripped.startswith("["):
                table = _open_table(content, stripped, tables, lists)
            elif stripped:
                key, value = _parse_line(stripped)
                if key in table:
                    return None
                table[key] = value
    except _NotPlainError:
        return None
    return content


def _strip(line: str) -> str:
    """Return a line without blanks around it, empty for a comment."""
    stripped = line.strip(" \t")
    if not stripped.isprintable():  # also the tabs that TOML permits in comments and texts
        raise _NotPlainError
    return "" if stripped.startswith("#") else stripped


def _open_table(content: dict[str, Any], line: str, tables: Sequence[str], lists: Sequence[str]) -> dict[str, Any]:
    """Add the table of a header, such as [vast] or [[roots]], and return it."""
    table: dict[str, Any] = {}
    name = line.strip("[]")
    others = content.get(name)
    if line == f"[{name}]" and name in tables and others is None:
        content[name] = table
    elif line == f"[[{name}]]" and name in lists and others is None:
        content[name] = [table]
    elif line == f"[[{name}]]" and name in lists and _has_tables(others):
        content[name].append(table)
    else:
        raise _NotPlainError
    return table


def _has_tables(value: object) -> bool:
    """Return True for a list that a header began, False for one of a line such as `roots = []`."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _parse_line(line: str) -> tuple[str, object]:
    """Return the key and the value of a line."""
    key, _, rest = line.partition("=")
    key = key.rstrip(" \t")
    if not key.isascii() or not "".join(sign for sign in key if sign not in _KEY_SIGNS).isalnum():
        raise _NotPlainError
    text = rest.partition("#")[0].strip(" \t")  # a text with # is cut, and not plain then
    if text in ("true", "false"):
        return key, text == "true"
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS and (text[0] != "0" or text == "0"):
        return key, int(text)
    if text[:1] == "[" and text[-1:] == "]":
        return key, _parse_list(text[1:-1])
    return key, _parse_text(text)


def _parse_list(text: str) -> list[str]:
    """Return the texts of a list; those with commas are cut, and not plain then."""
    items = [item.strip(" \t") for item in text.split(",")]
    if not items[-1]:  # an empty list, or a comma at the end
        items.pop()
    return [_parse_text(item) for item in items]


def _parse_text(text: str) -> str:
    """Return the content of a text in quotes."""
    quote, inner = text[:1], text[1:-1]
    if len(text) < 2 or quote not in ("'", '"') or text[-1] != quote or quote in inner:
        raise _NotPlainError
    if quote == '"' and "\\" in inner:
        raise _NotPlainError
    return inner
