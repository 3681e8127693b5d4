"""A model service, a clock and candles for tests, at the gateway's own typed seams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import numpy as np
import orjson
from experiment_fakes import FakeModelExperiments

from backend_service.errors import ModelServiceError, ModelServiceRefusal
from backend_service.market_data.candles import Candles
from backend_service.model_client.generated import (
    Agent,
    EvaluationList,
    Issue,
    SentimentResponse,
)
from backend_service.model_client.service import ModelSeries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fastapi import FastAPI

    from backend_service.agents.question import AgentQuestion
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.market_data.candles import PriceBasis
    from backend_service.model_client.service import RawFile, WhileLoading
    from backend_service.signals.question import SignalQuestion

DAY = 86_400
MONDAY = datetime(2024, 6, 10, 12, 0, tzinfo=UTC)


def make_candles(count: int, first: int = 1_262_563_200, step: int = DAY, seed: int = 0) -> Candles:
    """`count` random candles from `first` (2010-01-04) on, `step` seconds apart."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, count)))
    open_ = close * (1 + random.normal(0, 0.002, count))
    return Candles.from_columns(
        {
            "time": first + step * np.arange(count, dtype=np.int64),
            "open": open_,
            "high": np.maximum(open_, close) * 1.002,
            "low": np.minimum(open_, close) * 0.998,
            "close": close,
            "volume": random.integers(0, 10_000, count).astype(float),
        }
    )


def make_agent(
    agent_id: str = "default", *, is_default: bool = True, agent_hash: str = "a1"
) -> Agent:
    metrics: dict[str, float | None] = {"sharpe": 0.5}
    return Agent.model_validate(
        {
            "id": agent_id,
            "name": "Tiny",
            "is_default": is_default,
            "created_at": "2024-01-01T00:00:00Z",
            "owner_id": "local",
            "schema_version": 1,
            "lineage": "tiny",
            "symbols": ["A"],
            "train": {"start": 0, "end": DAY},
            "validation": {"start": 2 * DAY, "end": 3 * DAY},
            "exposure_ladder": [0, 1],
            "feature_count": 3,
            "warm_up_candles": 2,
            "members": 1,
            "seed": 0,
            "steps": 10,
            "commission_bps": 10,
            "fill": "next_open",
            "reads_news": False,
            "sentiment_engine": None,
            "code_version": "0",
            "agent_hash": agent_hash,
            "validation_metrics": metrics,
        }
    )


def make_score(text: str) -> dict[str, object]:
    """A score that depends on the text: good news says `good`, bad news `bad`."""
    positive = 0.8 if "good" in text else 0.1
    negative = 0.8 if "bad" in text and positive < 0.5 else 0.1
    neutral = round(1 - positive - negative, 9)
    labels = {"positive": positive, "negative": negative, "neutral": neutral}
    return {
        "label": max(labels, key=lambda label: labels[label]),
        **labels,
        "score": round(positive - negative, 9),
    }


def make_prediction(
    symbol: str, price_basis: str, candles: Candles, question: SignalQuestion
) -> bytes:
    """An answer of the contract's form in which nothing is ever bought."""
    count = len(candles)
    time = candles.time.tolist()
    metrics = {
        "final_net_worth": question.cash,
        "total_return_fraction": 0.0,
        "annual_return_fraction": 0.0,
        "annual_volatility_fraction": 0.0,
        "sharpe": None,
        "sortino": None,
        "calmar": None,
        "max_drawdown_fraction": 0.0,
        "max_drawdown_candles": 0,
        "win_rate_fraction": None,
        "profit_factor": None,
        "turnover_per_year": 0.0,
        "time_in_market_fraction": 0.0,
        "trades": 0,
        "commission_paid": 0.0,
        "slippage_paid": 0.0,
        "costs_paid": 0.0,
        "periods_per_year": 252.0,
    }
    ledger = {
        "time": time,
        "cash": [question.cash] * count,
        "quantity": [0] * count,
        "net_worth": [question.cash] * count,
    }
    return orjson.dumps(
        {
            "symbol": symbol,
            "agent": question.agent,
            "data_hash": candles.data_hash,
            "price_basis": price_basis,
            "fill_requested": question.fill,
            "fill_used": question.fill,
            "warnings": [],
            "decisions": {
                "time": time,
                "action": ["hold"] * count,
                "exposure": [0.0] * count,
                "q_sell": [None] * count,
                "q_hold": [None] * count,
                "q_buy": [None] * count,
            },
            "fills": [],
            "ledger": ledger,
            "metrics": metrics,
            "baselines": {"buy_and_hold": {"ledger": ledger, "metrics": metrics}},
            "segments": [],
            "looks": {"lineage": "tiny", "total": 0, "this_window": 0},
            "passport": {
                "schema_version": 1,
                "agent": question.agent,
                "agent_hash": "a1",
                "data_hash": candles.data_hash,
                "price_basis": price_basis,
                "cash": question.cash,
                "commission_bps": question.commission_bps,
                "slippage_bps": question.slippage_bps,
                "fill": question.fill,
                "start": time[0],
                "end": time[-1],
                "code_version": "0",
            },
        }
    )


