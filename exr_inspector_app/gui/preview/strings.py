"""User-visible strings of the preview: controls, tooltips, and messages of the canvas."""

from __future__ import annotations

from exr_inspector_app.exr.pixels.color_maps import ColorMap
from exr_inspector_app.text.format import pluralize

# Toolbar

LAYER = "Layer"
VIEW = "View"
DISPLAY = "Display"
ZOOM = "Zoom"
FIT = "Fit"
NAN = "NaN"
MARK_NON_FINITE = "Mark NaN and infinite pixels"
SHOW_WINDOWS = "Show data and display window"
FULL_WINDOW = "Full-window preview"
CHANNEL_NAMES = {"R": "Red", "G": "Green", "B": "Blue", "A": "Alpha", "Y": "Luminance"}

# Color

FILE_SPACE = "File"
CONFIGURATION = "OpenColorIO configuration"
OCIO_VARIABLE = "Of $OCIO"
NO_CONFIGURATION = "None (colorimetric)"
CG_CONFIGURATION = "Built-in CG"
STUDIO_CONFIGURATION = "Built-in studio"
CHOOSE_CONFIGURATION = "Choose file…"
CONFIGURATION_TITLE = "Choose an OpenColorIO configuration"
CONFIGURATION_FILTER = "OpenColorIO configurations (*.ocio *.ocioz)"
OF_FILE = "From the file"
SHOW_AS = "Show files of this folder as"
DATA_SPACE = "Data"
DATA_SPACE_TOOLTIP = "Data are shown as they are, without color management"

# Levels

LEVEL = "Level"
ACROSS, LEVEL_ACROSS = "Across", "Level across"
DOWN, LEVEL_DOWN = "Down", "Level down"
FULL_IMAGE = "Full image"
LEVEL_KEYS = "Page Down shows the next smaller level, Page Up the next larger one"

# Exposure

EXPOSURE = "Exposure"
GAMMA = "Gamma"
OFFSET = "Offset"
AUTO_EXPOSURE = "Expose to middle gray"
STOPS = "stops"
HISTOGRAM = "Histogram"
DATA_HISTOGRAM_TOOLTIP = "Values of each channel over the automatic range"
RANGE_HANDLES_TOOLTIP = "Drag the lines to set the range; double-click restores it"
HISTOGRAM_TOOLTIP = (
    "Values of each channel in stops; heights are square roots, the dotted line is 1.0.\n"
    "Above: shares of values that are darker, zero or negative, and brighter"
)

# Range of data

LOW = "Low"
HIGH = "High"
AUTO = "Auto"
AUTO_RANGE = "Automatic range"
NEAR_IS_LIGHT = "near is light, none is black"
COLOR_MAP = "Map"
COLOR_MAP_TOOLTIP = "Colors of the values that are shown"
COMPONENT_MAP_TOOLTIP = "Colors of one component; R, G or B shows it alone"
COLOR_MAP_NAMES = {
    ColorMap.GREY: "Grey",
    ColorMap.MAKO: "Mako",
    ColorMap.VIRIDIS: "Viridis",
    ColorMap.CIVIDIS: "Cividis",
    ColorMap.DIVERGING: "Blue–red",
}
NONE_IS_BLACK = "none is black"
ZERO_IS_GREY = "zero is grey"
NONE = "none"
ONE_COLOR_PER_ID = "One color per ID, 0 is black"
FALSE_COLOR_CAPTION = "False color: luminance in stops around 1.0"
NOTHING_TO_SHOW = "No values to show"

# Frames

FRAME = "Frame"
FRAMES = "Frames"
FIRST_FRAME = "First frame"
LAST_FRAME = "Last frame"
PLAY = "Play"
STOP_PLAYING = "Stop playing"
PLAY_TOOLTIP = "Play or stop  Space"
FRAME_TOOLTIP = "Frame number; Enter goes to the nearest frame"
FRAME_RATE = "Frame rate"
FRAME_RATE_TOOLTIP = "Frames per second of playback"
DROPPED_TOOLTIP = "Frames that were skipped because the next ones were due"
IN_POINT, OUT_POINT = "In", "Out"
IN_TOOLTIP = "Play from this frame on; again: from the first one  I"
OUT_TOOLTIP = "Play up to this frame; again: up to the last one  O"

