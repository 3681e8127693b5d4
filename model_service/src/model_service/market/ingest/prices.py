"""One price basis for all four prices, and the jumps that are reported or repaired."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model_service.market.candles import Floats, PriceBasis, is_mixed, outside_range
from model_service.market.ingest.cells import Mask
from model_service.market.ingest.checks import HIGHEST_PRICE, LOWEST_PRICE
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.repair import (
    Split,
    find_splits,
    find_unit_errors,
    repair_splits,
    repair_units,
)
from model_service.market.ingest.report import RowReport
from model_service.market.ingest.rows import Rows

_SAME_PRICE = 1e-5
"""Relative; smaller differences between close and adjusted close are rounding."""


def settle_prices(
    rows: Rows, report: RowReport, log: IssueLog, *, repair: bool
) -> tuple[Rows, PriceBasis]:
    """Adjust, look for unit errors and splits, repair them if asked, and tell the price basis."""
    unadjusted = rows
    rows = _adjust(rows, report, log)
    adjusted = rows is not unadjusted
    rows = _settle_units(rows, report, repair=repair)
    outside = outside_range(rows.close, rows.low, rows.high)
    mixed = is_mixed(outside)
    rows = _settle_splits(rows, report, repair=repair, closes_only=mixed)
    _report_outside("close", rows, rows.close, outside, report)
    _report_outside("open", rows, rows.open, outside_range(rows.open, rows.low, rows.high), report)
    if mixed:
        log.add_file(
            "mixed_price_basis",
            "kept",
            f"{outside.sum():,} of {outside.size:,} closes lie outside [low, high]: closes are "
            "adjusted for dividends, opens, highs and lows are not.",
        )
        return rows, "mixed"
    return rows, "adjusted" if adjusted else "raw"


def _adjust(rows: Rows, report: RowReport, log: IssueLog) -> Rows:
    """Scale all prices to the adjusted close where that differs, else return the same rows."""
    if rows.adjusted is None:
        return rows
    known = (rows.adjusted >= LOWEST_PRICE) & (rows.adjusted <= HIGHEST_PRICE)
    factor = np.divide(rows.adjusted, rows.close, out=np.ones_like(rows.close), where=known)
    if not known.any():
        log.add_file(
            "unusable_adjusted_close", "kept", "The adjusted close holds no price; it was not used."
        )
        return rows
    if not (np.abs(factor - 1) > _SAME_PRICE).any():
        return rows
    if not known.all():
        last_known = np.maximum.accumulate(np.where(known, np.arange(known.size), -1))
        last_known[last_known < 0] = int(np.argmax(known))
        factor = factor[last_known]
        report.add(
            "missing_adjustment",
            "filled",
            rows.index[~known],
            "The adjusted close is empty; the last known factor was used.",
            "rows without an adjusted close",
        )
    close, target = rows.close, np.where(known, rows.adjusted, rows.close * factor)

    def scale(prices: Floats) -> Floats:
        # Prices equal to the close must stay equal, whatever the product rounds to.
        return np.where(prices == close, target, prices * factor)

    log.add_file(
        "adjusted_prices",
        "converted",
        "Open, high, low and close were scaled to the adjusted close.",
    )
    return replace(
        rows, open=scale(rows.open), high=scale(rows.high), low=scale(rows.low), close=target
    )


def _settle_units(rows: Rows, report: RowReport, *, repair: bool) -> Rows:
    powers = find_unit_errors(rows)
    wrong = powers.any(axis=1)
    done = " and were converted." if repair else "."
    report.add(
        "suspected_unit_error",
        "repaired" if repair else "kept",
        rows.index[wrong],
        f"Prices seem to be in another unit, by a factor of 100{done}",
        "rows in another unit",
    )
    if repair and wrong.any():
        rows = repair_units(rows, powers)
    impossible = rows.high < rows.low
    if impossible.any():
        report.add(
            "impossible_range",
            "dropped",
            rows.index[impossible],
            "High is below low.",
            "rows whose high is below their low",
            bad=True,
        )
        report.refuse_if_too_bad("high", nothing_left=bool(impossible.all()))
        rows = rows.take(~impossible)
    return rows


def _settle_splits(rows: Rows, report: RowReport, *, repair: bool, closes_only: bool) -> Rows:
    splits = find_splits(rows, closes_only=closes_only)
    for split in splits:
        report.add(
            "suspected_split",
            "repaired" if repair else "kept",
            rows.index[split.position : split.position + 1],
            _describe_split(split, repair=repair),
            "rows with a step",
        )
    return repair_splits(rows, splits) if repair and splits else rows


def _describe_split(split: Split, *, repair: bool) -> str:
    ratio = f"{split.ratio:g} for 1" if split.ratio >= 1 else f"1 for {1 / split.ratio:g}"
    evidence = "; the file declares it" if split.declared else ""
    evidence += "; volumes change with it" if split.volume_agrees else ""
    done = "Older prices were scaled." if repair else "If it is one, ask for repair."
    return f"Prices step here as by a split of {ratio}{evidence}. {done}"


def _report_outside(
    name: str, rows: Rows, prices: Floats, outside: Mask, report: RowReport
) -> None:
    found = np.flatnonzero(outside)
    position = dict(zip(rows.index[found].tolist(), found.tolist(), strict=True))

    def describe(row: int) -> str:
        at = position[row]
        return (
            f"{name.capitalize()} {prices[at]:g} lies outside "
            f"[{rows.low[at]:g}, {rows.high[at]:g}]."
        )

    report.add(
        f"{name}_outside_range",
        "kept",
        rows.index[found],
        describe,
        f"rows whose {name} lies outside [low, high]",
    )
