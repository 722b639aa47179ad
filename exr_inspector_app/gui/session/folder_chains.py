"""Chains of folders that contain one folder each and nothing else: listed as one group, as `lighting/beauty`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from exr_inspector_app.gui.session.session_nodes import MERGED, GroupNode, Node


def find_chains(groups: Iterable[GroupNode]) -> set[GroupNode]:
    """Return the groups that are merged into the one below; an opened folder keeps its own row, to be watched."""
    return {group for group in groups if len(group.levels) > 1 and not group.rows and len(group.groups) == 1}


def below_chain(node: Node, merged: Collection[GroupNode]) -> Node:
    """Return the node that is listed in place of a node: the end of its chain, or itself."""
    while isinstance(node, GroupNode) and node in merged:
        node = node.groups[0]
    return node


def name_chains(groups: Iterable[GroupNode], merged: Collection[GroupNode]) -> None:
    """Give each group, after its parent, the names of the merged ones above it, and its depth in the list."""
    for group in groups:
        above = group.parent
        if not isinstance(above, GroupNode):
            continue
        is_below = above in merged
        group.prefix = f"{above.prefix}{above.name}/" if is_below else ""
        group.depth = above.depth + (bool(above.levels) and not is_below)
        if group in merged:
            group.position, group.children = MERGED, []
