"""Lookup of published files by path, sequence, file_id, or filter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Condition, Filter, Record, StoredFile
from exr_inspector_app.embedding import metadata_embedding
from exr_inspector_app.errors import StoreError
from exr_inspector_app.exr.parser.programs import programs_of
from exr_inspector_app.exr.picture import choose_picture
from exr_inspector_app.ingest.records import make_record, mean_record
from exr_inspector_app.model import ExrFile, Payload, from_payload
from exr_inspector_app.persistence.embedding_versions import payload_to_embed
from exr_inspector_app.persistence.identity import normalize
from exr_inspector_app.persistence.migration import Description
from exr_inspector_app.persistence.rows.decode import decode_payload
from exr_inspector_app.persistence.store import Store

MAX_FILES = 100_000_000  # the limit of queries for all files: stores need a number
_FILE_ID = re.compile(r"[0-9a-f]{32}")


def resolve(store: Store, name: str, roots: Sequence[Root]) -> StoredFile | None:
    """Return the newest published file of a name, with its parts, channels, and attributes.

    Args:
        store: The store to query.
        name: A file_id (32 hex digits), a path, or a sequence written with #.
        roots: The path map of the configuration.

    Returns:
        The file, or None if no published file has this name.
    """
    ids = ids_of(store, name, roots, limit=1)
    return store.get(ids[0]) if ids else None


def ids_of(store: Store, name: str, roots: Sequence[Root], limit: int = MAX_FILES) -> list[str]:
    """Return the file_ids of the published files of a name, newest first; see `resolve`."""
    if _FILE_ID.fullmatch(name):
        return [name]
    column = "sequence_key" if "#" in name else "file_path_normalized"
    matches = store.find((Condition(column, "=", normalize(name, roots)),), limit=limit)
    return [match.file["file_id"] for match in matches]


def ids_of_all(store: Store, names: Sequence[str], roots: Sequence[Root]) -> list[str]:
    """Return the file_ids of the published files of many names, with one query for paths and one for sequences."""
    ids = [name for name in names if _FILE_ID.fullmatch(name)]
    others = set(names).difference(ids)
    sequences = {name for name in others if "#" in name}
    for column, keys in (("file_path_normalized", others - sequences), ("sequence_key", sequences)):
        if keys:
            condition = Condition(column, "in", tuple(normalize(key, roots) for key in sorted(keys)))
            ids += [match.file["file_id"] for match in store.find((condition,), limit=MAX_FILES)]
    return ids


def stored_header(stored: StoredFile) -> ExrFile:
    """Return a published file as an `ExrFile`, as it was when it was published.

    Picture and programs have no column; they follow from the channels and attributes that are stored.
    """
    return complete_header(from_payload(decode_payload(stored)))


def complete_header(file: ExrFile) -> ExrFile:
    """Return a file with the picture and programs that follow from its channels and attributes."""
    programs = [programs_of({attribute.name: attribute.value for attribute in part.attributes}) for part in file.parts]
    return file._replace(
        picture=choose_picture(file.parts),
        renderer=next((named.renderer for named in programs if named.renderer), None),
        writer=next((named.writer for named in programs if named.writer), None),
    )


def embedding_payload(stored: StoredFile) -> Payload:
    """Return the payload of a published file as embeddings read it, with the programs that its attributes name."""
    payload = payload_to_embed(stored)
    parts = payload["attributes"]["parts"]
    programs = [programs_of({row["name"]: row["value"] for row in rows}) for rows in parts]
    named = {
        role: next((program for of_part in programs if (program := getattr(of_part, role))), None)
        for role in ("renderer", "writer")
    }
    as_rows = {role: program._asdict() if program else None for role, program in named.items()}
    return {**payload, "file": {**payload["file"], **as_rows}}  # type: ignore[typeddict-item]


def describe(stored: StoredFile) -> Description:
    """Return the programs and the picture of a published file, for stores of an older schema version."""
    header = stored_header(stored)
    renderer, writer, picture = header.renderer, header.writer, header.picture
    return Description(
        renderer.name if renderer else None,
        renderer.version if renderer else None,
        writer.name if writer else None,
        picture.layer if picture else None,
    )


def reference_record(store: Store, file_ids: Sequence[str], roots: Sequence[Root]) -> Record:
    """Return a record of published files to search with; the files themselves are not read.

    Args:
        store: The store to query.
        file_ids: The published files; missing ones are skipped.
        roots: The path map of the configuration.

    Returns:
        The record of the first file, with the mean vectors of all.

    Raises:
        StoreError: None of the files is in the library.
    """
    files = [stored for file_id in file_ids if (stored := store.get(file_id))]
    records = [ready for stored in files if (ready := _stored_record(stored, roots))]
    if not records:
        raise StoreError("These files are no longer in the library. Reload it.")
    return mean_record(records)


def _stored_record(stored: StoredFile, roots: Sequence[Root]) -> Record | None:
    """Return the record of a published file with the vector of the file itself, also if long values were truncated."""
    record = make_record(stored_header(stored), roots)
    return record and replace(record, metadata_embedding=metadata_embedding(embedding_payload(stored)))


def ids_with_history(store: Store, where: Filter) -> list[str]:
    """Return the file_ids of all matching files and of the older headers of their paths."""
    matches = store.find(where, limit=MAX_FILES)
    paths = tuple({match.file["file_path_normalized"] for match in matches})
    versions = store.find((Condition("file_path_normalized", "in", paths),), limit=MAX_FILES, history=True)
    return [version.file["file_id"] for version in versions]
