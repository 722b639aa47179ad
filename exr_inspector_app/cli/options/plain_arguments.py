"""Parser of plain command lines: paths, switches and their values, without argparse, which takes long to import.

Everything else, such as help, abbreviations, paths between options and mistakes, is for argparse, whose messages it is.
"""

from __future__ import annotations

from types import SimpleNamespace

from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class PlainParser:
    """Registry in the form of an argparse parser, with the part of it that `inspect` needs."""

    def __init__(self) -> None:
        self._defaults: dict[str, Any] = {}
        self._switches: dict[str, str] = {}  # destinations by name
        self._values: dict[str, str] = {}  # the same of options with a value
        self._lists: set[str] = set()  # destinations of options that may be repeated
        self._paths = ""  # destination
        self._exclusive: set[str] = set()  # mutually exclusive destinations

    def add_parser(self, _name: str, **_texts: str) -> PlainParser:
        """Return this parser."""
        return self

    def set_defaults(self, **values: Any) -> None:
        """Set values of the result."""
        self._defaults |= values

    def add_argument(
        self,
        name: str,
        *,
        dest: str = "",
        action: str = "store",
        nargs: str = "",
        default: Any = None,
        metavar: str = "",
        help: str = "",
    ) -> str:
        """Add an argument; return its destination."""
        dest = dest or name.lstrip("-").replace("-", "_")
        if nargs == "*":
            self._paths, default = dest, []
        elif action == "store_true":
            self._switches[name], default = dest, False
        else:
            self._values[name] = dest
            if action == "append":
                self._lists.add(dest)
        self._defaults[dest] = default
        return dest

    def add_mutually_exclusive_group(self) -> _ExclusiveGroup:
        """Return a group of options that exclude each other."""
        return _ExclusiveGroup(self, self._exclusive)

    def parse(self, arguments: Sequence[str]) -> SimpleNamespace | None:
        """Return the values of a command line by their destinations; None for one that argparse has to parse."""
        values = {name: list(value) if isinstance(value, list) else value for name, value in self._defaults.items()}
        paths: list[str] = []
        is_closed = False  # no path may follow
        remaining = iter(arguments)
        for argument in remaining:
            name, equals, text = argument.partition("=")
            if argument in self._switches:
                values[self._switches[argument]] = True
            elif name in self._values:
                text = text if equals else next(remaining, "-")
                if text.startswith("-"):
                    return None
                self._set(values, self._values[name], text)
            elif argument.startswith("-") or is_closed:
                return None
            else:
                paths.append(argument)
                continue
            is_closed = bool(paths)
        if sum(bool(values[dest]) for dest in self._exclusive) > 1:
            return None
        values[self._paths] = paths
        return SimpleNamespace(**values)

    def _set(self, values: dict[str, Any], dest: str, text: str) -> None:
        if dest in self._lists:
            values[dest].append(text)
        else:
            values[dest] = text


class _ExclusiveGroup:
    def __init__(self, parser: PlainParser, members: set[str]) -> None:
        self._parser = parser
        self._members = members

    def add_argument(self, name: str, **options: Any) -> None:
        """Add an option to the group."""
        self._members.add(self._parser.add_argument(name, **options))
