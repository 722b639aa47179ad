"""Calls on projections of a table, which are listed, and serve look-ups in large tables."""

from __future__ import annotations

from dataclasses import replace

import vastdb.vast_flatbuf.tabular.AlterProjectionTableRequest as fb_alter_projection
import vastdb.vast_flatbuf.tabular.CreateProjectionRequest as fb_create_projection

from . import replies
from .database import Database
from .names import change, page
from .tables import Table
from .wire import Call, Reply


def projection_create(database: Database, call: Call) -> Reply:
    """Create a projection of some columns."""
    request = fb_create_projection.CreateProjectionRequest.GetRootAs(call.body)
    columns = tuple(request.Columns(position).Name().decode() for position in range(request.ColumnsLength()))
    name = call.query["name"]
    change(database, call, lambda table: replace(table, projections={**table.projections, name: columns}))
    return Reply()


def projection_alter(database: Database, call: Call) -> Reply:
    """Rename a projection."""
    new = fb_alter_projection.AlterProjectionTableRequest.GetRootAs(call.body).NewName()
    name = call.query["name"]

    def operation(table: Table) -> Table:
        projections = {(new.decode() if own == name else own): columns for own, columns in table.projections.items()}
        return replace(table, projections=projections)

    if new:
        change(database, call, operation)
    return Reply()


def projection_drop(database: Database, call: Call) -> Reply:
    """Remove a projection."""

    def operation(table: Table) -> Table:
        return replace(table, projections={k: v for k, v in table.projections.items() if k != call.query["name"]})

    change(database, call, operation)
    return Reply()


def projection_list(database: Database, call: Call) -> Reply:
    """List a table's projections."""
    table = database.view(call.transaction).table(call.table)
    names, headers = page(call, sorted(table.projections))
    return Reply((replies.projection_list(call.table, names, table),), headers)
