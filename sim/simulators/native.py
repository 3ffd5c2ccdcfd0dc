"""The C interface of `harness.cc` for ctypes."""

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_int32, c_int64, c_uint32, c_uint64, c_void_p
from functools import cache
from pathlib import Path

__all__ = ["Changes", "RunOutcome", "Sink", "Stream", "load"]

Sink = ctypes.CFUNCTYPE(None, c_void_p, c_int64)


class Stream(ctypes.Structure):
    """`struct Stream` of the harness."""

    _fields_ = (("valid", c_int32), ("ready", c_int32), ("payload", c_int32), ("active", c_int32),
                ("count", c_int64), ("done", c_int64), ("words", c_void_p), ("stride", c_int64),
                ("cycles", c_void_p), ("random", c_uint64))


class Changes(ctypes.Structure):
    """`struct Changes` of the harness."""

    _fields_ = (("port", c_int32), ("unused", c_int32), ("count", c_int64), ("times", c_void_p), ("values", c_void_p))


class RunOutcome:
    """`enum RunOutcome` of the harness."""

    DONE, DEADLINE, NOT_HELD, FAILED = range(4)


FUNCTIONS = {
    "sim_create": (c_void_p,),
    "sim_destroy": (None, c_void_p),
    "sim_trace": (c_int32, c_void_p, Sink),
    "sim_ports": (c_int32, c_void_p),
    "sim_port": (c_char_p, c_void_p, c_int32, POINTER(c_int64), POINTER(c_int32)),
    "sim_current": (POINTER(c_uint32), c_void_p, c_int32),
    "sim_next": (POINTER(c_uint32), c_void_p, c_int32),
    "sim_cycle": (c_int64, c_void_p),
    "sim_error": (c_char_p, c_void_p),
    "sim_culprit": (c_int32, c_void_p),
    "sim_settle": (c_int, c_void_p),
    "sim_step": (c_int, c_void_p, c_int64),
    "sim_play": (c_int, c_void_p, c_int64, c_int32, POINTER(Changes), c_int32, POINTER(c_int32)),
    "sim_recorded": (c_int64, c_void_p, c_int32, POINTER(POINTER(c_int64)), POINTER(POINTER(c_int64))),
    "sim_transact": (c_int, c_void_p, c_int32, POINTER(Stream), c_int32, POINTER(Stream), c_uint64, c_int64),
}


@cache
def load(path: Path) -> ctypes.CDLL:
    """Loads the shared object at `path`, and declares the types of its functions."""
    library = ctypes.CDLL(str(path))
    for name, (result, *arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
