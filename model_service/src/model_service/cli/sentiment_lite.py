"""``bellwether sentiment train-lite``: train the engine that ships."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model_service.cli.console import out, refusals


def register(app: typer.Typer) -> None:
    """Hang the commands of this module into the group ``sentiment``."""
    app.command("train-lite")(train_lite)


@refusals
def train_lite(
    data: Annotated[Path, typer.Option("--data", help="Folder that holds SEntFiN.csv.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the weights.")],
    seed: Annotated[int, typer.Option(help="Of the sentences that grammars generate.")] = 0,
) -> None:
    """Train the lite engine; a fifth of the headlines is kept out, to measure it on."""
    from model_service.sentiment.lite import lesson
    from model_service.sentiment.lite.training import TrainingConfig

    figures = lesson.train_lite(data, output, TrainingConfig(), seed)
    out.print(
        f"{figures.texts} headlines held out: macro-F1 {figures.macro_f1:.4f}, accuracy"
        f" {figures.accuracy:.4f}; written to {output}",
        highlight=False,
    )
