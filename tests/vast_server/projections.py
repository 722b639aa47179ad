"""Calls on a table's projections, which are listed and never used."""

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
    """Makes a projection of some columns."""
    request = fb_create_projection.CreateProjectionRequest.GetRootAs(call.body)
    columns = tuple(request.Columns(place).Name().decode() for place in range(request.ColumnsLength()))
    name = call.query["name"]
    change(database, call, lambda table: replace(table, projections={**table.projections, name: columns}))
    return Reply()


def projection_alter(database: Database, call: Call) -> Reply:
    """Renames a projection."""
    new = fb_alter_projection.AlterProjectionTableRequest.GetRootAs(call.body).NewName()
    name = call.query["name"]

    def operation(table: Table) -> Table:
        kept = {(new.decode() if own == name else own): columns for own, columns in table.projections.items()}
        return replace(table, projections=kept)

    if new:
        change(database, call, operation)
    return Reply()


def projection_drop(database: Database, call: Call) -> Reply:
    """Removes a projection."""

    def operation(table: Table) -> Table:
        return replace(table, projections={k: v for k, v in table.projections.items() if k != call.query["name"]})

    change(database, call, operation)
    return Reply()


def projection_list(database: Database, call: Call) -> Reply:
    """Lists a table's projections."""
    table = database.view(call.transaction).table(call.table)
    names, headers = page(call, sorted(table.projections))
    return Reply((replies.projection_list(call.table, names, table),), headers)
