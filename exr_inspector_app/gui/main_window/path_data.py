"""Reader of MIME data: the texts of a drop or of the clipboard that may name paths; it does not touch the disk."""

from __future__ import annotations

import os

from PySide6.QtCore import QMimeData

from exr_inspector_app.gui.session.path_opener import PathText

URI_LIST, PLAIN = "text/uri-list", "text/plain"
OWN_ROWS = "application/x-exr-inspector-rows"  # mark of a drag from the session list
_WEB = ("http://", "https://")


def path_texts(data: QMimeData) -> list[PathText]:
    """Return the texts that may name paths, links first.

    Links are taken as the other program wrote them: Qt would cut them at a raw `#` and replace bytes that are not
    UTF-8.
    """
    texts = []
    if data.hasFormat(URI_LIST):
        texts.append(PathText(_decode(data, URI_LIST), "uri-list"))
    if data.hasFormat(PLAIN) or (data.hasText() and not texts):
        text = data.text()
        texts.append(PathText(_decode(data, PLAIN) if "\ufffd" in text else text, "text"))
    return [text for text in texts if text.text.strip()]


def count_links(data: QMimeData) -> int:
    """Return the number of links in MIME data; 0 for text, whose paths are counted when it is resolved."""
    return len(_links(data))


def may_name_paths(data: QMimeData) -> bool:
    """Return False for data without text, for nothing but links to the web, and for rows of the session itself."""
    if data.hasFormat(OWN_ROWS):
        return False
    links = _links(data)
    if links:
        return not all(link.lower().startswith(_WEB) for link in links)
    return data.hasText()


def _links(data: QMimeData) -> list[str]:
    lines = _decode(data, URI_LIST).splitlines() if data.hasFormat(URI_LIST) else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _decode(data: QMimeData, mime_type: str) -> str:
    return os.fsdecode(bytes(data.data(mime_type).data()))
