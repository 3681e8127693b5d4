"""Memory that is free is the system's again."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library is not glibc"
)

PROGRAM = """
import ctypes
from model_service.allocator import give_memory_back, use_few_arenas

use_few_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

blocks = [libc.malloc(4_000) for _ in range(25_000)]
for block in blocks:
    ctypes.memset(block, 1, 4_000)
last = libc.malloc(4_000)  # what lies below it is not given back by itself
taken = resident()
for block in blocks:
    libc.free(block)
freed = resident()
give_memory_back()
print(taken - freed, freed - resident())
"""


def test_free_memory_below_a_block_in_use_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    by_itself, when_asked = map(float, done.stdout.split())
    assert by_itself < 20
    assert when_asked > 60
