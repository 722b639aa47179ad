"""Derived columns: the path template and the columns that it extracts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exr_inspector_app.config import load
from exr_inspector_app.contracts import Condition, Facet, Listing
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.persistence.factory import open_store
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.persistence.store import Store
from tests.persistence.samples import payload, record
from tests.records import batch

PATHS = [
    "/mnt/prod/orca/OR_0420/lighting/beauty/v017/beauty.1001.exr",
    "/mnt/prod/kelp/it's/lighting/beauty/v002/beauty.1001.exr",
    "/mnt/prod/kelp/hdri.exr",
    "/elsewhere/orca/a.exr",
]


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    """Return a store of four files in the folders of a studio."""
    made = new_store(template=parse_template("/mnt/prod/{show}/{shot}/{task}/*/{version}"))
    made.publish(batch(*(record(payload(path)) for path in PATHS)))
    return made


def test_template_extracts_show_shot_task_and_version(store: Store) -> None:
    rows = store.browse(Listing(sort="path_folded", descending=False)).rows
    folders = [tuple(row.file[name] for name in ("show", "shot", "task", "version")) for row in rows]
    assert folders == [
        ("", "", "", ""),
        ("kelp", "", "", ""),
        ("kelp", "it's", "lighting", "v002"),
        ("orca", "OR_0420", "lighting", "v017"),
    ]


def test_files_are_found_and_counted_by_show(store: Store) -> None:
    page = store.browse(Listing((Condition("show", "=", "kelp"),), facets=("show", "kind")))
    assert page.total_files == 2
    assert page.facets == (Facet("show", (("kelp", 2), ("", 1), ("orca", 1))), Facet("kind", (("scanline", 2),)))
    assert store.count((Condition("shot", "=", "it's"),)) == 1


def test_several_names_may_share_a_folder() -> None:
    template = parse_template("prod:/{show}/{shot}_{task}/")
    match = re.match(template.pattern, "prod:/orca/OR_lighting/a.exr")
    assert match is not None
    assert dict(zip(template.names, match.groups(), strict=True)) == {"show": "orca", "shot": "OR", "task": "lighting"}


@pytest.mark.parametrize("text", ["/mnt/prod", "/{show}/{show}", "/{scene}"])
def test_invalid_template_is_rejected(text: str) -> None:
    with pytest.raises(ConfigError, match="path_template"):
        parse_template(text)


def test_template_is_read_from_the_settings_file(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('path_template = "/mnt/prod/{show}/{shot}"\nviewer = "rv {path}"\n')
    config = load(settings=settings)
    assert config.viewer == "rv {path}"
    store = open_store(config)
    store.publish(batch(record(payload(PATHS[0]))))
    assert store.count((Condition("show", "=", "orca"),)) == 1
    settings.write_text("path_template = 3\n")
    with pytest.raises(ConfigError, match="path_template"):
        load(settings=settings)


def test_versions_do_not_split_a_renderer(new_store: Callable[..., Store]) -> None:
    store = new_store()
    programs = [("Arnold", "7.1.3.0"), ("Arnold", "7.2"), ("Karma", None)]
    records = [record(payload(f"/a/{at}.exr")) for at in range(4)]
    for made, (name, version) in zip(records, programs, strict=False):
        made.payload["file"]["renderer"] = {"name": name, "version": version}
    store.publish(batch(*records))
    assert store.browse(Listing(facets=("renderer",))).facets == (
        Facet("renderer", (("Arnold", 2), ("", 1), ("Karma", 1))),
    )
    assert store.count((Condition("renderer", "=", "Arnold"),)) == 2
    assert store.count((Condition("renderer", "in", ("", "Karma")),)) == 2
