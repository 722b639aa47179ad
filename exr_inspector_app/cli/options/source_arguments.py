"""Arguments that name the files of `backfill` and `reconcile`: a folder, a bucket, a list, or the VAST Catalog."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from exr_inspector_app.cli.options.path_arguments import add_list, read_list
from exr_inspector_app.errors import UsageError

if TYPE_CHECKING:
    from exr_inspector_app.backfill.sources import Source
    from exr_inspector_app.services.backend import Backend


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the arguments to a command."""
    parser.add_argument("root", nargs="?", metavar="ROOT", help="a folder, or s3://bucket/prefix")
    add_list(parser)
    text = "files of the cluster below FOLDER by its VAST Catalog; PATH is where this machine has the folder"
    parser.add_argument("--catalog", metavar="FOLDER[=PATH]", help=text)


def parse_source(parsed: argparse.Namespace, backend: Backend) -> tuple[Source, list[str]]:
    """Return the source that the arguments name, and the folders or addresses that it lists completely.

    Raises:
        UsageError: There is not exactly one, or the list cannot be read.
    """
    from exr_inspector_app.backfill.sources import CatalogSource, PathSource  # pyarrow takes 40 ms: load on demand

    if sum(value is not None for value in (parsed.root, parsed.files_from, parsed.catalog)) != 1:
        raise UsageError("Give one of ROOT, --files-from FILE and --catalog FOLDER.")
    roots = backend.config.roots
    if parsed.catalog is not None:
        folder, _, mount = parsed.catalog.partition("=")
        return CatalogSource(backend.config, folder, mount or folder), [mount or folder]
    if parsed.files_from is not None:
        return PathSource(
            f"the list {parsed.files_from}",
            read_list(parsed.files_from, is_nul_separated=parsed.is_nul_separated),
            roots,
        ), []
    root = parsed.root if "://" in parsed.root else str(Path(parsed.root).absolute())
    return PathSource(root, [root], roots), [root]
