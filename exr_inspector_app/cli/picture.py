"""Command `picture`: write the picture of a file as a PNG, as the canvas shows it."""

from __future__ import annotations

import argparse
import math
import os
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exr_inspector_app.cli.options.number_arguments import parse_index, parse_within
from exr_inspector_app.cli.options.target_arguments import create_backend
from exr_inspector_app.cli.output.terminal import inspected_files, print_message, print_problems, print_result
from exr_inspector_app.errors import ConfigError, PixelsError, UsageError
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control

if TYPE_CHECKING:  # numpy and the decoder are loaded with the first picture
    from exr_inspector_app.services.picture_render import RenderSettings

AUTO = "auto"
FALSE_COLOR = "false-color"
MAPS = ("grey", "mako", "viridis", "cividis", "diverging", FALSE_COLOR)
MAX_SIDE = 65_535  # px
MAX_STOPS = 64.0
_NEGATIVE_RANGE = re.compile(r"-[\d.][\d.,eE+-]*")
_SIZE = re.compile(r"(\d{1,5})(?:[xX×](\d{1,5}))?")

_DESCRIPTION = """Write the picture of a file as a PNG, as the canvas shows it, without overlays. Of a folder or a
sequence the first file is taken. Pictures larger than 2048 pixels are reduced unless --full or --size is given."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Write the picture of a file as a PNG."
    parser = commands.add_parser("picture", help=text, description=_DESCRIPTION)
    parser.set_defaults(run=_picture)
    parser.add_argument("path", metavar="FILE", help="a file; of a folder or sequence its first file")
    parser.add_argument("--out", required=True, metavar="OUT.png", help="the PNG to write; an existing one is replaced")
    parser.add_argument("--part", type=parse_index, metavar="N", help="index of the part (all)")
    parser.add_argument("--layer", metavar="NAME", help="layer or channel (the picture of the file)")
    parser.add_argument("--eye", metavar="VIEW", help="view of a stereo file (the first)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="every pixel of the file")
    size.add_argument(
        "--size", type=_parse_size, metavar="WxH|N", help="fit into W x H or N x N pixels; never enlarges"
    )
    text = "stops, applied to linear light (0)"
    parser.add_argument("--exposure", type=parse_within(MAX_STOPS), default=0.0, metavar="STOPS", help=text)
    parser.add_argument("--display", default="", metavar="NAME", help="display of the configuration (its default)")
    parser.add_argument("--view", default="", metavar="NAME", help="view of the display (its default)")
    text = "OpenColorIO configuration: cg, studio, ocio://..., a file, or none ($OCIO)"
    parser.add_argument("--config", default="", metavar="CONFIG", help=text)
    text = "values that are shown: auto, or LOW,HIGH (the default look of the layer)"
    parser._negative_number_matcher = _NEGATIVE_RANGE  # argparse takes -1,1 for an option otherwise
    parser.add_argument("--range", type=_parse_range, metavar="auto|LOW,HIGH", help=text)
    text = "colors of a data channel: grey, mako, viridis, cividis, diverging; of colors: false-color, by exposure"
    parser.add_argument("--map", choices=MAPS, metavar="MAP", help=text)
    text = "object, by its Cryptomatte name or its ID, that is shown while others are dimmed; may be repeated"
    parser.add_argument("--isolate", action="append", default=[], metavar="OBJECT", help=text)
    parser.add_argument("--sheet", action="store_true", help="contact sheet of all layers")


def _picture(parsed: argparse.Namespace) -> int:
    out = Path(parsed.out)
    if out.suffix.lower() != ".png":
        raise UsageError(f"--out must end in .png: {parsed.out}")
    file = _first_file(parsed)
    if not file.parts:
        print_problems(file)
        return 1
    settings, is_replaced = _settings(parsed)
    try:
        image = _render(parsed, file, settings)
    except PixelsError as error:
        print_message(f"{file.path}: {error.sentence}")
        return 1
    except ConfigError as error:
        if is_replaced:
            raise
        raise UsageError(error.sentence) from error
    from exr_inspector_app.services.png import write_png

    try:
        write_png(out, image)
    except OSError as error:
        print_message(f"Cannot write {parsed.out}: {error.strerror or error}.")
        return 1
    return 0


def _first_file(parsed: argparse.Namespace) -> ExrFile:
    """Return the file, or the first one of a folder or sequence.

    Raises:
        PixelsError: There is no such file.
    """
    events = create_backend(parsed).inspect([parsed.path], with_plan=False)
    file, event = next(inspected_files(events), (None, None))
    if file is None:
        raise PixelsError(f"No OpenEXR file in {escape_control(parsed.path)}.")
    if event is not None and Path(file.path) != Path(os.path.abspath(parsed.path)):
        print_message(f"Showing {file.path}.")
    return file


def _settings(parsed: argparse.Namespace) -> tuple[RenderSettings, bool]:
    """Return the settings, and whether another configuration than the given one is used."""
    from exr_inspector_app.color.configuration import load_configuration
    from exr_inspector_app.color.processor import DisplayChoice
    from exr_inspector_app.exr.pixels.color_maps import ColorMap
    from exr_inspector_app.services.picture_render import DEFAULT_SIZE, RenderSettings

    configuration, sentence = load_configuration(parsed.config)
    choice = DisplayChoice(parsed.display, parsed.view)
    if sentence:
        print_message(sentence)
        choice = DisplayChoice()  # its displays went with it
    else:
        try:
            configuration.complete(choice.display, choice.view)
        except ConfigError as error:
            raise UsageError(error.sentence) from error
    size = None if parsed.full else (parsed.size or DEFAULT_SIZE)
    if parsed.sheet and not parsed.size:
        size = None
    is_false_color = parsed.map == FALSE_COLOR
    color_map = None if is_false_color or parsed.map is None else ColorMap(parsed.map)
    settings = RenderSettings(
        size, parsed.exposure, choice, configuration, parsed.range, color_map, is_false_color=is_false_color
    )
    return settings, bool(sentence)


def _render(parsed: argparse.Namespace, file: ExrFile, settings: RenderSettings) -> Any:
    """Return the colors, (height, width, 3) uint8, and print the notes."""
    from exr_inspector_app.exr.pixels.decoder import Decoder
    from exr_inspector_app.services.contact_sheet import MAX_CELLS, render_sheet
    from exr_inspector_app.services.object_selection import find_ids
    from exr_inspector_app.services.picture_render import render_first_visible
    from exr_inspector_app.services.picture_selection import layer_name, select_layers

    layers = select_layers(file, parsed.part, parsed.layer, parsed.eye)
    with closing(Decoder()) as decoder:
        if parsed.sheet:
            image, columns, notes = render_sheet(file, layers, settings, decoder)
            for at, layer in enumerate(layers[:MAX_CELLS]):
                name = ".".join(filter(None, (layer.view, layer_name(layer, file.parts[layer.part_index]))))
                print_result(f"{at // columns + 1},{at % columns + 1}\t{layer.part_index}\t{escape_control(name)}")
        else:
            shown = layers[:1] if parsed.layer is not None or parsed.isolate else layers
            if parsed.isolate:
                shown = [next((layer for layer in layers if layer.kind in ("cryptomatte", "id")), layers[0])]
                settings = replace(settings, isolated=find_ids(file, shown[0], parsed.isolate))
            image, _, note = render_first_visible(file, shown, settings, decoder)
            notes = [note] if note else []
    for note in notes:
        print_message(note)
    return image


def _parse_size(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    width, height = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1920x1080 or 512")
    return width, height


def _parse_range(text: str) -> tuple[float, float] | str:
    if text == AUTO:
        return AUTO
    try:
        low, high = (float(number) for number in text.split(","))
    except ValueError:
        low = high = math.nan
    if not low < high or not math.isfinite(high - low):
        raise argparse.ArgumentTypeError(f"{text!r} is no range such as 0,100; LOW is less than HIGH")
    return low, high
