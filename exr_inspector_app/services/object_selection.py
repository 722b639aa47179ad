"""Selection of the objects that `picture` isolates: by their names in a manifest, or by ID."""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.errors import UsageError
from exr_inspector_app.exr.cryptomatte import MatteNames, read_id_names, read_names
from exr_inspector_app.model import ExrFile, Picture
from exr_inspector_app.text.escape import escape_control


def find_ids(file: ExrFile, layer: Picture, names: Sequence[str]) -> frozenset[int]:
    """Return the IDs of objects of a layer, by name in any case or by number.

    Raises:
        UsageError: The layer has no IDs, or none of this name.
    """
    if layer.kind not in ("cryptomatte", "id"):
        raise UsageError(f"The layer {escape_control(layer.layer or layer.channels[0])} has no IDs to isolate.")
    if layer.kind == "cryptomatte":
        manifest = read_names(file.path, file.parts, layer.part_index, layer.layer)
    else:
        manifest = MatteNames(read_id_names(file.parts[layer.part_index], layer.channels[0]).by_id)
    by_name: dict[str, set[int]] = {}
    for number, name in manifest.by_id.items():
        by_name.setdefault(name.lower(), set()).add(number)
    selected: set[int] = set()
    for name in names:
        ids = by_name.get(name.lower()) or _id_of_number(name)
        if not ids:
            reason = f": {escape_control(manifest.problem)}" if manifest.problem else ""
            raise UsageError(f"There is no object {escape_control(name)}{reason}.")
        selected |= ids
    return frozenset(selected)


def _id_of_number(text: str) -> set[int]:
    """Return the ID of a whole number, decimal or hex as 0x3f1c9a27; empty for any other text."""
    try:
        number = int(text, 0)
    except ValueError:
        return set()
    return {number} if 0 <= number < 2**32 else set()
