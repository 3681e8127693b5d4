"""``bellwether backtest``: what an agent would have done with a file of candles."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import orjson
import typer
from rich.table import Table

from model_service.artefacts.agents import AgentStore
from model_service.artefacts.store import ArtefactStore
from model_service.cli.console import console, out, refusals
from model_service.cli.news import score_news
from model_service.errors import InvalidRequest
from model_service.experiments.candle_files import end_of_day, start_of_day
from model_service.experiments.news_file import with_news
from model_service.market.ingest import ingest_csv
from model_service.quiet_tensorflow import load_tensorflow
from model_service.settings import read_settings
from model_service.trading.costs import Costs
from model_service.trading.ledger import STARTING_CASH, FillRule
from model_service.trading.metrics import Metrics

if TYPE_CHECKING:
    from model_service.evaluation.backtest import Backtest

_ROWS: tuple[tuple[str, str, str], ...] = (
    ("final_net_worth", "Final net worth", ",.2f"),
    ("total_return_fraction", "Total return", ".2%"),
    ("annual_return_fraction", "Annual return", ".2%"),
    ("annual_volatility_fraction", "Annual volatility", ".2%"),
    ("sharpe", "Sharpe ratio", ".3f"),
    ("sortino", "Sortino ratio", ".3f"),
    ("max_drawdown_fraction", "Maximum drawdown", ".2%"),
    ("time_in_market_fraction", "Time in market", ".1%"),
    ("trades", "Fills", ",d"),
    ("costs_paid", "Costs paid", ",.2f"),
)


@refusals
def command(
    file: Annotated[Path, typer.Argument(help="File of candles (CSV).", show_default=False)],
    agent: Annotated[str, typer.Option(help="Id of the agent, or its folder.")] = "default",
    cash: Annotated[float, typer.Option(help="Money at the start.")] = STARTING_CASH,
    commission_bps: Annotated[float, typer.Option(help="Per side.")] = 10.0,
    slippage_bps: Annotated[float, typer.Option(help="Per side.")] = 0.0,
    fill: Annotated[str, typer.Option(help="next_open or next_close.")] = "next_open",
    start: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day to trade.")
    ] = None,
    end: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day to trade.")
    ] = None,
    news: Annotated[
        Path | None,
        typer.Option(help="CSV with date, headline and symbol, for an agent that reads news."),
    ] = None,
    engine: Annotated[
        Literal["auto", "finbert", "openai", "lite"],
        typer.Option(help="What scores the headlines."),
    ] = "auto",
    json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Backtest an agent beside buy and hold, on the same candles and costs."""
    # Imported here: TensorFlow takes seconds, and --help and the other commands do not need it.
    load_tensorflow()
    from model_service.dqn.agent import build_agent
    from model_service.evaluation.backtest import Terms, run_backtest
    from model_service.evaluation.report import report_backtest
    from model_service.evaluation.sealed import count_look, open_looks

    settings = read_settings()
    if not file.is_file():
        raise InvalidRequest(f"There is no file {file.name!r}.", field="file")
    folder = Path(agent)
    store = (
        AgentStore([folder.resolve().parent])
        if folder.is_dir()
        else AgentStore(settings.agent_folders, ArtefactStore(settings.artefacts_url))
    )
    built = build_agent(store.get(folder.resolve().name if folder.is_dir() else agent))
    candles = ingest_csv(file.read_bytes(), file_name=file.name).candles
    if news is not None:
        (candles,) = with_news([candles], score_news(news, engine))
    candles = built.sees(candles)
    terms = Terms(
        cash=cash,
        costs=Costs(commission_bps, slippage_bps),
        fill=_fill_rule(fill),
        start=None if start is None else start_of_day(start.date()),
        end=None if end is None else end_of_day(end.date()),
    )
    backtest = run_backtest(built, candles, terms)
    counter = open_looks(settings.looks_url, settings.earlier_looks_file)
    looks = count_look(counter, built, backtest)
    counter.close()
    if json:
        report = report_backtest(built, candles, terms, backtest, looks)
        sys.stdout.buffer.write(orjson.dumps(report, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")
        return
    out.print(_table(candles.symbol, built.id, backtest))
    for warning in backtest.warnings:
        console.print(f"[yellow]Note[/] {warning}")
    if backtest.test_segment is not None:
        console.print(
            f"Candles that the agent never saw were scored {looks.this_window} times in this "
            f"period, {looks.total} times in all. No investment advice."
        )


def _fill_rule(value: str) -> FillRule:
    if value == "next_open":
        return "next_open"
    if value == "next_close":
        return "next_close"
    raise InvalidRequest(f"`fill` is {value!r}, neither next_open nor next_close.", field="fill")


def _table(symbol: str, agent: str, backtest: Backtest) -> Table:
    table = Table(title=f"{symbol}, {len(backtest.candles):,} candles")
    table.add_column("")
    table.add_column(f"Agent {agent}", justify="right")
    table.add_column("Buy and hold", justify="right")
    passive = backtest.baselines["buy_and_hold"].metrics
    for name, label, form in _ROWS:
        table.add_row(label, *(_cell(run, name, form) for run in (backtest.run.metrics, passive)))
    return table


def _cell(metrics: Metrics, name: str, form: str) -> str:
    value = getattr(metrics, name)
    return "–" if value is None else format(value, form)