# Readout

PIXEL_VALUES = "Pixel values"
NO_OBJECT = "no object"
NOT_IN_FILE = "not in the file"

# Marks

MARKS = {"NAN": "NaN", "INF": "Inf", "NEGATIVE": "Neg", "CLIPPED": "Clip"}
MARK_TOOLTIPS = {
    "NAN": "Mark NaN in magenta",
    "INF": "Mark infinite values in yellow",
    "NEGATIVE": "Mark negative values in blue  M",
    "CLIPPED": "Mark values at the end of their encoding in red: from 65,504 on, or from 1 on in a display space  C",
}

# Probes and regions

COPY_TSV = "Copy as TSV"
CLOSE_REGION = "Close the statistics of the region"
CLOSE_SAMPLES = "Close the list of samples"
UNPIN = "Remove this probe"
REGION_COLUMNS = ("Channel", "Min", "Max", "Mean", "Deviation", "NaN", "Inf", "Negative")
REGION_STATISTICS = "Statistics of the region"
DEEP_SAMPLES = "Samples of the deep pixel"
PINNED_PROBES = "Pinned probes"
MEASURING = "Measuring the region…"
FROM_PROBE = "from the probe"

# Canvas

IMAGE = "Image"
NO_IMAGE = "No image"
NO_FILE_SELECTED = "No file selected"
SELECT_FOR_IMAGE = "Select a file to see its image."
LOADING = "Loading"
LOADING_IMAGE = "Loading the image."
NO_CHANNELS = "This file has no channels to show."
UNFINISHED_HEADER = "The header of this file is cut off, so its pixels cannot be located."
OUT_OF_MEMORY = "There is not enough memory for this image."
DAMAGED_HEADER = "The header is too damaged to show an image."


def with_shortcut(text: str, keys: str) -> str:
    """Return a tooltip that ends with a shortcut."""
    return f"{text}  {keys}"


def zoom_tooltip(percent: str) -> str:
    """Return the tooltip of the zoom dropdown."""
    return f"{ZOOM}: {percent}"


def file_space(name: str, evidence: str) -> str:
    """Return a color space with the evidence for it."""
    return f"{name} ({evidence})"


def file_space_tooltip(space: str) -> str:
    """Return the tooltip of the menu of file spaces."""
    return f"Color space of the file: {space}"


def display_view_tooltip(display: str, view: str) -> str:
    """Return the tooltip of the display menu."""
    return f"{DISPLAY}: {display}, {view}"


def channel_tooltip(letter: str) -> str:
    """Return the tooltip of a channel button."""
    return f"{CHANNEL_NAMES[letter]}: on or off. {letter} or Shift+click shows it alone"


def part_group(index: int, name: str) -> str:
    """Return the title of a part's group of layers."""
    return f"Part {index}" + (f"  {name}" if name else "")


def layer_of_part(part: str, layer: str) -> str:
    """Return the title of a layer in a file of several parts."""
    return f"{part} · {layer}"


def matte_ranks(count: int) -> str:
    """Return how many objects a pixel of a Cryptomatte can hold."""
    return pluralize(count, "rank")


def derived_color(components: str) -> str:
    """Return the name of the color layer that luminance and chroma channels yield."""
    return f"{components} from luminance and chroma"


def level_ratio(ratio: str) -> str:
    """Return how many pixels of the full image a pixel of the level covers, in short."""
    return f"1 pixel for {ratio}"


def level_ratio_tooltip(ratio: str) -> str:
    """Return how many pixels of the full image a pixel of the level covers."""
    return f"1 pixel of this level covers {ratio} pixels of the full image"


def setting_tooltip(name: str, unit: str) -> str:
    """Return the tooltip of an exposure setting."""
    return f"{name}{f' in {unit}' if unit else ''}; double-click resets"


def setting_field(name: str) -> str:
    """Return the accessible name of the number field of a setting."""
    return f"{name} as a number"


def bound_tooltip(name: str) -> str:
    """Return the tooltip of a bound of the range."""
    return f"{name} value that is shown; the button Auto restores the range of the layer"


def format_bound(value: float) -> str:
    """Return a bound of a range in at most six digits."""
    return f"{value:.6g}".replace("-", "−")


