"""From what a person asks for to the plan of an evaluation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from model_service.errors import TrainingDataError
from model_service.evaluation.protocols.ablation import plan_ablation
from model_service.evaluation.protocols.plan import Plan, ProtocolName
from model_service.evaluation.protocols.tdqn import plan_tdqn
from model_service.evaluation.protocols.tdqn_data import read_tdqn_folder
from model_service.evaluation.protocols.walk_forward import Windows, plan_walk_forward
from model_service.experiments.candle_files import load_series
from model_service.experiments.news_file import ScoredHeadlines
from model_service.trading.ledger import FillRule

_DATED_NAME = re.compile(r".+_\d{4}-\d{1,2}-\d{1,2}_\d{4}-\d{1,2}-\d{1,2}\.csv")


@dataclass(frozen=True)
class PlanRequest:
    """What to evaluate on.

    Attributes
    ----------
    protocol : {'tdqn', 'walk-forward', 'ablation'}
    data : Path
        Folder of files ``SYMBOL_start_end.csv``; other files in it are not read. Except for tdqn, a
        folder without any such file is read as it is.
    symbols : frozenset of str or None
        Only these; by default all, and of an ablation all that have both candles and news.
    windows : Windows
        Of walk-forward.
    fill : {'next_open', 'next_close'}
        The TDQN protocol has its own.
    news : ScoredHeadlines or None
        Of an ablation.
    test_start : int or None
        Of an ablation: where the test begins, epoch seconds.
    """

    protocol: ProtocolName
    data: Path
    symbols: frozenset[str] | None = None
    windows: Windows = field(default_factory=Windows)
    fill: FillRule = "next_open"
    news: ScoredHeadlines | None = None
    test_start: int | None = None


@cache
def read_plan(request: PlanRequest) -> Plan:
    """Read the candles and make the plan; once a process.

    Raises
    ------
    TrainingDataError
        If files are missing or the candles are too few; the sentence names symbol and date.
    UnreadableCsv
        If a file cannot be read as the protocol says.
    """
    if not request.data.is_dir():
        raise TrainingDataError(f"There is no folder {request.data.name!r}.", field="data")
    if request.protocol == "tdqn":
        return plan_tdqn(read_tdqn_folder(request.data, request.symbols))
    dated = sorted(file for file in request.data.iterdir() if _DATED_NAME.fullmatch(file.name))
    loaded = load_series(dated or [request.data], symbols=request.symbols).series
    if request.protocol == "walk-forward":
        return plan_walk_forward(loaded, request.windows, request.fill)
    news = {} if request.news is None else request.news.by_symbol()
    if request.symbols is None:
        loaded = tuple(candles for candles in loaded if candles.symbol in news)
    if not loaded:
        raise TrainingDataError("No symbol has both candles and news.", field="news")
    return plan_ablation(loaded, news, request.fill, request.test_start)
