"""``bellwether evaluate``: what agents are worth on candles they never saw, over many seeds."""

from __future__ import annotations

import datetime as dt
import os
import shlex
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from model_service.cli.console import console, refusals
from model_service.cli.console import out as stdout
from model_service.cli.news import score_news
from model_service.errors import InvalidRequest
from model_service.evaluation.baselines import BASELINE_NAMES
from model_service.quiet_tensorflow import load_tensorflow
from model_service.settings import CONFIGURATIONS_FILE, SHIPPED_CONFIGS_DIR, read_settings

if TYPE_CHECKING:
    from model_service.experiments.evaluate import EvaluationProgress

DEFAULT_SEEDS = 10

_WINDOW_OPTIONS = ("train_candles", "validation_candles", "test_candles", "purge_candles")


_ABLATION_OPTIONS = ("news", "engine", "test_start")


class Protocol(StrEnum):
    """Protocols by name."""

    TDQN = "tdqn"
    WALK_FORWARD = "walk-forward"


class Ablation(StrEnum):
    """What agents are trained with and without."""

    SENTIMENT = "sentiment"


class Engine(StrEnum):
    """Sentiment engines by name."""

    AUTO = "auto"
    FINBERT = "finbert"
    OPENAI = "openai"
    LITE = "lite"


_CONFIGS: Mapping[Protocol | None, str] = {
    Protocol.TDQN: "tdqn.toml",
    Protocol.WALK_FORWARD: "default_agent.toml",
    None: "tdqn.toml",
}


@refusals
def command(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="Folder of files SYMBOL_start_end.csv.")],
    out: Annotated[Path, typer.Option(help="The report (JSON).")],
    protocol: Annotated[
        Protocol | None, typer.Option(help="Who learns and who is tested on what.")
    ] = None,
    ablation: Annotated[
        Ablation | None,
        typer.Option(
            help="In place of a protocol: agents with, without, with shuffled, late news."
        ),
    ] = None,
    news: Annotated[
        Path | None, typer.Option(help="Of an ablation: CSV with date, headline and symbol.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Of an ablation: what scores the headlines.")
    ] = Engine.AUTO,
    test_start: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Of an ablation; half way through the news by default."
        ),
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Only these symbols, separated by commas.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, max=1_000, help="Agents, seeded 0, 1, ….")
    ] = DEFAULT_SEEDS,
    baselines_only: Annotated[
        bool, typer.Option("--baselines-only", help="Train nothing, count no look.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Trainings at once; as many as cores by default.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file of the agents; that of the protocol by default.")
    ] = None,
    lineage: Annotated[
        str, typer.Option(help="Line of work whose looks at unseen candles count together.")
    ] = "default",
    html: Annotated[
        Path | None, typer.Option(help="The report as a page that stands alone, too.")
    ] = None,
    train_candles: Annotated[int, typer.Option(help="Of a walk-forward window.")] = 1_000,
    validation_candles: Annotated[int, typer.Option(help="Of a walk-forward window.")] = 250,
    test_candles: Annotated[int, typer.Option(help="Of a walk-forward window.")] = 250,
    purge_candles: Annotated[int, typer.Option(help="Between walk-forward windows.")] = 5,
) -> None:
    """Evaluate agents under a protocol. A run that was interrupted goes on where it stopped."""
    # Imported here: --help and the other commands need none of it.
    load_tensorflow()
    from model_service.evaluation.assessment.significance import count_configurations
    from model_service.evaluation.configurations import read_register
    from model_service.evaluation.html_report import render_report
    from model_service.evaluation.protocols.ablation import NEWS_SPANS
    from model_service.evaluation.protocols.walk_forward import Windows
    from model_service.evaluation.sealed import open_looks
    from model_service.experiments.candle_files import start_of_day
    from model_service.experiments.evaluate import evaluate
    from model_service.experiments.evaluation_plan import PlanRequest
    from model_service.experiments.evaluation_run import EvaluationRun
    from model_service.experiments.training_config import read_training_config

    _check_choice(protocol, ablation, news, baselines_only)
    _check_target("out", out)
    if html is not None:
        _check_target("html", html)
        if html.resolve() == out.resolve():
            raise InvalidRequest("`--html` and `--out` name the same file.", field="html")
    settings = read_settings()
    training = read_training_config(config or SHIPPED_CONFIGS_DIR / _CONFIGS[protocol])
    agent = training.agent
    if ablation is not None and not agent.reads_news:
        agent = agent.with_news(NEWS_SPANS)
    request = PlanRequest(
        protocol="ablation" if protocol is None else protocol.value,
        data=data.resolve(),
        symbols=None if symbols is None else _names(symbols),
        windows=Windows(train_candles, validation_candles, test_candles, purge_candles),
        fill=agent.fill,
        news=None if news is None else score_news(news, engine.value),
        test_start=None if test_start is None else start_of_day(test_start.date()),
    )
    run = EvaluationRun(
        request=request,
        config=agent,
        steps=training.steps,
        seeds=() if baselines_only else tuple(range(seeds)),
        lineage=lineage,
        configurations=count_configurations(read_register(CONFIGURATIONS_FILE)),
        code_version=settings.full_code_version,
        command=_command_line(context),
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TextColumn("steps, left"), TimeRemainingColumn(), console=console
    ) as bar:
        task = bar.add_task("Training", total=None, visible=not baselines_only)

        def show(progress: EvaluationProgress) -> None:
            bar.update(
                task,
                description=f"Agent {progress.units} of {progress.total_units}",
                completed=progress.steps,
                total=progress.total_steps,
            )

        looks = open_looks(settings.looks_url, settings.earlier_looks_file)
        try:
            report = evaluate(
                run, out, jobs=jobs or os.cpu_count() or 1, looks=looks, on_progress=show
            )
        finally:
            looks.close()
    if html is not None:
        html.write_text(render_report(report))
    _print_report(report)


