"""The section on what the news is worth: the arms of an ablation, put in order for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from model_service.evaluation.html_report import wording
from model_service.evaluation.html_report.figures import Report, forest_plot

_COUNTS = ("train_headlines", "test_headlines", "candles", "candles_with_news")


def describe_news(report: Report) -> dict[str, Any] | None:
    """What the section shows; None where no ablation was made, as in all older reports."""
    ablation = report.get("ablation")
    if ablation is None:
        return None
    sign, word = wording.NEWS_VERDICTS[ablation["verdict"]]
    news = [_with_share(count) for count in ablation["news"]]
    return {
        "kind": ablation["verdict"],
        "sign": sign,
        "word": word,
        "sentence": ablation["sentence"],
        "arms": [arm | {"title": wording.NEWS_ARMS[arm["name"]]} for arm in ablation["arms"]],
        "spread": any(arm["sharpe_std"] is not None for arm in ablation["arms"]),
        "forest": forest_plot(
            [
                (wording.NEWS_ARMS[entry["against"]], entry["difference"])
                for entry in ablation["differences"]
            ]
        ),
        "bootstrap": ablation["differences"][0]["difference"],
        "lag_candles": ablation["lag_candles"],
        "news": news,
        "total": _total(news),
        "engine": ablation["engine"],
        "engine_version": ablation["engine_version"],
    }


def _total(news: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Sums over the symbols; None where there is but one."""
    if len(news) < 2:
        return None
    return _with_share({name: sum(count[name] for count in news) for name in _COUNTS})


def _with_share(count: Mapping[str, Any]) -> dict[str, Any]:
    candles = count["candles"]
    return {**count, "share": count["candles_with_news"] / candles if candles else None}
