"""Following one experiment on a terminal until it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from model_service.cli.console import console, out
from model_service.cli.experiment_desk import Desk
from model_service.cli.experiment_lines import (
    printable,
    write_event,
    write_progress,
    write_validation,
)
from model_service.errors import ExperimentsUnavailable
from model_service.experiments.durations import write_duration
from model_service.experiments.records.events import Event
from model_service.experiments.records.experiments import ENDED
from model_service.experiments.service import Overview
from model_service.http.experiment_answers import describe_experiment

POLL_SECONDS = 0.5
INTERRUPTED = 130
FAILED = 1

_PAGE = 1_000


def watch(desk: Desk, experiment_id: str) -> None:
    """Show an experiment until it ends.

    Raises
    ------
    ExperimentNotFound
    typer.Exit
        Code 1 where it failed or was cancelled, 130 where a person stops watching.
    """
    try:
        overview = desk.experiments.get(experiment_id)
        if overview.experiment.state == "queued":
            desk.tell_without_worker()
        overview = _show(desk, overview)
    except KeyboardInterrupt:
        console.print(
            f"{experiment_id} goes on; `bellwether experiments watch {experiment_id}` shows it "
            "again.",
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(INTERRUPTED) from None
    _tell_end(overview)
    if overview.experiment.state != "done":
        raise typer.Exit(FAILED)


def follow_events(desk: Desk, experiment_id: str, *, on: bool) -> Iterator[list[Event]]:
    """Pages of events; with `on` until the experiment ends, with empty ones while nothing happens.

    A database that is away for a while is waited for.
    """
    after = 0
    while True:
        try:
            page = desk.experiments.events(experiment_id, after=after, limit=_PAGE)
        except ExperimentsUnavailable:
            if not on:
                raise
            yield []
        else:
            after = page.last_number
            yield page.events
            if page.ended or (not on and len(page.events) < _PAGE):
                return
            if page.events:
                continue
        time.sleep(POLL_SECONDS)


def print_log(desk: Desk, experiment_id: str, *, follow: bool) -> None:
    """Print what happened, and with `follow` what happens.

    Raises
    ------
    ExperimentNotFound
    typer.Exit
        Code 130 where a person stops following.
    """
    try:
        for events in follow_events(desk, experiment_id, on=follow):
            for event in events:
                line = write_event(event)
                if line is not None:
                    out.print(line, markup=False, highlight=False, soft_wrap=True)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _show(desk: Desk, overview: Overview) -> Overview:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[progress]}"),
        TextColumn("{task.fields[pace]}"),
        TextColumn("{task.fields[validation]}"),
    )
    experiment_id = overview.experiment.id
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(experiment_id, total=None, progress="", pace="", validation="")
        for events in follow_events(desk, experiment_id, on=True):
            for event in events:
                if event.kind == "validation":
                    bar.update(task, validation=write_validation(event.body))
            try:
                overview = desk.experiments.get(experiment_id)
            except ExperimentsUnavailable:
                bar.update(task, pace="the database is away")
                continue
            _update(bar, task, overview)
            if overview.experiment.state in ENDED:
                break
    return overview


def _update(bar: Progress, task: TaskID, overview: Overview) -> None:
    row, sums = overview.experiment, overview.units
    plain = describe_experiment(overview)
    rate, left = plain["steps_per_second"], plain["eta_seconds"]
    pace = [] if rate is None else [f"{rate:,.0f} steps/s"]
    if left is not None:
        pace.append(f"{write_duration(left)} left")
    bar.update(
        task,
        description=f"{row.id} {row.state}",
        completed=sums.step,
        total=sums.total or None,
        progress=write_progress(overview),
        pace=", ".join(pace),
    )


def _tell_end(overview: Overview) -> None:
    row = overview.experiment
    taken = (
        "" if row.ended_at is None else f" after {write_duration(row.ended_at - row.created_at)}"
    )
    reason = f": {escape(printable(row.reason))}" if row.reason else "."
    console.print(f"{row.id} is {row.state}{taken}{reason}", highlight=False, soft_wrap=True)
    result = row.result or {}
    for agent in result.get("agents", ()):
        console.print(f"Agent [bold]{agent}[/] serves.", highlight=False)
    if result.get("evaluation"):
        console.print(f"Report {result['evaluation']} is among the evaluations.", highlight=False)