def format_tick(value: float) -> str:
    """Return a value of the scale in about four digits."""
    text = f"{value:,.0f}" if 1e3 <= abs(value) < 1e9 else f"{value:.4g}"
    return text.replace("-", "−")


def parse_bound(text: str) -> float:
    """Return the number of a bound.

    Raises:
        ValueError: It is no number.
    """
    return float(text.strip().replace("−", "-").replace(",", "."))


def shown_range(low: str, high: str, remark: str) -> str:
    """Return the caption of the scale of a data layer."""
    return f"Shown {low} to {high}" + (f", {remark}" if remark else "")


def axis_range(name: str, low: str, high: str) -> str:
    """Return the range of one component."""
    return f"{name} {low} to {high}"


def shown_axes(ranges: list[str], remark: str) -> str:
    """Return the caption of the scale of positions, which have a range per component."""
    return f"Shown {', '.join(ranges)}, {remark}"


def frame_rate(rate: float) -> str:
    """Return the label of a frame rate."""
    return f"{rate:g} fps"


def dropped_frames(count: int) -> str:
    """Return the number of dropped frames."""
    return f"{count:,} dropped"


def cached_frames(count: int, total: int) -> str:
    """Return how many frames are in memory."""
    return f"{count:,} of {total:,} in memory"


def played_range(first: object, last: object) -> str:
    """Return which frames are played."""
    return f"playing {first} to {last}"


def coverage(share: float) -> str:
    """Return the share of a pixel that an object covers."""
    return f"{100 * share:.3g} %"


def frame_summary(damaged: int, unusual: int, missing: int) -> str:
    """Return the number of damaged, unusual, and missing frames; counts of 0 are omitted."""
    facts = [f"{damaged} damaged"] if damaged else []
    facts += [f"{unusual} unusual or unfinished"] if unusual else []
    facts += [f"{missing:,} missing"] if missing > 0 else []
    return ", ".join(facts)


def special_counts(nan_count: int, inf_count: int, negative_count: int) -> str:
    """Return the counts of NaN, infinite and negative values; counts of 0 are omitted."""
    counts = (("NaN", nan_count), ("Inf", inf_count), ("negative", negative_count))
    return ", ".join(f"{name} {count:,}" for name, count in counts if count)


def missing_units(count: int, unit: str) -> str:
    """Return how many tiles, chunks, or regions of the image are not shown."""
    return f"{pluralize(count, unit)} not shown"


def outside_shares(below: float, above: float) -> tuple[str, str]:
    """Return the shares of values below and above the histogram, empty for none."""
    texts = [f"{100 * share:.1f} %" if share >= 0.001 else "< 0.1 %" if share else "" for share in (below, above)]
    return f"← {texts[0]}" if texts[0] else "", f"{texts[1]} →" if texts[1] else ""


def mean_values(factor: int) -> str:
    """Return the note that the values are means of the reduced image."""
    return f"means of {factor} × {factor} pixels"


def display_window(size: str) -> str:
    """Return the label of the display window."""
    return f"Display window {size}"


def data_window(size: str, origin: str) -> str:
    """Return the label of the data window; the origin is omitted if it is empty."""
    return f"Data window {size}" + (f" from {origin}" if origin else "")


def loading_file(name: str) -> str:
    """Return the status shown while an image is being decoded."""
    return f"{LOADING} {name}"


def region_size(width: int, height: int) -> str:
    """Return the size of a region."""
    return f"{width:,} × {height:,}"


def region_title(size: str, corner: tuple[int, int], lost: int) -> str:
    """Return the title of the statistics of a region; `lost` pixels could not be read."""
    title = f"{size} pixels from {corner[0]}, {corner[1]}"
    return f"{title}, {pluralize(lost, 'pixel')} not in the file" if lost else title


def samples_title(count: int, shown: int, at: tuple[int, int]) -> str:
    """Return the title of the list of deep samples."""
    title = f"{pluralize(count, 'sample')} at {at[0]}, {at[1]}"
    return f"{title}, the first {shown:,} are listed" if shown < count else title


def probe_name(number: int) -> str:
    """Return the name of a pinned probe."""
    return f"Probe {number}"


def mark_count(name: str, count: int) -> str:
    """Return the label of the toggle of a kind of marks."""
    return f"{name} {count:,}"
