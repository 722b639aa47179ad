"""Program that starts the worker as on a kernel, or in a container, that refuses some layers of its sandbox."""

from __future__ import annotations

import errno
import os
import platform
import sys
from struct import pack

from exr_inspector_app.exr.pixels.sandbox.kernel_calls import PR_SET_NO_NEW_PRIVS, Pointer, prctl, system_call

ARGUMENT = 24  # of the second argument in struct seccomp_data
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06


def refuse(missing: list[str]) -> None:
    seccomp = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    code = [(LOAD, 0, 0, 0)]
    if "landlock" in missing:
        code += [(EQUAL, 0, 1, 444), (RETURN, 0, 0, 0x50000 | errno.ENOSYS)]
    if "seccomp" in missing:
        code += [(EQUAL, 0, 1, seccomp), (RETURN, 0, 0, 0x50000 | errno.EPERM)]
    if "notify" in missing:  # another supervisor has the notifications
        code += [(EQUAL, 0, 3, seccomp), (LOAD, 0, 0, ARGUMENT), (ANY_BIT, 0, 1, 8)]
        code += [(RETURN, 0, 0, 0x50000 | errno.EBUSY)]
    code += [(RETURN, 0, 0, 0x7FFF0000)]
    program = Pointer(b"".join(pack("HBBI", *instruction) for instruction in code))
    header = Pointer(pack("HxxxxxxQ", len(code), program.address))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    system_call(seccomp, 1, 0, header.address)


if __name__ == "__main__":
    refuse(sys.argv[1].split(","))
    module = "exr_inspector_app.exr.pixels.worker_main"
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *sys.argv[2:]])
