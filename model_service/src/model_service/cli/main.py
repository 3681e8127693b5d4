"""The ``bellwether`` command line tool."""

from __future__ import annotations

import os

# TensorFlow prints what it found on the machine before it can be told not to.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import typer

from model_service.cli import agents, backtest, train

app = typer.Typer(
    name="bellwether",
    help="Would a learning agent have made money on candles it never saw, after costs?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("train")(train.command)
app.command("backtest")(backtest.command)
app.command("agents")(agents.command)
