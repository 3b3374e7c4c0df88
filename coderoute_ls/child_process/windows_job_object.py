"""Windows' job objects: the system ends all processes of a job when the last handle to it is closed, for whatever reason."""

import sys
from functools import cache

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS = 9
    _KILL_ON_CLOSE = 0x2000

    class _BasicLimits(ctypes.Structure):
        _fields_ = [
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("smallest_working_set", ctypes.c_size_t),
            ("largest_working_set", ctypes.c_size_t),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
        ]

    class _Limits(ctypes.Structure):
        """Windows' JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

        _fields_ = [
            ("basic", _BasicLimits),
            ("input_and_output", ctypes.c_uint64 * 6),
            ("memory", ctypes.c_size_t * 4),
        ]

    def _enter_job() -> None:
        kernel = ctypes.WinDLL("kernel32")
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD]
        kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
        job = kernel.CreateJobObjectW(None, None)  # never closed: that is done by the end of this process
        limits = _Limits()
        limits.basic.flags = _KILL_ON_CLOSE
        if job and kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)):
            kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())


@cache
def end_children_with_this_process() -> None:
    """On Windows: children that are started from now on, and theirs, end when this process does, where that is allowed.

    Elsewhere nothing is to be done: process groups and the kernel's death signal see to it.
    """
    if sys.platform == "win32":
        _enter_job()
