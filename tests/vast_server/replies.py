"""Flatbuffer replies: lists of schemas, tables and projections, and table statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import flatbuffers
import vastdb.vast_flatbuf.tabular.GetTableStatsResponse as fb_stats
import vastdb.vast_flatbuf.tabular.ListProjectionsResponse as fb_projections
import vastdb.vast_flatbuf.tabular.ListSchemasResponse as fb_schemas
import vastdb.vast_flatbuf.tabular.ListTablesResponse as fb_tables
import vastdb.vast_flatbuf.tabular.ObjectDetails as fb_object
import vastdb.vast_flatbuf.tabular.VectorIndexMetadata as fb_index
import vastdb.vast_flatbuf.tabular.VipRange as fb_vips

from .tables import Table, VectorIndex

FUNCTIONS = {"l2sq": "array_distance", "ip": "array_negative_inner_product"}


def schema_list(bucket: str, names: list[str]) -> bytes:
    """Encode a list of schemas."""
    builder = flatbuffers.Builder(1024)
    listed = vector(builder, fb_schemas.StartSchemasVector, [described(builder, name) for name in names])
    bucket_name = builder.CreateString(bucket)
    fb_schemas.Start(builder)
    fb_schemas.AddBucketName(builder, bucket_name)
    fb_schemas.AddSchemas(builder, listed)
    return finished(builder, fb_schemas.End(builder))


def table_list(bucket: str, schema: str, tables: list[tuple[str, Table]]) -> bytes:
    """Encode a list of tables."""
    builder = flatbuffers.Builder(1024)
    rows = [described(builder, name, table.data.num_rows, table.data.nbytes) for name, table in tables]
    listed = vector(builder, fb_tables.StartTablesVector, rows)
    names = [builder.CreateString(bucket), builder.CreateString(schema)]
    fb_tables.Start(builder)
    fb_tables.AddBucketName(builder, names[0])
    fb_tables.AddSchemaName(builder, names[1])
    fb_tables.AddTables(builder, listed)
    return finished(builder, fb_tables.End(builder))


def projection_list(key: Sequence[str], names: list[str], table: Table) -> bytes:
    """Encode a list of projections, each with all rows of the table."""
    builder = flatbuffers.Builder(1024)
    rows = [described(builder, name, table.data.num_rows, table.data.nbytes) for name in names]
    listed = vector(builder, fb_projections.StartProjectionsVector, rows)
    bucket, schema, name = [builder.CreateString(part) for part in key]
    fb_projections.Start(builder)
    fb_projections.AddBucketName(builder, bucket)
    fb_projections.AddSchemaName(builder, schema)
    fb_projections.AddTableName(builder, name)
    fb_projections.AddProjections(builder, listed)
    return finished(builder, fb_projections.End(builder))


def table_stats(table: Table, address: str) -> bytes:
    """Encode the statistics of a table that is served from one address."""
    builder = flatbuffers.Builder(1024)
    index = vector_index(builder, table.index) if table.index else None
    start = builder.CreateString(address)
    fb_vips.VipRangeStart(builder)
    fb_vips.AddStartAddress(builder, start)
    fb_vips.AddAddressCount(builder, 1)
    vips = vector(builder, fb_stats.StartVipsVector, [fb_vips.VipRangeEnd(builder)])
    kind = builder.CreateString("ipv4")
    fb_stats.Start(builder)
    fb_stats.AddNumRows(builder, table.data.num_rows)
    fb_stats.AddSizeInBytes(builder, table.data.nbytes)
    fb_stats.AddIsExternalRowidAlloc(builder, table.external_ids)
    fb_stats.AddAddressType(builder, kind)
    fb_stats.AddVips(builder, vips)
    fb_stats.AddSortingKeyEnabled(builder, bool(table.sorting))
    if index is not None:
        fb_stats.AddVectorIndexMetadata(builder, index)
    return finished(builder, fb_stats.End(builder))


def vector_index(builder: Any, index: VectorIndex) -> int:
    """Encode the part of the statistics on a vector index."""
    values = [index.column, index.metric, FUNCTIONS[index.metric], index.cluster, index.search]
    texts = [builder.CreateString(word) for word in values]
    fb_index.VectorIndexMetadataStart(builder)
    fb_index.AddColumnName(builder, texts[0])
    fb_index.AddDistanceMetric(builder, texts[1])
    fb_index.AddSqlFunctionName(builder, texts[2])
    fb_index.AddClusterQuantization(builder, texts[3])
    fb_index.AddSearchQuantization(builder, texts[4])
    return int(fb_index.VectorIndexMetadataEnd(builder))


def described(builder: Any, name: str, rows: int = 0, size: int = 0) -> int:
    """Encode one entry of a list."""
    texts = [builder.CreateString(text) for text in (name, "", str(crc32(name.encode())))]
    fb_object.ObjectDetailsStart(builder)
    fb_object.AddName(builder, texts[0])
    fb_object.AddProperties(builder, texts[1])
    fb_object.AddHandle(builder, texts[2])
    fb_object.AddNumRows(builder, rows)
    fb_object.AddSizeInBytes(builder, size)
    return int(fb_object.ObjectDetailsEnd(builder))


def vector(builder: Any, start: Callable[[Any, int], Any], offsets: list[int]) -> int:
    """Encode a vector of tables."""
    start(builder, len(offsets))
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def finished(builder: Any, root: int) -> bytes:
    """Return the bytes of a flatbuffer."""
    builder.Finish(root)
    return bytes(builder.Output())
