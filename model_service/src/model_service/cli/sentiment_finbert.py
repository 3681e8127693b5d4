"""``bellwether sentiment export-finbert``: weights as published to what the service serves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from model_service.cli.console import console, out, refusals
from model_service.settings import read_settings


def register(app: typer.Typer) -> None:
    """Hang the commands of this module into the group ``sentiment``."""
    app.command("export-finbert")(export_finbert)


@refusals
def export_finbert(
    source: Annotated[
        str | None,
        typer.Option(help="Name on the hub or local folder; FINBERT_MODEL where left out."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder of exports; MODEL_SENTIMENT_DIR where left out."),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1.0, help="Seconds.")] = 1800.0,
    endpoint: Annotated[str | None, typer.Option(help="Address of another hub.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Even if a ready export is there.")
    ] = False,
) -> None:
    """Fetch FinBERT's weights, export them to ONNX, quantise them and compare them with torch."""
    from model_service.sentiment.finbert.export import export_in_child
    from model_service.sentiment.finbert.exported import MANIFEST, read_export

    options = read_settings()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Starting")

        def tell(sentence: str) -> None:
            progress.update(task, description=sentence)
            if not console.is_terminal:
                console.print(f"{sentence} …", highlight=False)

        folder = export_in_child(
            source or options.finbert_model,
            output or options.sentiment_dir,
            timeout_seconds=timeout,
            endpoint=endpoint,
            tell=tell,
            again=again,
        )
    differences = json.loads((folder / MANIFEST).read_bytes())["differences"]
    out.print(
        f"{read_export(folder).version} in {folder}\n"
        f"Probabilities differ from fp32 torch by at most {differences['int8_max']:.4f}, "
        f"{differences['int8_mean']:.4f} on average.",
        highlight=False,
        soft_wrap=True,
    )
