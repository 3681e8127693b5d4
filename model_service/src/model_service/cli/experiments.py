"""``bellwether experiments``: what trains and evaluates in the background."""

from __future__ import annotations

import datetime as dt
import time
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from model_service.cli.console import console, out, refusals
from model_service.errors import InvalidRequest

app = typer.Typer(
    name="experiments",
    help="Queue trainings and evaluations that a worker makes in the background, and follow them.",
    no_args_is_help=True,
)

MAX_CONFIG_BYTES = 256 * 1024


class Kind(StrEnum):
    """What is queued with `submit`."""

    TRAIN = "train"
    EVALUATE = "evaluate"
    WALK_FORWARD = "walk-forward"


class ListedKind(StrEnum):
    """Kinds of experiments."""

    TRAIN = "train"
    EVALUATE = "evaluate"
    WALK_FORWARD = "walk-forward"
    SWEEP = "sweep"


class State(StrEnum):
    """States of experiments."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DONE = "done"


Id = Annotated[str, typer.Argument(help="Of the experiment.", show_default=False)]


@app.command("submit")
@refusals
def submit(
    kind: Annotated[Kind, typer.Argument(help="What is done.", show_default=False)],
    data: Annotated[
        list[Path], typer.Argument(help="Files or folders of candles (CSV).", show_default=False)
    ],
    name: Annotated[str | None, typer.Option(help="For people.")] = None,
    seeds: Annotated[str, typer.Option(help="One unit each, separated by commas.")] = "0",
    steps: Annotated[
        int | None, typer.Option(help="Training steps of every unit; else those of --config.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help="Instead of steps: time for all units together, such as 90s, 30m or 2h."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file; what it leaves out has its default.")
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Only these symbols, separated by commas.")
    ] = None,
    start: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day that is used.")
    ] = None,
    end: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day that is used.")
    ] = None,
    agent: Annotated[
        str | None, typer.Option(help="Of evaluate: its id; the default agent where left out.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow it until it ends.")] = False,
) -> None:
    """Queue an experiment and print its id. The same again is the earlier one.

    Works beside a running `make up` and without it; a worker makes the units. In the repository's
    root the defaults are the folders of `make up`; elsewhere MODEL_STATE_DIR, MODEL_ARTEFACTS_URL
    and MODEL_AGENTS_DIR, or MODEL_DATABASE_URL, say where they are.
    """
    # Imported here: --help and the other commands need none of it.
    from model_service.cli.experiment_desk import open_desk
    from model_service.cli.experiment_watch import watch as show
    from model_service.experiments.candle_files import end_of_day, start_of_day
    from model_service.experiments.durations import read_duration
    from model_service.experiments.specification import specify

    values = {} if config is None else _read_config(config)
    own_steps = values.pop("steps", None)
    budget_seconds = None if budget is None else read_duration(budget, "budget")
    if steps is None and budget_seconds is None and kind is not Kind.EVALUATE:
        steps = own_steps
    if agent is not None and kind is not Kind.EVALUATE:
        raise InvalidRequest("`--agent` belongs to evaluate.", field="agent")
    with open_desk() as desk:
        spec = specify(
            kind=kind.value,
            series=desk.put_series(data, None if symbols is None else read_symbols(symbols)),
            config=values,
            steps=steps,
            budget_seconds=budget_seconds,
            grid=None,
            agent=desk.named_agent(agent) if kind is Kind.EVALUATE else None,
            seeds=_read_seeds(seeds),
            start=None if start is None else start_of_day(start.date()),
            end=None if end is None else end_of_day(end.date()),
        )
        overview = desk.submit(spec, name)
        out.print(overview.experiment.id, highlight=False)
        if watch:
            show(desk, overview.experiment.id)


@app.command("list")
@refusals
def list_(
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    kind: Annotated[ListedKind | None, typer.Option(help="Only those of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="The newest so many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="As GET /experiments answers.")] = False,
) -> None:
    """List experiments, the newest first."""
    from model_service.cli.experiment_desk import open_desk
    from model_service.cli.experiment_lines import make_table
    from model_service.http.experiment_answers import describe_experiment

    with open_desk() as desk:
        found, more = desk.experiments.page(
            states=() if state is None else (state.value,),
            kind=None if kind is None else kind.value,
            limit=limit,
        )
        if as_json:
            plain = {"experiments": [describe_experiment(one) for one in found], "more": more}
            typer.echo(orjson.dumps(plain, option=orjson.OPT_INDENT_2))
            return
        if not found:
            console.print(f"No experiment in {desk.database}.", highlight=False, soft_wrap=True)
            return
        out.print(make_table(found, time.time(), out.width))
        if more:
            console.print("There are older ones; `--limit` shows more.")
        if any(one.experiment.state == "queued" for one in found):
            desk.tell_without_worker()


@app.command("watch")
@refusals
def watch(experiment_id: Id) -> None:
    """Follow an experiment until it ends: exit code 0 when done, 1 when failed or cancelled.

    Ctrl-C stops the watching alone; the experiment goes on.
    """
    from model_service.cli.experiment_desk import open_desk
    from model_service.cli.experiment_watch import watch as show

    with open_desk() as desk:
        show(desk, experiment_id)


@app.command("cancel")
@refusals
def cancel(experiment_id: Id) -> None:
    """Stop an experiment; one that has ended stays as it is."""
    from model_service.cli.experiment_desk import open_desk

    with open_desk() as desk:
        row = desk.experiments.cancel(experiment_id).experiment
        ended = row.state in ("done", "failed")
        console.print(
            f"{row.id} {'had ended already and is' if ended else 'is'} {row.state}.",
            highlight=False,
        )


@app.command("logs")
@refusals
def logs(
    experiment_id: Id,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="And what happens until it ends.")
    ] = False,
) -> None:
    """Print what happened to an experiment, one line each."""
    from model_service.cli.experiment_desk import open_desk
    from model_service.cli.experiment_watch import print_log

    with open_desk() as desk:
        print_log(desk, experiment_id, follow=follow)


def read_symbols(given: str) -> frozenset[str]:
    """Symbols of a list with commas.

    Raises
    ------
    InvalidRequest
    """
    names = frozenset(name for part in given.split(",") if (name := part.strip()))
    if not names:
        raise InvalidRequest("`--symbols` names no symbol.", field="symbols")
    return names


def _read_seeds(given: str) -> tuple[int, ...]:
    parts = [part.strip() for part in given.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts):
        raise InvalidRequest(
            f"`--seeds` is {given[:60]!r}, no whole numbers separated by commas.", field="seeds"
        )
    return tuple(int(part) for part in parts)


def _read_config(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
    except OSError:
        raise InvalidRequest(f"There is no file {path.name!r} to read.", field="config") from None
    if len(content) > MAX_CONFIG_BYTES:
        raise InvalidRequest(
            f"{path.name} is larger than {MAX_CONFIG_BYTES // 1024} KiB.",
            field="config",
            limit=MAX_CONFIG_BYTES,
        )
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"{path.name} is not valid TOML: {error}.", field="config") from None
