"""Text and JSON of a pixel diff: a table of the layers, the largest difference first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from exr_inspector_app.model import to_json
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

if TYPE_CHECKING:  # numpy is loaded with the first picture
    from exr_inspector_app.services.layer_pairs import FileLayer
    from exr_inspector_app.services.picture_difference import DifferenceFigures
    from exr_inspector_app.services.pixel_diff import LayerDifference

_TITLES = ("Layer", "Changed", "MAE", "RMSE", "PSNR", "Max", "Max at", "First")


def table_lines(results: Sequence[LayerDifference], step: float) -> Iterator[str]:
    """Yield the lines of a table: layers that differ, those of one file, errors, and the names of equal ones."""
    listed = sorted(results, key=lambda result: result.order)
    compared = [result for result in listed if result.figures is not None]
    changed = [result for result in compared if result.is_changed]
    verb = "differs" if len(changed) == 1 else "differ"
    yield f"{len(changed):,} of {pluralize(len(compared), 'layer')} {verb} by more than {step:g}"
    yield from (f"{escape_control(note)}" for note in dict.fromkeys(r.note for r in compared if r.note))
    different = [(result, result.figures) for result in compared if result.figures and not result.is_equal]
    if different:
        yield ""
        yield from _aligned([_TITLES, *(_cells(result, figures) for result, figures in different)])
    for letter, alone in (
        ("A", [r for r in listed if r.pair.b is None]),
        ("B", [r for r in listed if r.pair.a is None]),
    ):
        if alone:
            yield f"\nOnly in {letter}: {_names(alone)}"
    for result in listed:
        if result.error:
            yield f"\n{_name(result)}: {escape_control(result.error)}"
    equal = [result for result in compared if result.is_equal]
    if equal:
        yield f"\nNo change: {_names(equal)}"


def _name(result: LayerDifference) -> str:
    layer = result.pair.layer
    title = escape_control(layer.title)
    part = escape_control(layer.part.name or "")
    return f"{part}: {title}" if part not in ("", title) else title


def _names(results: Sequence[LayerDifference]) -> str:
    return ", ".join(_name(result) for result in results)


def _cells(result: LayerDifference, figures: DifferenceFigures) -> tuple[str, ...]:
    largest = figures.max_text
    return (
        _name(result),
        f"{figures.changed_percent} %",
        f"{figures.mae:.4g}",
        f"{figures.rmse:.4g}",
        f"{figures.psnr:.1f} dB",
        f"{largest}, {figures.non_finite_count:,} NaN or Inf" if figures.non_finite_count else largest,
        _position(figures.max_at),
        _position(figures.first),
    )


def _position(at: tuple[int, int] | None) -> str:
    return f"{at[0]}, {at[1]}" if at else "-"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with aligned columns: the name at the left, numbers at the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *figures]).rstrip()


def result_json(result: LayerDifference) -> dict[str, Any]:
    """Return a layer as JSON; its errors are null if it was not compared."""
    pair, figures = result.pair, result.figures
    names = {
        "layer": pair.layer.name,
        "view": pair.layer.view,
        "kind": pair.layer.kind,
        "a": _layer_json(pair.a),
        "b": _layer_json(pair.b),
    }
    return {
        **names,
        "same": result.is_equal,
        "figures": None if figures is None else _figures_json(figures),
        "note": result.note,
        "error": result.error,
    }


def _layer_json(layer: FileLayer | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {"part_index": layer.part.index, "part_name": layer.part.name, "channels": list(layer.channels)}


def _figures_json(figures: DifferenceFigures) -> dict[str, Any]:
    values = {
        "mae": figures.mae,
        "rmse": figures.rmse,
        "psnr": figures.psnr,
        "max": figures.max_error,
        "changed_share": figures.changed_share,
    }
    counts = {
        "pixels": figures.pixel_count,
        "changed": figures.changed_count,
        "non_finite": figures.non_finite_count,
        "max_at": figures.max_at,
        "first": figures.first,
        "window": {"min": figures.box[:2], "max": figures.box[2:]},
    }
    return {**{name: to_json(value) for name, value in values.items()}, **counts}
