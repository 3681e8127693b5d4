"""``bellwether sentiment train-lite`` and ``compare``: train the engine that ships, measure it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from model_service.cli.console import console, out, refusals
from model_service.sentiment.lite.engine import SHIPPED_LITE_DIR


def register(app: typer.Typer) -> None:
    """Hang the commands of this module into the group ``sentiment``."""
    app.command("train-lite")(train_lite)
    app.command("compare")(compare)


@refusals
def train_lite(
    data: Annotated[Path, typer.Option("--data", help="Folder that holds SEntFiN.csv.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the weights.")],
    seed: Annotated[int, typer.Option(help="Of the sentences that grammars generate.")] = 0,
) -> None:
    """Train the lite engine; a fifth of the headlines is kept out, to measure it on."""
    # Imported here: the optimiser takes a moment, and the other commands do not need it.
    from model_service.sentiment.lite import lesson
    from model_service.sentiment.lite.training import TrainingConfig

    figures = lesson.train_lite(data, output, TrainingConfig(), seed)
    out.print(
        f"{figures.texts} headlines held out: macro-F1 {figures.macro_f1:.4f}, accuracy"
        f" {figures.accuracy:.4f}; written to {output}",
        highlight=False,
    )


@refusals
def compare(
    data: Annotated[Path, typer.Option("--data", help="Folder that holds SEntFiN.csv.")],
    sentences: Annotated[
        list[Path] | None,
        typer.Option("--sentences", help="CSV with the columns text and label; may be repeated."),
    ] = None,
    weights: Annotated[Path, typer.Option(help="Folder of the weights.")] = SHIPPED_LITE_DIR,
) -> None:
    """Measure lite beside VADER, Loughran-McDonald, and TF-IDF with logistic regression."""
    from model_service.sentiment.lite import comparison
    from model_service.sentiment.lite.engine import LiteEngine

    sets = comparison.gather_sets(data, sentences or [])
    rivals, missing = comparison.gather_rivals(data, LiteEngine.load(weights))
    for name, reason in missing.items():
        console.print(f"{name} is left out: {reason}.", highlight=False)
    table = Table(title="Macro-F1 (accuracy)")
    table.add_column("")
    for name, one in sets.items():
        table.add_column(f"{name}, {len(one.texts)}", justify="right")
    for rival, row in comparison.compare(rivals, sets).items():
        table.add_row(rival, *(f"{one.macro_f1:.3f} ({one.accuracy:.3f})" for one in row.values()))
    out.print(table)