def make_report(
    symbol: str,
    price_basis: str,
    candles: Candles,
    question: AgentQuestion,
    *,
    protocol: str = "agent",
    agent_hash: str = "a1",
) -> bytes:
    """A report of the contract's form in which nothing is unseen."""
    is_agent = protocol == "agent"
    return orjson.dumps(
        {
            "schema_version": 1,
            "protocol": protocol,
            "title": f"Tiny on {symbol}",
            "verdict": None,
            "sentence": "Nothing can be said.",
            "warnings": [],
            "segments": [],
            "rows": [],
            "averages": None,
            "paired": None,
            "significance": None,
            "alarms": [],
            "cost_stress": None,
            "regimes": [],
            "calendar": [],
            "attribution": None,
            "curves": [],
            "looks": None,
            "configurations": {"count": 1, "sharpe_variance": None},
            "passport": {
                "schema_version": 1,
                "protocol": protocol,
                "agent": question.agent if is_agent else None,
                "agent_hash": agent_hash if is_agent else None,
                "may_trade": "long and flat",
                "series": [
                    {
                        "symbol": symbol,
                        "data_hash": candles.data_hash,
                        "candles": len(candles),
                        "price_basis": price_basis,
                    }
                ],
                "seeds": [0],
                "members": 1,
                "steps": 10,
                "config": {"members": 1},
                "cash": question.cash,
                "commission_bps": question.commission_bps,
                "slippage_bps": question.slippage_bps,
                "fill": question.fill,
                "draws": 10_000,
                "bootstrap_seed": 0,
                "code_version": "0",
                "packages": {"numpy": "2"},
                "processor": "x",
                "command": None if is_agent else f"bellwether evaluate --protocol {protocol}",
                "result_hash": "0" * 64,
            },
        }
    )


def make_page(title: str) -> bytes:
    """A page that stands for a report's."""
    return f"<!doctype html><title>{title}</title>".encode()


def _agent_not_found(agent_id: str) -> ModelServiceRefusal:
    return ModelServiceRefusal(
        {
            "type": "urn:bellwether:problem:agent-not-found",
            "title": "No such agent",
            "status": 404,
            "detail": f"There is no agent `{agent_id}`.",
        }
    )


