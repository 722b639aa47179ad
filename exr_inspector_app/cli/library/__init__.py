"""`library`: what is published: listed, shown, exported, removed, and whether the library is sound."""

from __future__ import annotations

from typing import Any

from exr_inspector_app.cli.library import check, export, list_files, reembed, remove, show


def add(commands: Any) -> None:
    """The words of the command."""
    text = "Look into the library, export it, remove files from it."
    parser = commands.add_parser("library", help=text, description=text)
    inside = parser.add_subparsers(required=True, metavar="list|show|export|remove|check|reembed")
    for one in (list_files, show, export, remove, check, reembed):
        one.add(inside)
