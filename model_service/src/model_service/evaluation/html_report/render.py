"""From a report to its page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from model_service.evaluation.html_report import (
    charts,
    figures,
    headline,
    news_section,
    tables,
    wording,
)


def render_report(report: Mapping[str, Any]) -> str:
    """Render an evaluation report as one HTML page that stands alone.

    The page holds its style and its charts, runs no script and asks for nothing; everything that
    comes from the report is escaped.

    Parameters
    ----------
    report : mapping
        As ``EvaluationReport`` of the model service's contract; columns may be NumPy arrays.

    Returns
    -------
    str
        The same for the same report.
    """
    curves = report["curves"]
    single = len(report["rows"]) <= 1
    shown = curves[-1:] if single else curves[:1]
    attribution = report["attribution"]
    paired = report["paired"]
    verdict = report["verdict"]
    sign, word = wording.VERDICTS[verdict]
    return _template().render(
        report=report,
        verdict={"kind": verdict or "none", "sign": sign, "word": word},
        protocol=wording.PROTOCOLS[report["protocol"]],
        seeds=headline.run_count(report),
        spread=figures.seed_count(report),
        seed_words=figures.seed_words(report),
        tiles=headline.headline(report),
        facts=headline.facts(report),
        fans=[figures.fan(report, curve) for curve in shown],
        prices=[
            figure
            for curve in (curves[-1:] if single else ())
            if (figure := figures.prices(report, curve))
        ],
        small_fans=[
            figures.fan(report, curve, small=True) for curve in (() if single else curves[1:])
        ],
        symbol_rows=tables.symbol_rows(report),
        average=tables.average_row(report),
        news=news_section.describe_news(report),
        forest=figures.forest_plot([(name, paired[key]) for key, name in wording.BASELINES.items()])
        if paired is not None
        else None,
        costs=figures.cost_figures(report["cost_stress"]) if report["cost_stress"] else [],
        years=tables.year_rows(report["calendar"]),
        shares=_shares(attribution) if attribution else None,
        passport=tables.passport_entries(report["passport"]),
        config=tables.config_text(report["passport"]["config"]),
    )


def _shares(attribution: Mapping[str, Any]) -> dict[str, Any]:
    """The bar of time long, flat and short, and its parts in words."""
    parts = [(kind, attribution[f"{kind}_fraction"]) for kind in ("long", "flat", "short")]
    told = [(kind, wording.percent(share)) for kind, share in parts if share > 0.0]
    label = "Time " + ", ".join(f"{kind} {share}" for kind, share in told)
    return {"bar": charts.share_bar(parts, label=label), "parts": told}


@cache
def _template() -> Template:
    """Read the page's template with its words and formats, once a process."""
    environment = Environment(
        loader=PackageLoader("model_service.evaluation.html_report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for form in (
        wording.decimal,
        wording.signed,
        wording.percent,
        wording.signed_percent,
        wording.money,
        wording.p_value,
        wording.date,
    ):
        environment.filters[form.__name__] = form
    environment.globals |= {
        "baselines": wording.BASELINES,
        "alarm_names": wording.ALARMS,
        "months": wording.MONTHS,
        "interval": wording.interval,
        "counted": wording.counted,
    }
    return environment.get_template("report.html.jinja")
