"""Sandbox of the worker process on Windows: job objects and low integrity, through the Win32 API.

Sources: Job Objects, https://learn.microsoft.com/windows/win32/procthread/job-objects, and Mandatory Integrity Control,
https://learn.microsoft.com/windows/win32/secauthz/mandatory-integrity-control.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes
    from typing import Any

    _LIMIT_ACTIVE_PROCESS, _LIMIT_KILL_ON_CLOSE, _LIMIT_PROCESS_MEMORY = 0x8, 0x2000, 0x100
    _EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
    _TOKEN_ADJUST_DEFAULT, _TOKEN_QUERY, _TOKEN_INTEGRITY_LEVEL = 0x80, 0x8, 25
    _INTEGRITY_ATTRIBUTE = 0x20
    _LABEL_INFORMATION = 0x10
    _MAP_WRITE_LABEL = 0x80000  # WRITE_OWNER
    _LOW_LABEL = "S:(ML;OICI;NW;;;LW)"  # a process of low integrity may write
    _LOW_SID = "S-1-16-4096"

    class _BasicLimits(ctypes.Structure):
        _fields_ = [
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("min_working_set", ctypes.c_size_t),
            ("max_working_set", ctypes.c_size_t),
            ("active_processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
        ]

    class _Limits(ctypes.Structure):
        _fields_ = [
            ("basic", _BasicLimits),
            ("io_counters", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        ]

    class _TokenLabel(ctypes.Structure):
        _fields_ = [("sid", ctypes.c_void_p), ("attributes", wintypes.DWORD)]

    class _MemoryStatus(ctypes.Structure):
        _fields_ = [
            ("length", wintypes.DWORD),
            ("load", wintypes.DWORD),
            ("physical", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 6),
        ]

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    for _function in (_kernel32.CreateJobObjectW, _kernel32.GetCurrentProcess, _kernel32.OpenFileMappingW):
        _function.restype = wintypes.HANDLE

    def _require(result: Any) -> None:
        """Raise the last error of Windows if a call has returned 0.

        Raises:
            OSError: The call failed.
        """
        if not result:
            raise ctypes.WinError(ctypes.get_last_error())

    def physical_memory() -> int:
        """Return the memory of the machine in bytes, 0 if it is not known."""
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        return int(status.physical) if _kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else 0

    def create_job(process: int, flags: int, processes: int = 0, memory: int = 0) -> int:
        """Assign a process, by its handle, to a new job and return the handle of the job.

        Raises:
            OSError: Windows refuses.
        """
        job = _kernel32.CreateJobObjectW(None, None)
        _require(job)
        limits = _Limits(process_memory=memory)
        limits.basic.flags, limits.basic.active_processes = flags, processes
        size = ctypes.sizeof(limits)
        handle = wintypes.HANDLE(job)
        _require(_kernel32.SetInformationJobObject(handle, _EXTENDED_LIMITS, ctypes.byref(limits), size))
        _require(_kernel32.AssignProcessToJobObject(handle, wintypes.HANDLE(process)))
        return int(job)

    def end_with_this_process(process: int) -> int:
        """Put a child into a job that Windows kills with this process; returns the job, to close when it has ended.

        Raises:
            OSError: Windows refuses.
        """
        return create_job(process, _LIMIT_KILL_ON_CLOSE)

    def close_handle(handle: int) -> None:
        """Close a handle of `end_with_this_process`."""
        _kernel32.CloseHandle(wintypes.HANDLE(handle))

    def restrict_to_one_process() -> None:
        """Forbid this process to start others. The launcher of a virtual environment is another, earlier one.

        Raises:
            OSError: Windows refuses.
        """
        create_job(_kernel32.GetCurrentProcess(), _LIMIT_ACTIVE_PROCESS, processes=1)

    def restrict_memory(size: int) -> None:
        """Limit the memory that this process commits, in bytes.

        Raises:
            OSError: Windows refuses.
        """
        create_job(_kernel32.GetCurrentProcess(), _LIMIT_PROCESS_MEMORY, memory=size)

    def lower_integrity() -> None:
        """Set the integrity level of this process to low: it then writes to objects with such a label only.

        Raises:
            OSError: Windows refuses.
        """
        token, sid = wintypes.HANDLE(), ctypes.c_void_p()
        access = _TOKEN_ADJUST_DEFAULT | _TOKEN_QUERY
        process = wintypes.HANDLE(_kernel32.GetCurrentProcess())
        _require(_advapi32.OpenProcessToken(process, access, ctypes.byref(token)))
        try:
            _require(_advapi32.ConvertStringSidToSidW(_LOW_SID, ctypes.byref(sid)))
            label = _TokenLabel(sid.value, _INTEGRITY_ATTRIBUTE)
            size = ctypes.sizeof(label) + _advapi32.GetLengthSid(sid)
            _require(_advapi32.SetTokenInformation(token, _TOKEN_INTEGRITY_LEVEL, ctypes.byref(label), size))
        finally:
            _kernel32.LocalFree(sid)
            _kernel32.CloseHandle(token)

    def allow_low_integrity(folder: str = "", memory: str = "") -> None:
        """Let a process of low integrity write to a folder, or to shared memory with a name.

        Raises:
            OSError: Windows refuses.
        """
        descriptor = ctypes.c_void_p()
        convert = _advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW
        _require(convert(_LOW_LABEL, 1, ctypes.byref(descriptor), None))
        try:
            if folder:
                _require(_advapi32.SetFileSecurityW(folder, _LABEL_INFORMATION, descriptor))
            if memory:
                mapping = _kernel32.OpenFileMappingW(_MAP_WRITE_LABEL, False, memory)
                _require(mapping)
                handle = wintypes.HANDLE(mapping)
                try:
                    _require(_advapi32.SetKernelObjectSecurity(handle, _LABEL_INFORMATION, descriptor))
                finally:
                    _kernel32.CloseHandle(handle)
        finally:
            _kernel32.LocalFree(descriptor)
