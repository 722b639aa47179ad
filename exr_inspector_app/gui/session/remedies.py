"""Remedies of problems: one sentence per code for a file that cannot be read or published."""

from __future__ import annotations

RENDER_AGAIN = "Render or copy the file again."
RELOAD = "Reload the file, then publish it again."
_REMEDIES = {
    "not-found": "Check the path, and whether its disk is mounted.",
    "not-a-file": "Open an EXR file, or the folder that has it.",
    "no-permission": "Ask its owner for the right to read it.",
    "unreadable": "Check the disk, then reload the file.",
    "not-exr": "Save it as OpenEXR, or remove it from the session.",
    "empty-file": RENDER_AGAIN,
    "header-truncated": RENDER_AGAIN,
    "unknown-version": "Save it with an OpenEXR version that this program reads.",
    "vanished": RELOAD,
    "changed": RELOAD,
    "gone": "Put the file back, or remove it from the session.",
    "stalled": "Check the connection to its storage, then reload the file.",
    "bug": "Send the report to the developers.",
}
_DAMAGED = ("header-", "attribute-", "chunk-", "pixels-", "too-many-")  # prefixes of codes of damaged files


def remedy(code: str) -> str:
    """Return the remedy of a problem; empty for a code without one."""
    return _REMEDIES.get(code) or (RENDER_AGAIN if code.startswith(_DAMAGED) else "")


def with_remedy(message: str, code: str) -> str:
    """Return the message of a problem with its remedy, unless the message ends with one."""
    hint = remedy(code)
    return message if not hint or "Reload it." in message else f"{message} {hint}"
