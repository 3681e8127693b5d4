"""``bellwether train``: an agent from files or folders of candles."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as ProgressBar,
)

from model_service.cli.console import console, refusals
from model_service.cli.news import score_news
from model_service.errors import InvalidRequest
from model_service.quiet_tensorflow import load_tensorflow

if TYPE_CHECKING:
    from model_service.experiments.train import Progress


@refusals
def command(
    data: Annotated[
        list[Path], typer.Argument(help="Files or folders of candles (CSV).", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the agent; its name is its id.")
    ],
    seed: Annotated[int, typer.Option(help="Of the first weights and of the sampling.")] = 0,
    steps: Annotated[
        int | None,
        typer.Option(help="Training steps of every member; default: those of the configuration."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file; what it leaves out has its default.")
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Only these symbols, separated by commas.")
    ] = None,
    news: Annotated[
        Path | None,
        typer.Option(
            help="CSV with date, headline and symbol, for a configuration with news_spans."
        ),
    ] = None,
    engine: Annotated[
        Literal["auto", "finbert", "openai", "lite"],
        typer.Option(help="What scores the headlines."),
    ] = "auto",
    lineage: Annotated[
        str | None,
        typer.Option(help="Line of work whose looks at unseen candles count together."),
    ] = None,
) -> None:
    """Train an agent. A run that was interrupted goes on where it was saved."""
    # Imported here: TensorFlow takes seconds, and --help and the other commands do not need it.
    load_tensorflow(one_thread=True)
    from model_service.experiments.candle_files import load_series
    from model_service.experiments.news_file import with_news
    from model_service.experiments.train import train_agent
    from model_service.experiments.training_config import TrainingConfig, read_training_config
    from model_service.experiments.training_run import TrainingRun

    training = TrainingConfig() if config is None else read_training_config(config)
    steps = training.steps if steps is None else steps
    wanted = None if symbols is None else frozenset(symbols.split(","))
    loaded = load_series(data, symbols=wanted)
    for name, reason in loaded.skipped:
        console.print(f"[yellow]Skipped[/] {name}: {reason}")
    series = loaded.series
    if training.agent.reads_news != (news is not None):
        raise InvalidRequest(
            "`--news FILE` and `news_spans` of the configuration belong together.", field="news"
        )
    if news is not None:
        series = with_news(series, score_news(news, engine))
    split = training.split.of(series)
    run = TrainingRun(series, split, training.agent, seed, steps, lineage or output.resolve().name)
    checkpoint = output.resolve().parent / f".{output.resolve().name}.checkpoint"
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.0f} steps/s"),
        TimeRemainingColumn(),
    )
    with ProgressBar(*columns, console=console) as bar:
        task = bar.add_task(f"Training on {len(series)} symbols", total=steps, rate=0.0)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.step, rate=progress.steps_per_second)

        stored = train_agent(
            run,
            output.resolve(),
            now=dt.datetime.now(dt.UTC),
            checkpoint=checkpoint,
            on_progress=show,
        )
    metrics = stored.manifest["validation_metrics"]
    console.print(f"Agent [bold]{stored.id}[/] is in {output}.")
    if not metrics["symbols"]:
        console.print("[yellow]No symbol has enough candles to validate on.[/]")
        return
    console.print(
        f"Validation, mean over {metrics['symbols']:.0f} symbols: Sharpe "
        f"{metrics['sharpe']:.3f} against {metrics['buy_and_hold_sharpe']:.3f} of buy and hold, "
        f"in the market {metrics['time_in_market_fraction']:.0%} of the time, "
        f"{metrics['trades']:.0f} fills a symbol."
    )
