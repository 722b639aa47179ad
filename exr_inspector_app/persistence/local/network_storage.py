"""File systems of other computers, on which the locks of DuckDB may not hold."""

from __future__ import annotations

from pathlib import Path

from exr_inspector_app.operating_system import mount_of, read_mounts

_NETWORK_TYPES = frozenset(
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "lustre", "beegfs"]
)


def network_file_system(path: Path) -> str | None:
    """Return the type of the network file system that a path is on, or None for a local disk.

    Systems without a readable table of mounts always return None.
    """
    mount = mount_of(str(path.absolute()), read_mounts())
    return mount.kind if mount and mount.kind in _NETWORK_TYPES else None
