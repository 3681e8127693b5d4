"""How tests are dealt out to processes that run side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling


class Dealing(LoadFileScheduling):
    """Whole files, in the order in which they were collected; some folders whole as well.

    xdist by itself begins with the files of most tests, which are not those that take longest: a
    long one that begins last leaves the other processes with nothing to do.

    Parameters
    ----------
    config, log
        As xdist gives them.
    together : sequence of sequences of str
        Beginnings of paths. What begins by one of a group is dealt to one process, because it
        shares something that takes long to make.
    """

    def __init__(
        self, config: pytest.Config, log: Producer, together: Sequence[tuple[str, ...]]
    ) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._together = together

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        groups = (group for group in self._together if file.startswith(group))
        return next(groups, (file,))[0]


def begin_with(items: list[pytest.Item], longest: Sequence[str]) -> None:
    """Move tests of these files, or folders, to the front in this order.

    Raises
    ------
    pytest.UsageError
        Where two tests have the same id: xdist would run one of them.
    """
    ids = Counter(item.nodeid for item in items)
    twice = [nodeid for nodeid, count in ids.items() if count > 1]
    if twice:
        raise pytest.UsageError(f"Several tests are called alike: {', '.join(twice)}")
    places = {path: place for place, path in enumerate(longest)}

    def place(item: pytest.Item) -> int:
        return min(
            (place for path, place in places.items() if item.nodeid.startswith(path)),
            default=len(places),
        )

    items.sort(key=place)
