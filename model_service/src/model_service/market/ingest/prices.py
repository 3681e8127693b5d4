"""One price basis for all four prices, and the jumps that are reported or repaired."""

from __future__ import annotations

import numpy as np

from model_service.market.candles import Floats, PriceBasis
from model_service.market.ingest.cells import Mask
from model_service.market.ingest.checks import RowReport, Rows
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.repair import (
    find_splits,
    find_unit_errors,
    repair_splits,
    repair_units,
)

MIXED_SHARE = 0.05
"""Of the candles: where more closes lie outside [low, high], closes are adjusted, opens not."""
_SAME_PRICE = 1e-5
"""Relative; smaller differences between close and adjusted close are rounding."""


def settle_prices(
    rows: Rows, report: RowReport, log: IssueLog, *, repair: bool
) -> tuple[Rows, PriceBasis]:
    """Adjust, look for unit errors and splits, repair them if asked, and tell the price basis."""
    adjusted = _adjust(rows, report, log)
    rows = _settle_units(rows, report, repair=repair)
    outside = (rows.close < rows.low) | (rows.close > rows.high)
    mixed = bool(outside.mean() > MIXED_SHARE)
    rows = _settle_splits(rows, report, repair=repair, closes_only=mixed)
    _report_outside(rows, outside, report)
    if mixed:
        log.add_file("mixed_price_basis", "kept",
                     f"{outside.sum():,} of {outside.size:,} closes lie outside [low, high]: closes "
                     "are adjusted for dividends, opens, highs and lows are not.")  # fmt: skip
        return rows, "mixed"
    return rows, "adjusted" if adjusted else "raw"


def _adjust(rows: Rows, report: RowReport, log: IssueLog) -> bool:
    """Scale all prices to the adjusted close, where that differs; whether it does."""
    if rows.adjusted is None:
        return False
    known = np.isfinite(rows.adjusted) & (rows.adjusted > 0)
    factor = np.where(known, rows.adjusted / rows.close, np.nan)
    if not (np.abs(factor[known] - 1) > _SAME_PRICE).any():
        return False
    if not known.all():
        last_known = np.maximum.accumulate(np.where(known, np.arange(known.size), -1))
        last_known[last_known < 0] = int(np.argmax(known))
        factor = factor[last_known]
        report.add("missing_adjustment", "filled", rows.index[~known],
                   lambda _: "The adjusted close is empty; the last known factor was used.",
                   "rows without an adjusted close")  # fmt: skip
    close, target = rows.close, np.where(known, rows.adjusted, rows.close * factor)

    def scale(prices: Floats) -> Floats:
        # Prices equal to the close must stay equal, whatever the product rounds to.
        return np.where(prices == close, target, prices * factor)

    rows.open, rows.high, rows.low, rows.close = map(scale, (rows.open, rows.high, rows.low, close))
    log.add_file("adjusted_prices", "converted",
                 "Open, high, low and close were scaled to the adjusted close.")  # fmt: skip
    return True


def _settle_units(rows: Rows, report: RowReport, *, repair: bool) -> Rows:
    powers = find_unit_errors(rows)
    wrong = powers.any(axis=1)
    if wrong.any():
        report.add("suspected_unit_error", "repaired" if repair else "kept", rows.index[wrong],
                   lambda _: "Prices seem to be in another unit, by a factor of 100"
                   + (" and were converted." if repair else "."),
                   "rows in another unit")  # fmt: skip
    if repair and wrong.any():
        rows = repair_units(rows, powers)
    impossible = rows.high < rows.low
    if impossible.any():
        report.add("impossible_range", "dropped", rows.index[impossible],
                   lambda _: "High is below low.", "rows whose high is below their low", bad=True)  # fmt: skip
        report.refuse_if_too_bad("high")
        rows = rows.take(~impossible)
    return rows


def _settle_splits(rows: Rows, report: RowReport, *, repair: bool, closes_only: bool) -> Rows:
    splits = find_splits(rows, closes_only=closes_only)
    for split in splits:
        ratio = f"{split.ratio:g} for 1" if split.ratio >= 1 else f"1 for {1 / split.ratio:g}"
        evidence = "; the file declares it" if split.declared else ""
        evidence += "; volumes change with it" if split.volume_agrees else ""
        done = " Older prices were scaled." if repair else " If it is one, use repair."
        report.add("suspected_split", "repaired" if repair else "kept",
                   rows.index[split.position : split.position + 1],
                   lambda _, text=f"Prices step here as by a split of {ratio}{evidence}.{done}": text,
                   "rows with a step")  # fmt: skip
    return repair_splits(rows, splits) if repair and splits else rows


def _report_outside(rows: Rows, outside: Mask, report: RowReport) -> None:
    for name, prices, found in (
        ("close", rows.close, outside),
        ("open", rows.open, (rows.open < rows.low) | (rows.open > rows.high)),
    ):
        position = dict(
            zip(rows.index[found].tolist(), np.flatnonzero(found).tolist(), strict=True)
        )
        report.add(f"{name}_outside_range", "kept", rows.index[found],
                   lambda row, name=name, prices=prices, position=position:
                   f"{name.capitalize()} {prices[position[row]]:g} lies outside "
                   f"[{rows.low[position[row]]:g}, {rows.high[position[row]]:g}].",
                   f"rows whose {name} lies outside [low, high]")  # fmt: skip
