"""Backfill: processor time and bytes of a file, from the file to the tables."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from exr_inspector_app.backfill.loading import Loader
from exr_inspector_app.backfill.shard_worker import process_shard
from exr_inspector_app.backfill.sources import ListedFile, PathSource
from exr_inspector_app.backfill.work_folder import WorkFolder
from exr_inspector_app.contracts import never_stop
from exr_inspector_app.ingest.patience import NO_PATIENCE
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.persistence.vast import VastStore
from tests.backfill.conftest import prove_import
from tests.benchmarks.measure import Figures, Options
from tests.benchmarks.vast import run_server
from tests.conftest import CORPUS
from tests.exr_files import studio_frames
from tests.vast.crowd import place

FILES = 3000
SHARD_FILES = 1000
GOAL_MS = 4.2  # of processor time per file, from the file to Parquet


def backfill(folder: Path, _options: Options) -> Figures:
    """Encode and load 3,000 files of 40 channels and 30 attributes; the ratio is of the time to encode one."""
    tree = folder / "renders"
    studio_frames(tree, FILES, sequences=30)
    with run_server() as endpoint:
        imported, inserted = place(endpoint, "imported"), place(endpoint, "inserted")
        prove_import(imported)
        VastStore(inserted).ensure_tables()
        encode_ms, parquet, arrow = 0.0, 0, 0
        load_ms = {}
        for name, store in {"local": LocalStore(folder / "library.duckdb"), "import": VastStore(imported),
                            "insert": VastStore(inserted)}.items():  # fmt: skip
            work = open_work(folder / name, tree)
            encode_ms = encode(work)
            parquet, arrow = sizes(work)
            load_ms[f"{name}_ms_per_file"] = load(work, store)
            store.close()
    figures = {"encode_ms_per_file": encode_ms, "files_per_second_and_core": 1000 / encode_ms, **load_ms}
    figures["unlike_parquet_bytes_per_file"] = unlike(folder / "unlike")
    return {"ratio": encode_ms / GOAL_MS, **figures, "parquet_bytes_per_file": parquet, "insert_bytes_per_file": arrow}


def open_work(folder: Path, tree: Path) -> WorkFolder:
    """Return a work folder with the lists of all shards."""
    source = PathSource(str(tree), [str(tree)])
    work = WorkFolder(folder, source.description, "bench", "bench", ())
    paths = [item.path for item in source.list_files() if isinstance(item, ListedFile)]
    work.write_lists(paths, SHARD_FILES)
    return work


def encode(work: WorkFolder) -> float:
    """Encode all shards in this process; return milliseconds of the processor per file, of the fastest shard."""
    times = []
    for number in work.remaining()[0]:
        started = time.process_time()
        assert process_shard(work.task(number)) is None
        times.append(time.process_time() - started)
    return min(times) / SHARD_FILES * 1000


def unlike(folder: Path) -> int:
    """Return the bytes as Parquet of a file among files that have little in common; 0 without sample files."""
    if not CORPUS.is_dir():
        return 0
    work = open_work(folder, CORPUS)
    assert process_shard(work.task(0)) is None
    return sizes(work, work.manifest.files)[0]


def sizes(work: WorkFolder, files: int = FILES) -> tuple[int, int]:
    """Return the bytes of a file as Parquet, and as inserted."""
    parquet = arrow = 0
    for number in work.remaining()[1]:
        for path in work.shard(number, frozenset()).tables.values():
            parquet += path.stat().st_size
            arrow += sum(pa.ipc.get_record_batch_size(batch) for batch in pq.read_table(path).to_batches())
    return parquet // files, arrow // files


def load(work: WorkFolder, store: Store) -> float:
    """Load all shards; return milliseconds of this process's processor time per file."""
    started = time.process_time()
    with closing(Loader(store, work, NO_PATIENCE)) as loader:
        for number in work.remaining()[1]:
            list(loader.load(number, never_stop))
    return (time.process_time() - started) / FILES * 1000
