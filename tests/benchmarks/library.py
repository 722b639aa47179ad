"""Browsing of a large local library: first page, facets, filters and text search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from exr_inspector_app.contracts import Condition, Listing, Record
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.query.search_words import parse_search
from exr_inspector_app.services.storage.build import build_report
from tests.benchmarks.measure import Figures, Options, best
from tests.persistence.samples import attributes, channels, payload, record
from tests.records import batch

GOAL = 0.1  # seconds for the first page with its facets
FRAMES = 100  # of one sequence
TEMPLATE = "/mnt/prod/{show}/{shot}/{task}/*/{version}"
SHOWS = ("orca", "kelp", "harrier", "mako", "pike", "tern", "gull", "wren")
PROGRAMS = ("Arnold 7.2.4", "Arnold 7.2.3", "V-Ray 6.1", None)
COMPRESSIONS = ("dwaa", "dwaa", "dwaa", "zip", "zips", "piz")
_NAMES = [*(f"/set/prop_{number}/geo" for number in range(200)), "/set/hero_car/body"]
_MANIFEST = {
    "name": "cryptomatte/d593dd7/manifest",
    "type": "string",
    "value": json.dumps({name: f"{number:08x}" for number, name in enumerate(_NAMES)}),
}
SIZES = ((1920, 1080), (2048, 858), (1024, 576))


def library(folder: Path, options: Options) -> Figures:
    """Measure the first page of sequences with all facets, relative to the goal, and the requests that follow."""
    store = LocalStore(folder / "library.duckdb", template=derived_columns.parse_template(TEMPLATE))
    for records in _batches(options.rows // FRAMES):
        store.publish(batch(*records))
    first = Listing(facets=derived_columns.FACET_COLUMNS)
    chosen = (Condition("show", "in", ("orca", "kelp")), Condition("layer", "=", "specular"))
    text_filter = (parse_where("text~sh_0042 setting"),)
    objects = parse_search("object:hero_car renderer:arnold layer:diff date:>=2020")
    listings = {
        "page_ms": Listing(),
        "filtered_ms": Listing(chosen, facets=derived_columns.FACET_COLUMNS),
        "words_ms": Listing(text_filter, facets=derived_columns.FACET_COLUMNS),
        "objects_ms": Listing(objects, facets=derived_columns.FACET_COLUMNS),
        "last_page_ms": Listing(sort="renderer", offset=max(options.rows // FRAMES - 100, 0)),
        "every_file_ms": Listing(folded=False, sort="path_folded", descending=False),
    }
    first_page_s = best(lambda: store.browse(first))
    figures = {name: 1e3 * best(lambda one=one: store.browse(one)) for name, one in listings.items()}  # type: ignore[misc]
    return {
        "ratio": first_page_s / GOAL,
        "first_page_and_facets_ms": 1e3 * first_page_s,
        **figures,
        "report_ms": 1e3 * best(lambda: build_report(store)),
        "rows": options.rows,
        "goal": 1,
    }


def _batches(sequences: int) -> Iterator[list[Record]]:
    """Yield the frames of some sequences at a time."""
    records: list[Record] = []
    for number in range(sequences):
        records += [_frame(number, frame) for frame in range(1001, 1001 + FRAMES)]
        if len(records) >= 2000 or number == sequences - 1:
            yield records
            records = []


def _frame(number: int, frame: int) -> Record:
    """Return a frame of a sequence; sequences differ as they do in a studio."""
    show, (width, height) = SHOWS[number % len(SHOWS)], SIZES[number % len(SIZES)]
    pass_ = f"beauty{number}"
    path = f"/mnt/prod/{show}/SH_{number % 97:04}/lighting/{pass_}/v{number % 20:03}/{pass_}.{frame}.exr"
    built = payload(
        path,
        frame_number=frame,
        width=width,
        height=height,
        compression=COMPRESSIONS[number % len(COMPRESSIONS)],
        render_software=PROGRAMS[number % len(PROGRAMS)],
        is_tiled=number % 15 == 0,
        is_deep=number % 80 == 1,
        channels=channels(4 + 4 * (number % 9)),
        attributes=[*attributes(20, frame), *([_MANIFEST] if number % 4 == 0 else [])],
        header_hash=f"{number:032x}{frame:032x}",
    )
    return record(built, seed=number)