def _names(symbols: str) -> frozenset[str]:
    names = frozenset(name for part in symbols.split(",") if (name := part.strip()))
    if not names:
        raise InvalidRequest("`--symbols` names no symbol.", field="symbols")
    return names


def _check_choice(
    protocol: Protocol | None, ablation: Ablation | None, news: Path | None, baselines_only: bool
) -> None:
    if (protocol is None) == (ablation is None):
        raise InvalidRequest(
            "Name either `--protocol` tdqn or walk-forward, or `--ablation` sentiment.",
            field="protocol",
            choices=[each.value for each in Protocol],
        )
    if (ablation is None) != (news is None):
        raise InvalidRequest(
            "`--ablation sentiment` and `--news FILE` belong together.", field="news"
        )
    if ablation is not None and baselines_only:
        raise InvalidRequest(
            "`--baselines-only` has nothing to compare in an ablation.", field="baselines_only"
        )


def _check_target(name: str, path: Path) -> None:
    """Refuse what cannot be written before the training, not after it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Writing replaces the file: what is a folder, a device or a pipe stays what it is.
        usable = (path.is_file() or not path.exists()) and os.access(path.parent, os.W_OK)
    except OSError:
        usable = False
    if not usable:
        raise InvalidRequest(f"{path.name!r} cannot be written.", field=name)


def _print_report(report: Mapping[str, Any]) -> None:
    agent = report["averages"]["agent"]
    names = [*BASELINE_NAMES, *(["agent"] if agent else [])]
    table = Table("Sharpe ratio", *(name.replace("_", " ") for name in names))
    for row in (*report["rows"], {"symbol": "mean", **report["averages"]}):
        cells = [f"{row[name]:.3f}" for name in BASELINE_NAMES]
        if agent:
            spread = row["agent"]["sharpe_std"]
            cells.append(
                f"{row['agent']['sharpe_mean']:.3f}"
                + ("" if spread is None else f" ± {spread:.3f}")
            )
        table.add_row(row["symbol"], *cells)
    stdout.print(table)
    if report.get("ablation") is not None:
        _print_ablation(report["ablation"])
    stdout.print(report["sentence"])
    for alarm in report["alarms"]:
        if alarm["raised"]:
            stdout.print(f"[yellow]Alarm:[/] {alarm['sentence']}", highlight=False)
    looks = report["looks"]
    if looks is not None:
        stdout.print(
            f"Looks of lineage {looks['lineage']!r} at this window: {looks['this_window']}; "
            f"configurations compared on validation: {report['configurations']['count']}."
        )


def _print_ablation(ablation: Mapping[str, Any]) -> None:
    table = Table("Arm", "Sharpe ratio", "With less it", "95 % interval", "p")
    against = {each["against"]: each["difference"] for each in ablation["differences"]}
    for arm in ablation["arms"]:
        found = against.get(arm["name"])
        spread = "" if arm["sharpe_std"] is None else f" ± {arm['sharpe_std']:.3f}"
        cells = [arm["name"], f"{arm['sharpe_mean']:.3f}{spread}"]
        if found is not None:
            low, high = found["interval"]
            cells += [
                f"{found['mean_difference']:+.3f}",
                f"{low:+.3f} to {high:+.3f}",
                f"{found['p']:.2f}",
            ]
        table.add_row(*cells)
    stdout.print(table)
    stdout.print(ablation["sentence"])


def _command_line(context: typer.Context) -> str:
    """The command that gives this report again, without what does not change it."""
    words = ["bellwether", "evaluate"]
    parameters = context.params
    # In the order of the help, whatever the order in which they were typed; what is run goes first.
    names = [one.name for one in context.command.params if one.name in parameters]
    names.sort(key=lambda name: name not in ("protocol", "ablation"))
    for name in filter(None, names):
        value = parameters[name]
        if name in ("jobs", "html") or value is None or value is False:
            continue
        if name in _WINDOW_OPTIONS and parameters["protocol"] != Protocol.WALK_FORWARD:
            continue
        if name in _ABLATION_OPTIONS and parameters["ablation"] is None:
            continue
        words.append(f"--{name.replace('_', '-')}")
        if value is not True:
            day = value.date() if isinstance(value, dt.datetime) else value
            words.append(shlex.quote(str(day)))
    return " ".join(words)
