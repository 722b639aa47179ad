"""Writer of the tables of this version, as data for the migration tests of later versions.

    python -m tests.persistence.write_tables

writes `tests/persistence/data/schema_N.zip` with a local library, the rows of a VAST Database as Parquet, and the
payloads and previews that were published. Run it before the schema changes; files of earlier versions stay.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from exr_inspector_app.config import Secret, Vast
from exr_inspector_app.contracts import LOOK_DIM, Batch, Preview, Record
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.ingest.records import record_from_payload
from exr_inspector_app.model import Payload, payload
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.persistence.vast import VastStore
from tests.exr_files import string, studio_file, write_exr
from tests.exr_files.values import strings
from tests.exr_files.writing import Tiles
from tests.vast_server import VastServer

DATA = Path(__file__).parent / "data"
PLACE = "/prod/orca/sh010"  # of every published file
EARLIER, LATER = "2026-03-01T10:00:00.000000+00:00", "2026-03-02T10:00:00.000000+00:00"
JPEG = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xdathumbnail"


def main() -> None:
    """Write the tables of this version."""
    target = DATA / f"schema_{schema.SCHEMA_VERSION}.zip"
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        published = list(_payloads(Path(folder)))
        archive.writestr("payloads.json", json.dumps(published, separators=(",", ":")))
        library = Path(folder, "library.duckdb")
        publish_all(LocalStore(library), published)
        archive.write(library, "library.duckdb")
        for name, rows in _vast_rows(published).items():
            archive.writestr(f"vast/{name}.parquet", rows, zipfile.ZIP_STORED)


def publish_all(store: Store, published: list[Payload]) -> None:
    """Publish the payloads in two batches, the first of them twice, and two previews."""
    records = [record_at(made, EARLIER) for made in published]
    half = len(records) // 2
    store.publish(Batch(tuple(records[:half]), "publish-1", "mira"))
    later = [replace(record, inspected_at=LATER) for record in [*records[half:], records[0]]]
    store.publish(Batch(tuple(later), "publish-2", "tom"))
    vector = np.eye(1, LOOK_DIM, 7, dtype=np.float32)[0]
    pictures = [(record.identity.file_id, record.payload["file"]["picture"]) for record in records[:2]]
    store.put_previews([Preview(name, vector, JPEG, picture and picture["layer"]) for name, picture in pictures])


def record_at(made: Payload, inspected_at: str) -> Record:
    """Return the record of a payload, inspected at a time."""
    return replace(record_from_payload(made), inspected_at=inspected_at)


def _payloads(folder: Path) -> Iterator[Payload]:
    """Yield the payloads of files of several kinds, as if they had been inspected in one folder of a studio."""
    for path in _files(folder):
        made: Any = payload(inspect_file(str(path)))
        made["file"]["mtime"] = "2026-02-28T09:00:00.000000+00:00"
        made["file"]["path"] = f"{PLACE}/{str(path.relative_to(folder)).replace('new/', 'old/')}"
        yield made


def _files(folder: Path) -> list[Path]:
    for name in ("beauty", "fx", "neg", "old", "new"):
        (folder / name).mkdir()
    layers = ["R", "G", "B", "A", "spec.R", "spec.G", "spec.B", ("Z", "float")]
    left_right = {"multiView": strings("right", "left")}
    parts = [
        {"channels": ["B", "G", "R"], "attributes": {"name": string("right"), "view": string("right")}},
        {"channels": [("Z", "float")], "attributes": {"name": string("depth"), "owner": string("mira")}},
    ]
    long = {"comments": string("word " * 30_000), "nuke/version": string("13.2v5")}
    files = [studio_file(folder / "beauty" / f"beauty.{frame}.exr", frame) for frame in (1001, 1002, 1003)]
    files += [write_exr(folder / "fx" / f"smoke.{frame}.exr") for frame in ("0001.25", "0001.5", "0002.0")]
    files += [write_exr(folder / "neg" / f"wedge.{frame}.exr") for frame in ("-0002", "-0001", "0000")]
    files += [
        write_exr(folder / "parts.exr", parts=parts),
        write_exr(folder / "stereo.exr", channels=["R", "G", "B", "left.R", "left.G", "left.B"], attributes=left_right),
        write_exr(folder / "layers.1001.exr", channels=layers, attributes=long),
        write_exr(folder / "tiled ünï#1 100%.exr", kind="tiledimage", tiles=Tiles(), channels=layers[::-1]),
        write_exr(folder / "old" / "same.exr", attributes={"arnold/version": string("7.2.4.1")}),
        write_exr(folder / "new" / "same.exr", attributes={"cycles.ViewLayer.samples": string("64")}),
    ]
    return files


def _vast_rows(published: list[Payload]) -> dict[str, bytes]:
    """Return the rows of a VAST Database after the same publishes, as Parquet by table."""
    with VastServer() as server:
        place = Vast(server.endpoint, "vastdb", "exr_metadata", access_key="KEY", secret_key=Secret("SECRET"))
        with closing(VastStore(place)) as store:
            store.ensure_tables()
            publish_all(store, published)
        written = {}
        for name in schema.TABLES:
            sink = BytesIO()
            pq.write_table(server.rows("exr_metadata", name), sink, compression="zstd")
            written[name] = sink.getvalue()
        return written


if __name__ == "__main__":
    main()
