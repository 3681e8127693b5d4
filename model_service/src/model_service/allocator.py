"""What the C library keeps of memory that was given back to it; glibc's alone."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
_ARENAS = 2
"""Threads mostly compute outside of the allocator, or wait for the interpreter's lock."""


def use_few_arenas() -> None:
    """Have threads share their arenas: each keeps what its thread needed most at one time.

    To be called before there are threads.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def give_memory_back() -> None:
    """Return what is free to the system, after work that needs much memory once."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