@dataclass
class FakeModelService:
    """Answers at once; a test may change what it answers, or have it fail or wait.

    Attributes
    ----------
    failure : ModelServiceError or None
        Raised by every method while it is set.
    dataset_dir : Path or None
        Where `predict_file` writes `results`, where it is set.
    kept : dict of str to bytes
        Kept reports by id.
    gate : asyncio.Event or None
        `predict`, `evaluate` and `preprocess` wait for it while it is set.
    asked : list of str
        Names of the methods that were called, in order.
    kept_steps : dict of str to Agent
        Agents that are not listed: those of one step of a training.
    experiments : FakeModelExperiments
    """

    upload: Candles = field(default_factory=lambda: make_candles(300))
    kept: dict[str, bytes] = field(default_factory=dict)
    listed: list[Agent] = field(default_factory=lambda: [make_agent()])
    interval: str = "1d"
    failure: ModelServiceError | None = None
    gate: asyncio.Event | None = None
    asked: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    raw_files: list[RawFile] = field(default_factory=list)
    simulated_ranges: list[tuple[date, date]] = field(default_factory=list)
    predicted_files: list[str] = field(default_factory=list)
    dataset_dir: Path | None = None
    results: str = ""
    engine: str = "lite"
    engine_version: str = "1"
    scoring_failure: ModelServiceError | None = None
    scored_texts: list[list[str]] = field(default_factory=list)
    news_read: list[ScoredNews | None] = field(default_factory=list)
    kept_steps: dict[str, Agent] = field(default_factory=dict)
    experiments: FakeModelExperiments = field(default_factory=FakeModelExperiments)

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if self.failure is not None:
            raise self.failure

    async def preprocess(self, raw: RawFile) -> ModelSeries:
        self.raw_files.append(raw)
        self.received.append(b"".join([chunk async for chunk in raw.chunks]))
        self._ask("preprocess")
        if self.gate is not None:
            await self.gate.wait()
        symbol = raw.symbol or raw.file_name.split("_")[0].split(".")[0]
        issue = Issue(row=3, kind="duplicate_time", action="dropped", message="Twice.")
        return ModelSeries(symbol, self.interval, "raw", None, None, self.upload, [issue])

    async def simulate(
        self, symbol: str, seed: int, start: date, end: date, interval: str
    ) -> ModelSeries:
        self._ask("simulate")
        self.simulated_ranges.append((start, end))
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        count = sum(day.weekday() < 5 for day in days)
        return ModelSeries(symbol, interval, "raw", None, None, make_candles(count, seed=seed))

    async def predict(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: SignalQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        self._ask("predict")
        self.news_read.append(news)
        if self.gate is not None:
            await self.gate.wait()
        return make_prediction(symbol, price_basis, candles, question)

    async def evaluate(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: AgentQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        self._ask("evaluate")
        self.news_read.append(news)
        if self.gate is not None:
            await self.gate.wait()
        return make_report(symbol, price_basis, candles, question)

    async def evaluate_page(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: AgentQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        self._ask("evaluate_page")
        self.news_read.append(news)
        return make_page(
            f"{question.agent} on {len(candles)} {price_basis} {symbol} with {question.cash:g}"
        )

    async def evaluations(self) -> EvaluationList:
        self._ask("evaluations")
        reports = {name: orjson.loads(content) for name, content in self.kept.items()}
        return EvaluationList.model_validate(
            {
                "evaluations": [
                    {
                        "id": name,
                        **{k: report[k] for k in ("protocol", "title", "verdict", "sentence")},
                        "symbols": [series["symbol"] for series in report["passport"]["series"]],
                        "seeds": len(report["passport"]["seeds"]),
                        "start": None,
                        "end": None,
                    }
                    for name, report in reports.items()
                ]
            }
        )

    async def evaluation(self, evaluation_id: str) -> bytes:
        self._ask("evaluation")
        return self._kept_one(evaluation_id)

    async def evaluation_page(self, evaluation_id: str) -> bytes:
        self._ask("evaluation_page")
        return make_page(orjson.loads(self._kept_one(evaluation_id))["title"])

    def _kept_one(self, evaluation_id: str) -> bytes:
        if evaluation_id in self.kept:
            return self.kept[evaluation_id]
        raise ModelServiceRefusal(
            {
                "type": "urn:bellwether:problem:evaluation-not-found",
                "title": "No such evaluation",
                "status": 404,
                "detail": f"There is no report `{evaluation_id}`.",
            }
        )

    async def predict_file(self, input_file: str) -> str:
        self._ask("predict_file")
        self.predicted_files.append(input_file)
        name = input_file.split(".csv")[0].removesuffix(".zip") + "_results.csv"
        if self.dataset_dir is not None:
            (self.dataset_dir / name).write_text(self.results)
        return f"dataset/{name}"

    async def agents(self) -> list[Agent]:
        self._ask("agents")
        return self.listed

    async def agent(self, agent_id: str) -> Agent:
        self._ask("agent")
        if agent_id in self.kept_steps:
            return self.kept_steps[agent_id]
        raise _agent_not_found(agent_id)

    async def promote_agent(self, agent_id: str) -> Agent:
        self._ask("promote_agent")
        if agent_id not in [agent.id for agent in self.listed]:
            raise _agent_not_found(agent_id)
        self.listed = [
            agent.model_copy(update={"is_default": agent.id == agent_id}) for agent in self.listed
        ]
        return next(agent for agent in self.listed if agent.is_default)

    async def score_texts(
        self,
        texts: Sequence[str],
        while_loading: WhileLoading = "lite",  # noqa: ARG002 - nothing is ever loading here
    ) -> SentimentResponse:
        self._ask("score_texts")
        self.scored_texts.append(list(texts))
        if self.scoring_failure is not None:
            raise self.scoring_failure
        if self.gate is not None:
            await self.gate.wait()
        return SentimentResponse.model_validate(
            {
                "engine": self.engine,
                "engine_version": self.engine_version,
                "reason": "It is the only one here.",
                "scores": [make_score(text) for text in texts],
            }
        )

    async def check_health(self) -> None:
        self._ask("check_health")

    async def close(self) -> None:
        self.asked.append("close")


@dataclass
class FakeClock:
    """Stands still until a test moves it."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def connect(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a started `app`."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
    ):
        yield client
