"""The timing of stored series: calendars for days, the candles themselves within the day."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from backend_service.news.sessions import (
    CandleTiming,
    daily_timing,
    intraday_timing,
    is_intraday,
)

if TYPE_CHECKING:
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import SeriesHead

_KEPT: Final = 8
"""Series within the day whose times are kept: a million take 8 MB."""


class SeriesTiming:
    """Finds the timing of a series, once for as long as its candles stay the same."""

    def __init__(self, library: SeriesLibrary) -> None:
        self._library = library
        self._kept: OrderedDict[tuple[str, str | None], CandleTiming] = OrderedDict()

    async def of(self, head: SeriesHead | None) -> CandleTiming:
        """When headlines become usable on the candles of that series."""
        if head is None or not is_intraday(head.interval):
            return await daily_timing(head)
        key = (head.data_hash, head.timezone)
        kept = self._kept.get(key)
        if kept is None:
            series = await self._library.load(head.symbol, head.interval)
            kept = intraday_timing(series.head, series.candles.time)
            self._kept[key] = kept
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return kept
