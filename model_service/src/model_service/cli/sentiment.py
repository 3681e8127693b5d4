"""``bellwether sentiment``: what texts say about a company's prospects."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from model_service.cli import sentiment_finbert, sentiment_lite
from model_service.cli.console import console, refusals
from model_service.cli.sentiment_engine import pick_engine

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.progress import Progress

    from model_service.cli.score_table import Tally
    from model_service.cli.text_table import TextTable

app = typer.Typer(
    name="sentiment",
    help="What headlines say about a company's prospects.",
    no_args_is_help=True,
)

_PROGRESS_FROM_ROWS = 5_000


@app.command("score")
@refusals
def score(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV of texts with a header: UTF-8, UTF-16 or Windows-1252, may be gzipped.",
            show_default=False,
        ),
    ],
    column: Annotated[str, typer.Option(help="The column with the texts.")] = "headline",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where the scored CSV goes; default: standard output."),
    ] = None,
    engine: Annotated[
        Literal["auto", "finbert", "openai", "lite"] | None,
        typer.Option(
            help="auto: finbert where an export of it is on this machine, else lite. "
            "Default: what MODEL_SENTIMENT_ENGINE says, or auto.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Score a column of texts: one row out for each row in, in the same order.

    The columns of the file stay as they are; label, positive, negative, neutral, score, engine and
    engine_version come behind them, with sentiment_ before a name that the file has already. A row
    without a text keeps empty cells there.
    """
    from model_service.cli.score_table import name_columns, score_table, whole_or_not_at_all
    from model_service.cli.text_table import inspect_table
    from model_service.errors import InvalidRequest

    table = inspect_table(file, column)
    if output is not None and output.exists() and output.samefile(file):
        raise InvalidRequest("The output may not be the input.", field="output")
    picked = pick_engine(engine)
    console.print(escape(picked.reason), highlight=False)
    shown = table.rows >= _PROGRESS_FROM_ROWS and (output is not None or not sys.stdout.isatty())
    with whole_or_not_at_all(output, table.encoding) as out, _progress(shown) as progress:
        task = None if progress is None else progress.add_task("Scoring", total=table.rows)

        def advance(rows: int) -> None:
            if progress is not None and task is not None:
                progress.advance(task, rows)

        tally = score_table(table, picked.scorer, out.write, advance)
    _tell(table, tally, name_columns(table.header), output)


def _progress(shown: bool) -> AbstractContextManager[Progress | None]:
    if not shown or not console.is_terminal:
        return nullcontext()
    from rich.progress import Progress

    return Progress(console=console, redirect_stdout=False)


def _tell(table: TextTable, tally: Tally, names: tuple[str, ...], output: Path | None) -> None:
    from model_service.cli.score_table import SCORE_COLUMNS
    from model_service.sentiment.texts import MAX_CHARACTERS

    notes = [f"{tally.rows:,} rows scored"]
    if tally.blank:
        notes.append(f"{tally.blank:,} of them have no text")
    if tally.cut:
        notes.append(f"of {tally.cut:,} texts only the first {MAX_CHARACTERS:,} characters count")
    if table.header.count(table.header[table.column]) > 1:
        notes.append(f"of several columns {table.header[table.column]!r} the first was scored")
    if table.width > len(table.header):
        notes.append(
            f"some rows have more cells than the header, which got "
            f"{table.width - len(table.header)} without a name"
        )
    renamed = [new for new, plain in zip(names, SCORE_COLUMNS, strict=True) if new != plain]
    if renamed:
        notes.append(f"new columns are called {', '.join(renamed)}: the file has the plain names")
    if output is not None:
        notes.append(f"written to {output}")
    console.print(escape("; ".join(notes) + "."), highlight=False)


sentiment_finbert.register(app)
sentiment_lite.register(app)
