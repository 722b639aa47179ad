"""Option `diff --pixels`: compare the pixels of all layers of two files, or of the frames of two sequences."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from exr_inspector_app.cli.options.number_arguments import parse_step
from exr_inspector_app.cli.output.pixel_table import result_json, table_lines
from exr_inspector_app.cli.output.terminal import print_message, print_result
from exr_inspector_app.errors import UsageError
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the pixel diff."""
    text = "compare the pixels of two files, or of two sequences frame by frame"
    parser.add_argument("--pixels", action="store_true", help=text)
    text = "with --pixels: difference above which a pixel counts as changed (0.001)"
    parser.add_argument("--step", type=parse_step, metavar="VALUE", help=text)
    parser.add_argument("--layer", metavar="NAME", help="with --pixels: this layer only")


def check_options(parsed: argparse.Namespace) -> None:
    """Refuse options that need --pixels.

    Raises:
        UsageError: One of them is given without it.
    """
    for name in ("step", "layer"):
        if getattr(parsed, name) is not None and not parsed.pixels:
            raise UsageError(f"--{name} needs --pixels.")


def pair_frames(groups: Sequence[Sequence[ExrFile]]) -> list[tuple[ExrFile, ExrFile]]:
    """Return the files to compare: the only two, or the frames of two sequences with the same number.

    Raises:
        UsageError: There are not two paths, or nothing of them belongs together.
    """
    files = [file for group in groups for file in group]
    if len(files) == 2:
        return [(files[0], files[1])]
    if len(groups) != 2:
        raise UsageError("--pixels compares two files or two sequences; give two paths.")
    first, second = groups
    if len(first) == 1 or len(second) == 1:
        raise UsageError("--pixels compares a file with a file, or a sequence with a sequence.")
    by_frame = {file.frame_number: file for file in second}
    pairs = [(file, by_frame[file.frame_number]) for file in first if file.frame_number in by_frame]
    if not pairs:
        raise UsageError("The two sequences have no frame number in common.")
    unpaired = len(first) + len(second) - 2 * len(pairs)
    if unpaired:
        print_message(f"Skipped {pluralize(unpaired, 'frame')} of one sequence only.")
    return pairs


def print_pixel_diff(parsed: argparse.Namespace, groups: Sequence[Sequence[ExrFile]]) -> int:
    """Compare the files and print the result; return the exit code, 1 if a layer could not be compared."""
    from exr_inspector_app.exr.pixels.decoder import Decoder
    from exr_inspector_app.services.picture_difference import DEFAULT_STEP

    step = DEFAULT_STEP if parsed.step is None else parsed.step
    pairs = pair_frames(groups)
    failed = False
    compared = []
    with closing(Decoder()) as decoder:
        for at, files in enumerate(pairs):
            results = _diff(files, decoder, parsed.layer, step)
            failed |= any(result.error for result in results)
            if parsed.json:
                compared.append(_pair_json(files, results, step))
                continue
            if at:
                print_result("")
            for letter, file in zip("AB", files, strict=True):
                print_result(f"{letter}  {escape_control(file.path)}")
            print_result("\n".join(table_lines(results, step)), flush=True)
    if parsed.json:
        same = all(row["same"] for row in compared)
        print_result(json.dumps(compared[0] if len(compared) == 1 else {"same": same, "pairs": compared}, indent=2))
    return int(failed)


def _diff(files: tuple[ExrFile, ExrFile], decoder: Any, layer: str | None, step: float) -> list[Any]:
    """Return the differences of the layers of two files.

    Raises:
        UsageError: There is no layer of this name.
    """
    from exr_inspector_app.services.layer_pairs import pair_layers
    from exr_inspector_app.services.pixel_diff import diff_layers

    pairs = pair_layers(*files)
    if layer is not None:
        names = [pair.layer.name or pair.layer.title for pair in pairs]
        pairs = [pair for pair in pairs if layer in (pair.layer.name, pair.layer.title)]
        if not pairs:
            raise UsageError(
                f"There is no layer {escape_control(layer)}; choose one of: "
                f"{', '.join(map(escape_control, dict.fromkeys(names[:20])))}."
            )
    return list(diff_layers(files, decoder, pairs, step=step))


def _pair_json(files: tuple[ExrFile, ExrFile], results: Sequence[Any], step: float) -> dict[str, Any]:
    layers = [result_json(result) for result in sorted(results, key=lambda result: result.order)]
    paths = [file.path for file in files]
    return {"files": paths, "same": all(layer["same"] for layer in layers), "step": step, "layers": layers}
