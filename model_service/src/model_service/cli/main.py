"""The ``bellwether`` command line tool."""

from __future__ import annotations

import typer

from model_service.cli import (
    agents,
    backtest,
    compare,
    evaluate,
    experiments,
    preprocess,
    selftest,
    sentiment,
    simulate,
    sweep,
    train,
)

app = typer.Typer(
    name="bellwether",
    help="Would a learning agent have made money on candles it never saw, after costs?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("preprocess")(preprocess.command)
app.command("simulate")(simulate.command)
app.command("train")(train.command)
app.command("compare")(compare.command)
app.command("backtest")(backtest.command)
app.command("evaluate")(evaluate.command)
app.command("sweep")(sweep.command)
app.command("agents")(agents.command)
app.command("selftest")(selftest.command)
app.add_typer(experiments.app)
app.add_typer(sentiment.app)
