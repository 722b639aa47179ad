"""Header cache: a trie over attribute bytes that reuses the parsed attributes of earlier frames.

The frames of a sequence have the same attributes in the same order, nearly all with the same bytes. A node of the trie
is reached by the names and types of the attributes before it, and holds the attributes that were parsed there: the last
few as candidates that are compared one by one, and all of them by their bytes. Where the bytes in a file are equal to
those of a candidate, its parsed attribute is used again: the bytes include their own size and mean the same at every
position. Sequences of attributes that matched once are compressed into one path and matched in one comparison from then
on.

The cache is shared by all threads. Lookups take no lock: the tuples of a node are replaced, never changed in place.
Insertions, the byte count, and the eviction hold a lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from struct import Struct
from threading import Lock

from exr_inspector_app.exr.parser.attribute_types import LIST_TYPES, count_items
from exr_inspector_app.exr.parser.part_summary import PartSummary, is_summarized, summarize
from exr_inspector_app.exr.validation.header_checks import FLOAT_TYPES, is_finite
from exr_inspector_app.model import Attribute

MAX_CANDIDATES_PER_NODE = 4  # of attributes and of paths that are compared one by one
MAX_VARIANTS_PER_NODE = 1024  # of attributes and of summaries that are found by their bytes or ids
MAX_VARIANT_BYTES = 32 * 1024  # longer attributes, unlike most previews, are candidates only: a look-up reads them
MIN_PATH_ATTRIBUTES = 4
MAX_ATTRIBUTE_BYTES = 64 * 1024
MAX_CACHE_BYTES = 4 * 1024 * 1024  # as counted here; the Python objects may take twenty times as much
_INT = Struct("<i")
_NODE_BYTES = 1024  # approximate
_CHANNEL_BYTES = 32  # of a channel in a summary, whose objects take twenty times as much too
_ITEM_BYTES = 4  # of an object in a list, the size of a number
_UNCACHED_ID = -1  # of an attribute that was parsed but is not in the cache

# An attribute's bytes, their number, the parsed attribute, its id, and the next node. Ids are unique numbers;
# attributes that no summary depends on have the id 0.
CachedAttribute = tuple[bytes, int, Attribute, int, "TrieNode"]
CompressedPath = tuple[bytes, int, Sequence[Attribute], Sequence[int], "TrieNode"]  # the same of several attributes
# The bytes before an attribute's size, its name and type, the next node, and whether summaries depend on it.
AttributeHead = tuple[bytes, str, str, "TrieNode", bool]


class TrieNode:
    """Node of the trie: candidates for the next attribute, and at the end of a header the part summaries by ids."""

    __slots__ = ("attributes", "children", "heads", "heads_by_prefix", "paths", "paths_after", "summaries", "variants")

    def __init__(self) -> None:
        self.attributes: tuple[CachedAttribute, ...] = ()
        self.paths: tuple[CompressedPath, ...] = ()
        # By the id of the variant before. Any path of a node is valid after each of them, if an id is reused.
        self.paths_after: dict[int, tuple[CompressedPath, ...]] = {}
        self.heads: tuple[AttributeHead, ...] = ()
        self.heads_by_prefix: dict[bytes, AttributeHead] = {}
        self.variants: dict[bytes, CachedAttribute] = {}
        self.children: dict[tuple[str, str], TrieNode] = {}
        self.summaries: dict[tuple[int, ...], PartSummary] = {}


_PathStart = tuple["TrieNode", CachedAttribute | None, int, int, int]

UNCACHED = TrieNode()  # the node below everything that did not fit into the cache; always empty


def _find_variant(node: TrieNode, data: bytes, at: int) -> CachedAttribute | None:
    """Return the attribute with the bytes at `at`, found by these bytes among all that a node has beyond candidates."""
    if len(node.variants) <= MAX_CANDIDATES_PER_NODE:
        return None
    for prefix, *_ in node.heads:
        if data.startswith(prefix, at):
            break
    else:
        return None
    value_start = at + len(prefix) + 4
    if value_start > len(data):
        return None
    length: int = _INT.unpack_from(data, value_start - 4)[0]
    return node.variants.get(data[at : value_start + length]) if 0 <= length <= MAX_VARIANT_BYTES else None


class HeaderCache:
    """Trie of all header beginnings, cleared at the next header once it is full; safe to share between threads."""

    def __init__(self) -> None:
        self._roots: dict[tuple[int, int], TrieNode] = {}
        self._bytes = 0
        self._is_full = False
        self._ids = count(1)
        self._lock = Lock()

    @property
    def size_bytes(self) -> int:
        """Bytes that are in the cache, at most MAX_CACHE_BYTES."""
        return self._bytes

    def root(self, version: int, part: int) -> TrieNode:
        """Return the node at which the header of part number `part` begins, after an eviction where one is due.

        Args:
            version: Version field of the file, with its flags.
            part: Index of the part.
        """
        root = self._roots.get((version, part))
        if root is not None and not self._is_full:
            return root
        with self._lock:
            if self._is_full:
                self._clear()
            root = self._roots.get((version, part))
            if root is None:
                if not self._reserve(_NODE_BYTES):
                    return UNCACHED
                root = self._roots[version, part] = TrieNode()
            return root

    def match(
        self, node: TrieNode, data: bytes, start: int, attributes: list[Attribute], ids: list[int]
    ) -> tuple[TrieNode, int]:
        """Append the cached attributes that `data` holds from byte `start` on, and their ids.

        Returns:
            The node and the byte after the last attribute that matched.
        """
        has_prefix, append, at = data.startswith, attributes.append, start
        path_start: _PathStart = node, None, at, len(attributes), len(ids)
        paths = node.paths
        while True:
            for path in paths:
                if has_prefix(path[0], at):
                    _, size, path_attributes, path_ids, node = path
                    at += size
                    attributes += path_attributes
                    ids += path_ids
                    path_start = node, None, at, len(attributes), len(ids)
                    break
            is_diverse = len(node.variants) > MAX_CANDIDATES_PER_NODE
            for cached in node.attributes:
                if has_prefix(cached[0], at):
                    break
            else:
                variant = _find_variant(node, data, at)
                if variant is None:
                    break
                cached = variant
            _, size, attribute, number, node = cached
            at += size
            append(attribute)
            if number:
                ids.append(number)
            paths = node.paths_after.get(id(cached), ()) + node.paths if is_diverse else node.paths
            if is_diverse and path_start[1] is None:
                path_start = node, cached, at, len(attributes), len(ids)
        if len(attributes) - path_start[3] >= MIN_PATH_ATTRIBUTES:
            _, _, first, attributes_before, ids_before = path_start
            path = data[first:at], at - first, attributes[attributes_before:], ids[ids_before:], node
            self._add_path(path_start[0], path_start[1], path)
        return node, at

    def _add_path(self, start: TrieNode, variant: CachedAttribute | None, path: CompressedPath) -> None:
        """Compress a sequence of cached attributes into one candidate.

        Args:
            start: Node at which the path begins.
            variant: Attribute before it, if the node before has many: unlike files then do not replace their paths.
            path: The path.
        """
        with self._lock:
            if path[1] > MAX_ATTRIBUTE_BYTES or not self._reserve(path[1]):
                return
            known = start.paths if variant is None else start.paths_after.get(id(variant), ())
            self._bytes -= sum([size for _, size, *_ in known[MAX_CANDIDATES_PER_NODE - 1 :]])
            known = (path, *known[: MAX_CANDIDATES_PER_NODE - 1])
            if variant is None:
                start.paths = known
            else:
                if len(start.paths_after) >= MAX_VARIANTS_PER_NODE:
                    start.paths_after.clear()
                start.paths_after[id(variant)] = known

    @staticmethod
    def new_head(prefix: bytes, name: str, kind: str) -> AttributeHead:
        """Return the head of an attribute that the node does not have, for `add`.

        Args:
            prefix: Bytes of the name and the type, with their NULs.
            name: Name of the attribute.
            kind: Type of the attribute.
        """
        return prefix, name, kind, UNCACHED, is_summarized(name)

    def add(
        self, node: TrieNode, head: AttributeHead, data: bytes | None, attribute: Attribute
    ) -> tuple[int, TrieNode]:
        """Insert an attribute that was parsed at a node.

        Args:
            node: Node at which the attribute was parsed.
            head: Head of the attribute, from the node or new.
            data: All bytes of the attribute, None if they are more than MAX_ATTRIBUTE_BYTES.
            attribute: The parsed attribute.

        Returns:
            The attribute's id, and the next node.
        """
        _, _, kind, child, is_relevant = head
        is_relevant = is_relevant or (kind in FLOAT_TYPES and not is_finite(attribute.value))
        if node is UNCACHED:
            return (_UNCACHED_ID if is_relevant else 0), UNCACHED
        size = 0 if data is None else len(data)
        if kind in LIST_TYPES:  # manifests are compressed
            size = max(size, _ITEM_BYTES * count_items(kind, attribute.value))
        with self._lock:
            if child is UNCACHED:
                child = self._add_child(node, head)
            if child is UNCACHED or data is None or size > MAX_ATTRIBUTE_BYTES or not self._reserve(size):
                return (_UNCACHED_ID if is_relevant else 0), child
            number = next(self._ids) if is_relevant else 0
            candidate = data, len(data), attribute, number, child
            node.attributes = (candidate, *node.attributes[: MAX_CANDIDATES_PER_NODE - 1])
            if len(data) <= MAX_VARIANT_BYTES:
                if len(node.variants) >= MAX_VARIANTS_PER_NODE:
                    node.variants.clear()
                node.variants[data] = candidate
        return number, child

    def _add_child(self, node: TrieNode, head: AttributeHead) -> TrieNode:
        """Return the node after an attribute with a new head, created where there is room for it."""
        prefix, name, kind, _, is_relevant = head
        child = node.children.get((name, kind))
        if child is None:
            if not self._reserve(_NODE_BYTES):
                return UNCACHED
            child = node.children[name, kind] = TrieNode()
        node.heads_by_prefix[prefix] = known = (prefix, name, kind, child, is_relevant)
        node.heads = (known, *node.heads[: MAX_CANDIDATES_PER_NODE - 1])
        return child

    def add_summary(
        self, node: TrieNode, ids: Sequence[int], attributes: Sequence[Attribute], version: int, part: int
    ) -> PartSummary:
        """Return the summary of a part whose header ends at a node that has none for these ids, and keep it there.

        Args:
            node: Node at the end of the header.
            ids: Ids of the attributes, without those that are 0.
            attributes: All attributes of the part.
            version: Version field of the file, with its flags.
            part: Index of the part.
        """
        summary = summarize(attributes, version, part)
        if node is UNCACHED or _UNCACHED_ID in ids:
            return summary
        with self._lock:
            if self._reserve(_NODE_BYTES + _CHANNEL_BYTES * len(summary.channels)):
                if len(node.summaries) >= MAX_VARIANTS_PER_NODE:
                    node.summaries.clear()
                node.summaries[tuple(ids)] = summary
        return summary

    def clear(self) -> None:
        """Remove all entries, so that the next header is parsed as if it were the first one."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._roots = {}
        self._bytes = 0
        self._is_full = False

    def _reserve(self, size: int) -> bool:
        """Count `size` more bytes; return False, and mark the cache as full, where they do not fit.

        A thread in the middle of a header may still insert below a root that another thread has evicted: these bytes
        count too, although the nodes are freed with that header.
        """
        if self._bytes + size > MAX_CACHE_BYTES:
            self._is_full = True
            return False
        self._bytes += size
        return True
