"""A cache that never holds more than it was allowed to, for values that are costly to make."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Values by key; the least recently used go when the sum of weights passes the bound.

    Safe to use from several threads. Two threads that ask for the same missing key at once may
    both make it: keys name content, so both make the same.

    Parameters
    ----------
    max_weight : int
        Bound on the sum of weights; a value that is heavier alone is not kept.
    weigh : callable
        Weight of a value, in the unit of the bound.

    Attributes
    ----------
    hits, misses : int
        Questions so far.
    weight : int
        Sum of the weights of what is kept.
    """

    def __init__(self, max_weight: int, weigh: Callable[[Value], int]) -> None:
        self._max_weight = max_weight
        self._weigh = weigh
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.weight = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not there."""
        with self._lock:
            if key in self._values:
                self.hits += 1
                self._values.move_to_end(key)
                return self._values[key][0]
            self.misses += 1
        value = make()
        self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value that was made already, in place of an earlier one."""
        weight = self._weigh(value)
        if weight > self._max_weight:
            return
        with self._lock:
            _, replaced = self._values.pop(key, (None, 0))
            self._values[key] = (value, weight)
            self.weight += weight - replaced
            while self.weight > self._max_weight:
                _, (_, gone) = self._values.popitem(last=False)
                self.weight -= gone
