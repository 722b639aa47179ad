"""What was read of earlier headers, for the frames that share their bytes.

Frames that were rendered alike have the same attributes in the same order, nearly all with the same bytes.
A place is reached by reading attributes of certain names one after the other, and knows the last few that
stood there. Where the bytes are those of one of them, so is the attribute: its bytes tell where it ends, and
mean the same wherever they stand. Runs of attributes that were met again are then met as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from exr_inspector_app.exr.parser.attribute_types import LIST_TYPES, count_items
from exr_inspector_app.exr.parser.part_summary import PartSummary, is_summarized, summarize
from exr_inspector_app.exr.validation.header_checks import is_finite
from exr_inspector_app.model import Attribute

MAX_CANDIDATES_PER_NODE = 4  # attributes that are known at one place, runs, and outlines
MIN_PATH_ATTRIBUTES = 4  # attributes that make a run
MAX_ATTRIBUTE_BYTES = 64 * 1024  # bytes of an attribute that is kept
MAX_CACHE_BYTES = (
    4 * 1024 * 1024
)  # bytes of all that was kept, before it is forgotten; its objects may take twenty times as much
_PLACE = 1024  # bytes of a place, about
_CHANNEL = 32  # bytes of a channel of an outline, whose objects take twenty times as much too
_ITEM = 4  # bytes of an object in a list, as many as a number has
_NEVER = -1  # the mark of what is read but not kept, and so not met again

# An attribute's bytes, how many they are, what they say, its mark, and the place behind it. Marks are numbers
# that no two attributes share; what no outline reads has the mark 0.
CachedAttribute = tuple[bytes, int, Attribute, int, "TrieNode"]
CompressedPath = tuple[bytes, int, Sequence[Attribute], Sequence[int], "TrieNode"]  # the same of several attributes
# The bytes before an attribute's size, the name and type they say, the place behind, and whether outlines read it.
AttributeHead = tuple[bytes, str, str, "TrieNode", bool]


class TrieNode:
    """The attributes that were seen at a place, and at the end of a header what they say together.

    Threads share places: what one holds is replaced, not changed.
    """

    __slots__ = ("behind", "heads", "outlines", "runs", "seen")

    def __init__(self) -> None:
        self.seen: tuple[CachedAttribute, ...] = ()
        self.runs: tuple[CompressedPath, ...] = ()
        self.heads: tuple[AttributeHead, ...] = ()
        self.behind: dict[tuple[str, str], TrieNode] = {}
        self.outlines: tuple[tuple[Sequence[int], PartSummary], ...] = ()


class HeaderCache:
    """The places that headers begin with, and how much was kept behind them."""

    def __init__(self) -> None:
        self._starts: dict[tuple[int, int], TrieNode] = {}
        self._kept = 0
        self._marks = count(1)

    def start(self, version: int, part: int) -> TrieNode:
        """The place at which the header of a part begins."""
        if self._kept > MAX_CACHE_BYTES:
            self.forget()
        start = self._starts.get((version, part))
        if start is None:
            start = self._starts[version, part] = TrieNode()
            self._kept += _PLACE
        return start

    def follow(
        self, place: TrieNode, data: bytes, at: int, found: list[Attribute], marks: list[int]
    ) -> tuple[TrieNode, int]:
        """Adds the attributes from `at` on that are known, with their marks; the place and the byte behind them."""
        same, add = data.startswith, found.append
        begin = place, at, len(found), len(marks)
        while True:
            for run in place.runs:
                if same(run[0], at):
                    _, size, some, read, place = run
                    at += size
                    found += some
                    marks += read
                    begin = place, at, len(found), len(marks)
                    break
            for seen in place.seen:
                if same(seen[0], at):
                    _, size, one, mark, place = seen
                    at += size
                    add(one)
                    if mark:
                        marks.append(mark)
                    break
            else:
                break
        start, first, attributes, read_before = begin
        if len(found) - attributes >= MIN_PATH_ATTRIBUTES:
            self._keep_run(start, data[first:at], found[attributes:], marks[read_before:], place)
        return place, at

    def _keep_run(
        self, start: TrieNode, data: bytes, found: Sequence[Attribute], marks: Sequence[int], behind: TrieNode
    ) -> None:
        """Known attributes that follow one another are met as one from now on."""
        if len(data) <= MAX_ATTRIBUTE_BYTES:
            start.runs = ((data, len(data), found, marks, behind), *start.runs[: MAX_CANDIDATES_PER_NODE - 1])
            self._kept += len(data)

    def head(self, place: TrieNode, data: bytes, name: str, kind: str) -> AttributeHead:
        """The head of an attribute at a place, whose bytes before its size are `data`."""
        behind = place.behind.get((name, kind))
        if behind is None:
            behind = place.behind[name, kind] = TrieNode()
            self._kept += _PLACE
        head = data, name, kind, behind, is_summarized(name)
        place.heads = (head, *place.heads[: MAX_CANDIDATES_PER_NODE - 1])
        return head

    def see(self, place: TrieNode, head: AttributeHead, data: bytes, one: Attribute) -> tuple[int, TrieNode]:
        """Keeps an attribute that was read at a place, behind this head; its mark, and the place behind it."""
        _, _, kind, behind, is_told = head
        size = len(data)
        if kind in LIST_TYPES:  # manifests are compressed
            size = max(size, _ITEM * count_items(kind, one.value))
        mark = next(self._marks) if is_told or not is_finite(one.value) else 0
        if size > MAX_ATTRIBUTE_BYTES:
            return mark and _NEVER, behind
        place.seen = ((data, len(data), one, mark, behind), *place.seen[: MAX_CANDIDATES_PER_NODE - 1])
        self._kept += size
        return mark, behind

    def outline(
        self, place: TrieNode, marks: Sequence[int], found: Sequence[Attribute], version: int, part: int
    ) -> PartSummary:
        """What the attributes of a header say that ends at a place; those that are read have these marks."""
        for known, of in place.outlines:
            if known == marks:
                return of
        earlier = [of for _, of in place.outlines]
        of = summarize(found, version, part, earlier)
        if _NEVER not in marks:
            place.outlines = ((marks, of), *place.outlines[: MAX_CANDIDATES_PER_NODE - 1])
            if all(one.channels is not of.channels for one in earlier):
                self._kept += _PLACE + _CHANNEL * len(of.channels)
        return of

    def forget(self) -> None:
        """The next header is read as if it were the first one."""
        self._starts = {}
        self._kept = 0
