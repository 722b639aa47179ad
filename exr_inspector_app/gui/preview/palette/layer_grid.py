"""Grid layout of the layer palette: groups of tiles, filtered by typed terms, and moves between tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exr_inspector_app.gui.preview.aov_groups import AovGroup
from exr_inspector_app.gui.preview.layers import Layer

TILE_WIDTH, TILE_HEIGHT, GAP = 116, 106, 4  # px
TITLE_HEIGHT, GROUP_GAP = 28, 5  # px
INSET = 8  # px; a tile insets its thumbnail by 4 more


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile of a layer at a place of the grid."""

    layer: Layer
    group: AovGroup
    x: int
    y: int
    is_match: bool


@dataclass(frozen=True, slots=True)
class GroupTitle:
    """Title of a group with the counts of its layers and of those that match."""

    group: AovGroup
    x: int
    y: int
    width: int
    matches: int
    layers: int
    has_divider: bool  # at its left


@dataclass(frozen=True, slots=True)
class LayerGrid:
    """Placed tiles and titles, and the height that they take."""

    tiles: tuple[Tile, ...] = ()
    titles: tuple[GroupTitle, ...] = ()
    height: int = 0

    @property
    def matches(self) -> list[int]:
        """Indexes of the tiles that match."""
        return [index for index, tile in enumerate(self.tiles) if tile.is_match]

    def move(self, current: int, across: int, down: int) -> int:
        """Return the matching tile that lies `across` and `down` steps away from another one, or that one."""
        matches = self.matches
        if current not in matches:
            return matches[0] if matches else -1
        if across:
            return matches[(matches.index(current) + across) % len(matches)]
        here = self.tiles[current]
        rows = sorted({self.tiles[index].y for index in matches if (self.tiles[index].y - here.y) * down > 0})
        if not rows:
            return current
        row = rows[0] if down > 0 else rows[-1]
        candidates = [index for index in matches if self.tiles[index].y == row]
        return min(candidates, key=lambda index: abs(self.tiles[index].x - here.x))

    def next_group(self, current: int, step: int) -> int:
        """Return the first matching tile of the next group that has one, or of the previous one, in a circle."""
        first: dict[AovGroup, int] = {}
        for index in self.matches:
            first.setdefault(self.tiles[index].group, index)
        if not first or current not in self.matches:
            return self.move(current, 0, 0)
        groups = list(first)
        return first[groups[(groups.index(self.tiles[current].group) + step) % len(groups)]]

    def find(self, x: float, y: float) -> int:
        """Return the tile at a point, or -1."""
        for index, tile in enumerate(self.tiles):
            if 0 <= x - tile.x < TILE_WIDTH and 0 <= y - tile.y < TILE_HEIGHT:
                return index
        return -1


def group_layers(layers: Sequence[Layer]) -> dict[AovGroup, list[Layer]]:
    """Return the layers by group, in the order of the groups, then of the file."""
    members: dict[AovGroup, list[Layer]] = {group: [] for group in AovGroup}
    for layer in layers:
        members[layer.aov_group].append(layer)
    return {group: grouped for group, grouped in members.items() if grouped}


def is_match(layer: Layer, typed: str) -> bool:
    """Return True if the names of a layer, its part and its view contain every typed term, ignoring case."""
    terms = typed.casefold().split()
    if not terms:
        return True
    text = " ".join((layer.tile_title, *layer.channels, layer.group, layer.view, layer.aov_group)).casefold()
    return all(term in text for term in terms)


def build_grid(layers: Sequence[Layer], typed: str, columns: int, max_height: int) -> LayerGrid:
    """Place the layers; layers without a match stay in place unless the grid would be higher than `max_height`."""
    groups = group_layers(layers)
    matching = {group: [layer for layer in members if is_match(layer, typed)] for group, members in groups.items()}
    is_filtered = any(len(matching[group]) < len(members) for group, members in groups.items())
    if is_filtered and grid_height(groups, columns) > max_height:
        return _place({group: members for group, members in matching.items() if members}, groups, matching, columns)
    return _place(groups, groups, matching, columns)


def grid_height(groups: dict[AovGroup, list[Layer]], columns: int) -> int:
    """Return the height of a grid of these groups."""
    height, column, rows = 0, 0, 0
    for members in groups.values():
        if column and column + len(members) > columns:
            height, column = height + TITLE_HEIGHT + rows * (TILE_HEIGHT + GAP) + GROUP_GAP, 0
        rows = -(-len(members) // columns)
        column = column + len(members) if rows == 1 else columns
    return height + TITLE_HEIGHT + rows * (TILE_HEIGHT + GAP) + GROUP_GAP if groups else 0


def _place(
    shown: dict[AovGroup, list[Layer]],
    all_layers: dict[AovGroup, list[Layer]],
    matching: dict[AovGroup, list[Layer]],
    columns: int,
) -> LayerGrid:
    """Place groups from left to right; groups that fit share a row."""
    tiles: list[Tile] = []
    titles: list[GroupTitle] = []
    column, top, rows = 0, 0, 0  # `rows` of tiles below `top`
    for group, members in shown.items():
        if column and column + len(members) > columns:
            top, column = top + TITLE_HEIGHT + rows * (TILE_HEIGHT + GAP) + GROUP_GAP, 0
        left = INSET + column * (TILE_WIDTH + GAP)
        width = min(len(members), columns) * (TILE_WIDTH + GAP) - GAP
        matches = {id(layer) for layer in matching[group]}
        titles.append(GroupTitle(group, left, top, width, len(matches), len(all_layers[group]), column > 0))
        for index, layer in enumerate(members):
            x = left + index % columns * (TILE_WIDTH + GAP)
            y = top + TITLE_HEIGHT + index // columns * (TILE_HEIGHT + GAP)
            tiles.append(Tile(layer, group, x, y, id(layer) in matches))
        rows = -(-len(members) // columns)
        column = column + len(members) if rows == 1 else columns
    return LayerGrid(tuple(tiles), tuple(titles), grid_height(shown, columns))
