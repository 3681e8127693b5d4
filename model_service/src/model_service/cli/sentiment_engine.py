"""The engine that scores the texts of a command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from model_service.settings import read_settings

if TYPE_CHECKING:
    from model_service.sentiment.engines import Picked
    from model_service.sentiment.options import EngineChoice


def pick_engine(asked: EngineChoice | None) -> Picked:
    """The engine of this run; only where FinBERT itself is asked for are its weights fetched.

    Raises
    ------
    SentimentUnavailable
        If the engine is not there; the sentence says why.
    """
    from model_service.sentiment.installed import install_engines

    options = read_settings().sentiment
    engine = asked or options.engine
    engines = install_engines(
        replace(
            options,
            engine=engine,
            may_export=options.may_export and engine == "finbert",
            # Nobody else waits for this process: it may take the time that it needs.
            wait_seconds=options.export_seconds,
        )
    )
    return engines.pick(asked, while_loading="wait")
