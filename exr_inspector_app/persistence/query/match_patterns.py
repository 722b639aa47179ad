"""Regular expressions of the operator `matches`: text without regard to case, with * for any characters.

The expressions are for RE2, which both stores have, and values in them are escaped. Several values are separated by
commas; one of them has to match.
"""

from __future__ import annotations

import json
import re

from exr_inspector_app.contracts import Condition
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS

_EXACT_COLUMNS = frozenset(
    [*PATH_COLUMNS, "compression", "kind", "resolution", "published_by"]
)  # compared with the whole value
_LOOSE = frozenset(["renderer", "writer", "render_software", "color_space"])  # `vray` is `V-Ray`, `rec709` is `Rec.709`
_SEPARATORS = "[ ._-]*"
_FLAGS = "(?is)"
_JSON_CHARS = r'(?:[^"\\]|\\.)*'  # of a string, up to its closing quote


def match_pattern(column: str, value: str) -> str:
    """Return the expression that the text of a column must contain.

    Layers are searched in `channel_list`, and `text` in each text that it covers.
    """
    if column == "path_folded":
        value = value.replace("\\", "/")
    values = _split(value)
    if column == "layer":
        return _FLAGS + "|".join(map(_layer_pattern, values))
    if column == "version":
        return f"{_FLAGS}^(?:{'|'.join(map(_version_pattern, values))})$"
    if column in _EXACT_COLUMNS:
        return f"{_FLAGS}^(?:{'|'.join(_wildcard(item) for item in values)})$"
    if column in _LOOSE:
        return _FLAGS + "|".join(map(_loose_pattern, values))
    return _FLAGS + "|".join(_wildcard(item) for item in values)


def patterns_of_objects(condition: Condition) -> tuple[str, str]:
    """Return the expressions for the names of objects in Cryptomatte manifests, and in id manifests, both JSON.

    Args:
        condition: A condition on `object`. With `matches` names contain the value; otherwise they are equal to it.
    """
    op, value = condition.op, condition.value
    is_exact = op != "matches"
    values = value if op == "in" else (value,) if is_exact else _split(value)
    names = "|".join(_json_name(value, is_exact=is_exact) for value in values)
    around = "" if is_exact else _JSON_CHARS
    string = f'"{around}(?:{names}){around}"'
    flags = "(?s)" if is_exact else _FLAGS
    return rf"{flags}{string}\s*:", rf'{flags}"[0-9]+":\[(?:"{_JSON_CHARS}",)*{string}'


def _split(value: str) -> tuple[str, ...]:
    """Return the values of a comma-separated text."""
    return tuple(item.strip() for item in value.split(",") if item.strip()) or (value,)


def _wildcard(value: str, any_text: str = ".*") -> str:
    return any_text.join(re.escape(piece) for piece in value.split("*"))


def _layer_pattern(value: str) -> str:
    """Match text in the layer before the last dot of a channel, or the whole name of a channel without a layer."""
    layer, channel = _wildcard(value, "[^|]*"), _wildcard(value, "[^|.]*")
    return rf"\|[^|]*{layer}[^|]*\.[^|.]*\||\|{channel}\|"


def _version_pattern(value: str) -> str:
    """Match a number with any padding and prefix: `12` is `v012`."""
    return f"[a-z_.-]*0*{value}" if value.isascii() and value.isdigit() else _wildcard(value)


def _loose_pattern(value: str) -> str:
    """Match a name with or without the separators in it."""
    pieces = (re.sub(r"[ ._-]", "", piece) for piece in value.split("*"))
    return ".*".join(_SEPARATORS.join(map(re.escape, piece)) for piece in pieces)


def _json_name(value: str, *, is_exact: bool) -> str:
    """Match a name as JSON writers encode it: with escapes of other than ASCII letters, or without."""
    pieces = [value] if is_exact else value.split("*")
    forms = []
    for is_ascii in (True, False):
        encoded = (json.dumps(piece, ensure_ascii=is_ascii)[1:-1] for piece in pieces)
        forms.append(_JSON_CHARS.join(map(re.escape, encoded)))
    return "|".join(dict.fromkeys(forms))
