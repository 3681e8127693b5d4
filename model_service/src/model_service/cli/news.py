"""Headlines of a file for a command that trains or evaluates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from model_service.cli.console import console
from model_service.cli.sentiment_engine import pick_engine

if TYPE_CHECKING:
    from model_service.experiments.news_file import ScoredHeadlines
    from model_service.sentiment.options import EngineChoice


def score_news(path: Path, engine: EngineChoice) -> ScoredHeadlines:
    """Read and score a file of headlines; the console says by what.

    Raises
    ------
    TrainingDataError
        If the file is not what `read_headlines` takes.
    SentimentUnavailable
        If the engine is not there.
    """
    from model_service.experiments.news_file import read_headlines, score_headlines

    headlines = read_headlines(path)
    picked = pick_engine(engine)
    console.print(escape(picked.reason), highlight=False)
    return score_headlines(headlines, picked.scorer)
