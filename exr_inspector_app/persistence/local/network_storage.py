"""File systems of other computers, on which the locks of DuckDB may not hold."""

from __future__ import annotations

from pathlib import Path

_NETWORK_TYPES = frozenset(
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "lustre", "beegfs"]
)


def network_file_system(path: Path) -> str | None:
    """Return the type of the network file system that a path is on, or None for a local disk.

    Mounts are read from `/proc/self/mountinfo`; systems without it always return None.
    """
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    longest, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        mount_point = left.split()[4].replace("\\040", " ")
        contains_path = mount_point == "/" or f"{path.absolute()}/".startswith(f"{mount_point}/")
        if contains_path and len(mount_point) >= len(longest):
            longest, kind = mount_point, right.split()[0]
    return kind if kind in _NETWORK_TYPES else None
