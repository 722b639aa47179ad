"""Terms of the session filter: plain ones, and those of the library search such as `renderer:arnold`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from exr_inspector_app.contracts import Condition
from exr_inspector_app.errors import UsageError

_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*"?)+')


class FilterWords(NamedTuple):
    """Parsed text of a filter.

    Attributes:
        needles: Case-folded texts; a row must contain all of them.
        where: Conditions; a file of the row must meet all of them.
        fault: Sentence about the first misspelled or incomplete word; such words are ignored.
    """

    needles: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    fault: str = ""


@lru_cache(maxsize=64)
def parse_filter_words(text: str) -> FilterWords:
    """Parse the text of the session filter."""
    needles, where, fault = list[str](), list[Condition](), ""
    tokens = _TOKEN.findall(text)
    if tokens:  # it imports PyArrow, which the first paint must not wait for
        from exr_inspector_app.persistence.query.search_words import parse_search
    for token in tokens:
        try:
            conditions = parse_search(token)
        except UsageError as error:
            fault = fault or error.sentence
            continue
        is_plain = all(condition.column == "text" for condition in conditions)
        if is_plain and not token.casefold().startswith("text:"):
            needles.append(token.replace('"', "").casefold())
        else:
            where += conditions
    return FilterWords(tuple(filter(None, needles)), tuple(where), fault)
