# mypy: disable-error-code="assignment"
"""Models of contracts/model_service.openapi.yaml; never edited by hand.

Made by `python scripts/generate_models.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

Symbol = TypeAliasType(
    "Symbol",
    Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ],
)


AgentId = TypeAliasType(
    "AgentId",
    Annotated[
        str,
        Field(
            max_length=80,
            min_length=1,
            pattern="^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$",
        ),
    ],
)
"""
`ID@STEP` is the agent as it was at a step of its training that was kept; `default` the agent that was promoted last, else the one that ships.
"""


SimulatedInterval = TypeAliasType("SimulatedInterval", Literal["1d", "1h", "1m"])


TimeItem = TypeAliasType(
    "TimeItem", Annotated[int, Field(ge=-62135596800, le=253402300799)]
)


VolumeItem = TypeAliasType("VolumeItem", Annotated[float, Field(ge=0.0)])


Price = TypeAliasType("Price", Annotated[float, Field(gt=0.0)])


class Issue(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    row: Annotated[int, Field(ge=1)]
    """
    Physical line of the file; the header is 1; 1 where the whole file is meant.
    """
    kind: Annotated[
        str,
        Field(examples=["duplicate_time", "close_outside_range", "suspected_split"]),
    ]
    action: Literal["kept", "dropped", "filled", "repaired", "reordered", "converted"]
    message: str
    count: Annotated[int, Field(ge=1)] = 1
    """
    Rows of this kind that this entry stands for.
    """


class PredictFileRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    input_file: Annotated[str, Field(max_length=255, min_length=1)]
    """
    File inside the dataset folder; `dataset/NHPC.csv` and `NHPC.csv` name the same file.
    """
    agent: Annotated[
        str,
        Field(
            max_length=80,
            min_length=1,
            pattern="^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$",
        ),
    ] = "default"
    """
    `ID@STEP` is the agent as it was at a step of its training that was kept; `default` the agent that was promoted last, else the one that ships.
    """


class PredictFileResponse(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    output_file: str
    """
    The file written; the dataset folder is called `dataset` whatever its place, as in dataset/NHPC_results.csv.
    """


class Costs(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    commission_bps: Annotated[float, Field(ge=0.0, le=1000.0)] = 10
    """
    Per side, of the traded value.
    """
    slippage_bps: Annotated[float, Field(ge=0.0, le=1000.0)] = 0
    """
    Added to a buy's price and taken from a sell's.
    """


Text = TypeAliasType("Text", Annotated[str, Field(max_length=20000, min_length=1)])


class SentimentRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    texts: Annotated[list[Text], Field(max_length=1000, min_length=1)]
    """
    Not blank.
    """
    engine: Literal["auto", "finbert", "openai", "lite"] | None = None
    """
    Null for the engine that the service is set to.
    """
    while_loading: Literal["lite", "wait"] = "lite"
    """
    Who answers while finbert is loading.
    """


class SentimentState(BaseModel):
    """
    Of one sentiment engine.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    engine: Literal["finbert", "openai", "lite"]
    state: Literal["ready", "loading", "absent", "failed"]
    engine_version: str | None
    reason: str
    """
    One sentence.
    """


class SentimentReadiness(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    chosen: Literal["finbert", "openai", "lite"]
    reason: str
    engines: list[SentimentState]


ScoreItem = TypeAliasType("ScoreItem", Annotated[float, Field(ge=-1.0, le=1.0)])


class News(BaseModel):
    """
    Scored headlines, in any order; as many scores as times.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    engine: Annotated[str, Field(max_length=64, min_length=1)]
    engine_version: Annotated[str, Field(max_length=200, min_length=1)]
    counts_from: Annotated[list[int], Field(max_length=1000000)]
    """
    Time of the first candle whose decision may use the headline. None may lie after the last candle.
    """
    score: Annotated[list[ScoreItem], Field(max_length=1000000)]


class Fill(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    time: int
    """
    The candle of execution.
    """
    side: Literal["buy", "sell"]
    price: float
    """
    Slippage included.
    """
    quantity: Annotated[int, Field(ge=1)]
    commission: Annotated[float, Field(ge=0.0)]
    """
    quantity · price · commission_bps / 10⁴
    """
    slippage: Annotated[float, Field(ge=0.0)]
    """
    Money lost to slippage.
    """


class Ledger(BaseModel):
    """
    Row t is after the fills at t, marked at the close of t.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    time: list[int]
    cash: list[float]
    quantity: list[int]
    net_worth: list[float]


class Metrics(BaseModel):
    """
    Null where a metric is undefined for the run (no trades, no variance, too short).
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    final_net_worth: float
    total_return_fraction: float
    annual_return_fraction: float | None
    annual_volatility_fraction: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown_fraction: float
    """
    At most 0; -0.25 is a fall of a quarter from the peak.
    """
    max_drawdown_candles: Annotated[int, Field(ge=0)]
    """
    Longest stretch below an earlier peak.
    """
    win_rate_fraction: float | None
    profit_factor: float | None
    turnover_per_year: float | None
    """
    Traded value per year over mean net worth.
    """
    time_in_market_fraction: float
    trades: Annotated[int, Field(ge=0)]
    """
    Fills.
    """
    commission_paid: float
    slippage_paid: float
    costs_paid: float
    periods_per_year: float


class Run(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    ledger: Ledger
    metrics: Metrics


class Baselines(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    buy_and_hold: Run


class Segment(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    kind: Literal["train", "validation", "test", "seen"]
    """
    seen: not trained on, but no later than the agent's last training candle.
    """
    start: int
    end: int


class Looks(BaseModel):
    """
    How often this agent's lineage was scored on candles it never saw; the sealed window's honesty rests on it.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    lineage: str
    total: Annotated[int, Field(ge=0)]
    this_window: Annotated[int, Field(ge=0)]


class Passport(BaseModel):
    """
    All that is needed to run it again.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    schema_version: Literal[1]
    agent: str
    agent_hash: str
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    cash: float
    commission_bps: float
    slippage_bps: float
    fill: Literal["next_open", "next_close"]
    start: int
    end: int
    news_hash: str | None = None
    """
    SHA-256 of the scored headlines that were used; null where there were none.
    """
    code_version: str


class DateRange(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    start: int
    end: int


class Agent(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    id: Annotated[
        str,
        Field(
            max_length=80,
            min_length=1,
            pattern="^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$",
        ),
    ]
    """
    `ID@STEP` is the agent as it was at a step of its training that was kept; `default` the agent that was promoted last, else the one that ships.
    """
    name: str
    is_default: bool
    created_at: AwareDatetime
    owner_id: str
    schema_version: int
    lineage: str
    symbols: list[str]
    train: DateRange
    validation: DateRange
    exposure_ladder: list[float]
    feature_count: int
    warm_up_candles: int
    members: Annotated[int, Field(ge=1)]
    """
    Networks, trained from different seeds, whose Q-values are averaged.
    """
    seed: int
    steps: int
    commission_bps: float
    fill: Literal["next_open", "next_close"]
    reads_news: bool
    """
    Whether scored headlines are among its features.
    """
    sentiment_engine: str | None
    """
    Engine and version of the scores that it was trained on; null where it reads no news.
    """
    code_version: str
    agent_hash: str
    experiment: str | None = None
    """
    Id of the experiment that trained it.
    """
    kept_steps: list[int] = []
    """
    Steps of its training at which it was kept: `ID@STEP` is the agent of that moment.
    """
    validation_metrics: dict[str, float | None]


class AgentList(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    agents: list[Agent]


class Dataset(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    candles: Annotated[int, Field(ge=1)]
    start: int
    end: int


class ExperimentSeries(BaseModel):
    """
    One symbol's candles, put before with putDataset.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    news: News | None = None


Seed = TypeAliasType("Seed", Annotated[int, Field(ge=0, le=2147483647)])


class ExperimentRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    kind: Literal["train", "evaluate", "walk-forward", "sweep"]
    name: Annotated[str | None, Field(max_length=100, min_length=1)] = None
    """
    For people; no part of what is done.
    """
    series: Annotated[list[ExperimentSeries], Field(max_length=100, min_length=1)]
    agent: AgentId | None = None
    """
    Of evaluate.
    """
    start: int | None = None
    """
    First candle that is used; null for all.
    """
    end: int | None = None
    """
    Last candle that is used; null for all.
    """
    seeds: Annotated[list[Seed], Field(max_length=100, min_length=1)] = [0]
    steps: Annotated[int | None, Field(ge=1, le=100000000)] = None
    """
    Training steps of every unit.
    """
    budget_seconds: Annotated[float | None, Field(ge=1.0, le=604800.0)] = None
    """
    Instead of steps: time for all units together on this machine, turned into a number of steps at the start.
    """
    config: dict[str, Any] = {}
    """
    What differs from the default configuration: `features`, `network`, `learning`, `ladder`,
    `costs`, `fill`, `members`, `split` (of train and sweep: train_fraction and
    validation_fraction, or train_end and validation_end as dates) and `windows` (of
    walk-forward: train_candles, validation_candles, test_candles, purge_candles).

    """
    grid: dict[str, Any] | None = None
    """
    Of sweep: dotted names of the configuration, each with the values to try; every combination with every seed is a unit.
    """
    idempotency_key: Annotated[str | None, Field(max_length=200, min_length=1)] = None


class ExperimentEstimate(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    units: Annotated[int, Field(ge=1)]
    steps: int | None
    """
    Of every unit; null where nothing is trained.
    """
    total_steps: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0.0)]
    """
    From start to end with the whole machine, without waiting for others.
    """
    steps_per_second: Annotated[float, Field(gt=0.0)]
    """
    Of one unit.
    """
    measured: bool
    """
    Whether the rate was measured here on like units; else it is a guess.
    """


class ExperimentUnits(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    total: Annotated[int, Field(ge=0)]
    queued: Annotated[int, Field(ge=0)]
    running: Annotated[int, Field(ge=0)]
    done: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    cancelled: Annotated[int, Field(ge=0)]


class SpecifiedSeries(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    news_hash: str | None


class Unit(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    index: Annotated[int, Field(ge=0)]
    task: Literal["calibrate", "train", "fold", "decide", "assess"]
    """
    calibrate measures how many steps a budget allows; train makes an agent; fold trains one network of walk-forward; decide asks an agent about candles; assess comes last and makes the result of what the others left.
    """
    seed: int | None
    fold: int | None
    point: dict[str, Any]
    """
    Of sweep: what differs from the base configuration, by dotted name.
    """
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=0)]
    attempts: Annotated[int, Field(ge=0)]
    """
    How often it was begun.
    """
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    agent: AgentId | None
    metrics: dict[str, float | None]
    reason: str | None


class UnitPage(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    units: list[Unit]
    more: bool


class ValidationPoint(BaseModel):
    """
    How the policy of one moment of a training trades the validation window; means over the symbols.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    sharpe: float | None
    buy_and_hold_sharpe: float | None
    total_return_fraction: float | None
    exposures: list[float]
    """
    The rungs of the ladder.
    """
    exposure_fractions: list[float]
    """
    Share of the candles at each rung, adding up to 1.
    """
    time: list[int]
    """
    Some of the candles of the first symbol's window, the first and the last among them.
    """
    net_worth: list[float]
    """
    Of the first symbol, 100 at the start.
    """
    buy_and_hold_net_worth: list[float]


EvaluationId = TypeAliasType(
    "EvaluationId",
    Annotated[str, Field(max_length=64, min_length=1, pattern="^[a-z0-9][a-z0-9_-]*$")],
)


class AgentScore(BaseModel):
    """
    The distribution over seeds; means are over seeds.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    sharpe_mean: float
    sharpe_std: float | None
    """
    ddof 1; null for one seed.
    """
    sharpe_seeds: list[float]
    final_net_worth_mean: float
    trades_mean: float
    total_return_mean_fraction: float
    max_drawdown_mean_fraction: float
    time_in_market_mean_fraction: float


class EvaluationAverages(BaseModel):
    """
    Means over the rows, each with equal weight.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    buy_and_hold: float
    """
    This and the other baselines: annualised Sharpe ratio.
    """
    sell_and_hold: float
    trend_following: float
    mean_reversion: float
    random: float
    """
    Same turnover and time in market as the agent, at random times; mean over draws.
    """
    agent: AgentScore | None


class PairedDifference(BaseModel):
    """
    Sharpe ratio of the agent less that of the baseline, from a studentised block bootstrap that draws dates jointly over all symbols.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    mean_difference: float
    interval: Annotated[list[float], Field(max_length=2, min_length=2)]
    """
    95 %
    """
    p: Annotated[float, Field(ge=0.0, le=1.0)]
    standard_error: float
    block_length: Annotated[int, Field(ge=1)]
    draws: Annotated[int, Field(ge=1)]
    dates: Annotated[int, Field(ge=1)]


class PairedDifferences(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    buy_and_hold: PairedDifference
    sell_and_hold: PairedDifference
    trend_following: PairedDifference
    mean_reversion: PairedDifference
    random: PairedDifference


class SeedInterval(BaseModel):
    """
    The average Sharpe ratio over seeds. Protocol agent: over its member networks, each trading alone.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    seeds: Annotated[int, Field(ge=1)]
    mean: float
    std: float | None
    interval: Annotated[list[float] | None, Field(max_length=2, min_length=2)]
    """
    95 %, Student's t; null for one seed.
    """
    worst: float
    median: float
    best: float


class Significance(BaseModel):
    """
    Of the agent's mean portfolio (equal weight over symbols and seeds).
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    seeds: SeedInterval
    sharpe: float
    """
    Annualised, of the portfolio.
    """
    probabilistic_sharpe: float | None
    """
    Probability that the true Sharpe ratio is above 0.
    """
    deflated_sharpe: float | None
    """
    Probability that it is above what the best of that many useless configurations would show.
    """
    expected_best_sharpe: float | None
    """
    Annualised; what the best of that many useless configurations would show.
    """
    minimum_track_record_candles: float | None
    """
    Candles until the probabilistic Sharpe ratio reaches 95 %; null where the Sharpe ratio is not above 0.
    """
    track_record_candles: int


class Alarm(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    kind: Literal["policy_collapse", "few_trades", "costs", "break_even", "train_test_agreement", "one_seed"]
    raised: bool
    value: float | None
    limit: float | None
    sentence: str


class StressPoint(BaseModel):
    """
    Means over symbols and seeds.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    bps: float
    total_return_fraction: float
    sharpe: float
    buy_and_hold_total_return_fraction: float
    buy_and_hold_sharpe: float


class CostStress(BaseModel):
    """
    The same decisions at other costs; nothing is retrained.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    commission: list[StressPoint]
    """
    Slippage as charged.
    """
    slippage: list[StressPoint]
    """
    Commission as charged.
    """
    break_even_commission_bps: float | None
    """
    Where the mean profit becomes 0; null if it never makes money, or still does at 1000 bps.
    """
    break_even_against_buy_and_hold_bps: float | None
    """
    Where the mean result becomes that of buy and hold at the same commission; null if there is no such point.
    """


class RegimeResult(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    kind: Literal["bull", "bear", "sideways"]
    candles: int
    """
    Pooled over symbols.
    """
    candles_fraction: float
    total_return_fraction: float | None
    """
    Compound return of the stretches, mean over symbols and seeds.
    """
    sharpe: float | None
    buy_and_hold_total_return_fraction: float | None
    buy_and_hold_sharpe: float | None


class CalendarReturn(BaseModel):
    """
    Mean over symbols and seeds; `month` null for a whole year.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    year: int
    month: Annotated[int | None, Field(ge=1, le=12)]
    total_return_fraction: float
    buy_and_hold_total_return_fraction: float


class RoundTrip(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: str
    seed: int
    side: Literal["long", "short"]
    start: int
    end: int
    """
    Last candle where it is still open.
    """
    profit: float
    """
    After costs; money.
    """
    profit_fraction: float | None
    """
    Of the total profit; null where that is not positive.
    """


class Attribution(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    long_fraction: float
    """
    Of the candles, pooled over symbols and seeds.
    """
    flat_fraction: float
    short_fraction: float
    profit: float
    """
    Money, pooled over symbols and seeds.
    """
    profit_without_best: float
    """
    The same without the round trips listed.
    """
    best: Annotated[list[RoundTrip], Field(max_length=5)]


class CloseHistory(BaseModel):
    """
    Closes before the test, at most 500 of them, evenly thinned.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    time: list[int]
    close: list[float]


class Configurations(BaseModel):
    """
    How many configurations were ever compared on validation to come to this one.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    count: Annotated[int, Field(ge=0)]
    sharpe_variance: float | None
    """
    Of their annualised validation Sharpe ratios; null for fewer than two.
    """


class EvaluatedSeries(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    candles: int
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """


class EvaluationPassport(BaseModel):
    """
    All that is needed to run it again and get the same numbers, bit for bit.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    schema_version: Literal[1]
    protocol: Literal["agent", "tdqn", "walk-forward", "ablation", "holdout"]
    """
    agent: one trained agent on the unseen candles of one series; tdqn: train 2012-2017, test 2018-2019 (Théate & Ernst, 2021); walk-forward: rolling windows; ablation: with and without the news; holdout: trained and validated before, tested once after.
    """
    agent: AgentId | None
    """
    Of protocol agent.
    """
    agent_hash: str | None
    may_trade: Literal["long and flat", "long and short"]
    series: list[EvaluatedSeries]
    seeds: list[int]
    members: Annotated[int, Field(ge=0)]
    """
    Networks an agent; 0 where no agent was evaluated.
    """
    steps: int | None
    """
    Training steps of each network.
    """
    config: dict[str, Any] | None
    """
    Configuration of the agent.
    """
    cash: float
    commission_bps: float
    slippage_bps: float
    fill: Literal["next_open", "next_close"]
    draws: int
    bootstrap_seed: int
    code_version: str
    packages: dict[str, str]
    """
    Versions of what computes.
    """
    processor: str
    news_hash: str | None = None
    """
    SHA-256 of the scored headlines that were used; null where there were none.
    """
    command: str | None
    """
    What to type to run a protocol again.
    """
    result_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the hashes of the candles and the numbers (rows, averages, paired, significance but for the deflated ratio, cost stress, regimes, calendar, attribution, curves) as JSON.
    """


class AblationArm(BaseModel):
    """
    One way of training; on the same symbols, seeds and candles as the others.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    name: Literal["with", "without", "shuffled", "lagged"]
    description: str
    sharpe_mean: float
    """
    Mean over symbols and seeds.
    """
    sharpe_std: float | None
    sharpe_seeds: list[float]
    """
    Mean over symbols, one a seed.
    """
    total_return_fraction: float
    trades_mean: float


class AblationDifference(BaseModel):
    """
    `with` less another arm, by the same paired bootstrap as against the baselines.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    against: Literal["without", "shuffled", "lagged"]
    difference: PairedDifference


class AblationNews(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    headlines: int
    train_headlines: int
    """
    Those that count from a candle of the training.
    """
    test_headlines: int
    candles: int
    """
    Of the test.
    """
    candles_with_news: int
    """
    Of the test.
    """


class Ablation(BaseModel):
    """
    Whether scored headlines make the agent better.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    feature: Literal["sentiment"]
    verdict: Literal["helps", "indistinguishable", "hurts"]
    """
    `with` against `without`, two-sided 95 %.
    """
    sentence: str
    arms: list[AblationArm]
    differences: list[AblationDifference]
    lag_candles: int
    """
    How late the news comes in the arm `lagged`.
    """
    news: list[AblationNews]
    engine: str
    engine_version: str
    news_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class EvaluationSummary(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    id: Annotated[
        str, Field(max_length=64, min_length=1, pattern="^[a-z0-9][a-z0-9_-]*$")
    ]
    protocol: Literal["agent", "tdqn", "walk-forward", "ablation", "holdout"]
    """
    agent: one trained agent on the unseen candles of one series; tdqn: train 2012-2017, test 2018-2019 (Théate & Ernst, 2021); walk-forward: rolling windows; ablation: with and without the news; holdout: trained and validated before, tested once after.
    """
    title: str
    verdict: Literal["beats", "indistinguishable", "loses"] | None
    """
    Against buy and hold, two-sided 95 %. Null: nothing can be said, and the sentence says why.
    """
    sentence: str
    symbols: list[Symbol]
    seeds: int
    start: int | None
    end: int | None


class EvaluationList(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    evaluations: list[EvaluationSummary]


class Health(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    status: Literal["ok"]
    version: str


class Readiness(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    status: Literal["ok"]
    version: str
    sentiment: SentimentReadiness


class Problem(BaseModel):
    model_config = ConfigDict(
        use_attribute_docstrings=True,
    )
    type: Annotated[str, Field(examples=["urn:bellwether:problem:unreadable-csv"])]
    title: str
    status: int
    detail: str
    """
    One clear sentence with the field, row or limit.
    """
    request_id: str | None = None
    field: str | None = None
    row: Annotated[int | None, Field(ge=1)] = None
    limit: float | None = None
    choices: list[str] | None = None
    """
    What `field` may be instead, e.g. the price columns of a file.
    """


class CandleColumns(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    time: Annotated[list[TimeItem], Field(max_length=1000000, min_length=1)]
    """
    Epoch seconds UTC, strictly increasing, of the years 1 to 9999. All columns are equally long.
    """
    open: Annotated[list[Price], Field(max_length=1000000, min_length=1)]
    high: Annotated[list[Price], Field(max_length=1000000, min_length=1)]
    low: Annotated[list[Price], Field(max_length=1000000, min_length=1)]
    close: Annotated[list[Price], Field(max_length=1000000, min_length=1)]
    volume: Annotated[list[VolumeItem], Field(max_length=1000000, min_length=1)]


class Series(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    interval: Annotated[
        str, Field(examples=["1d", "1m"], pattern="^[1-9][0-9]*(s|m|h|d|w)$")
    ]
    """
    Median spacing of the candles.
    """
    source: Literal["upload", "simulated"]
    currency: Annotated[str | None, Field(max_length=3, min_length=3)]
    timezone: str | None
    """
    IANA name or UTC offset of the file's times where it tells one.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    candles: CandleColumns


class PreprocessResponse(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    interval: Annotated[
        str, Field(examples=["1d", "1m"], pattern="^[1-9][0-9]*(s|m|h|d|w)$")
    ]
    """
    Median spacing of the candles.
    """
    source: Literal["upload", "simulated"]
    currency: Annotated[str | None, Field(max_length=3, min_length=3)]
    timezone: str | None
    """
    IANA name or UTC offset of the file's times where it tells one.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    candles: CandleColumns
    issues: list[Issue]


class SimulateResponse(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    interval: Annotated[
        str, Field(examples=["1d", "1m"], pattern="^[1-9][0-9]*(s|m|h|d|w)$")
    ]
    """
    Median spacing of the candles.
    """
    source: Literal["upload", "simulated"]
    currency: Annotated[str | None, Field(max_length=3, min_length=3)]
    timezone: str | None
    """
    IANA name or UTC offset of the file's times where it tells one.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    candles: CandleColumns
    seed: int


class PredictRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    price_basis: Literal["raw", "adjusted", "mixed"] | None = None
    """
    Left out: mixed where more than 5 % of the closes lie outside [low, high], else raw.
    """
    candles: CandleColumns
    agent: Annotated[
        str,
        Field(
            max_length=80,
            min_length=1,
            pattern="^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$",
        ),
    ] = "default"
    """
    `ID@STEP` is the agent as it was at a step of its training that was kept; `default` the agent that was promoted last, else the one that ships.
    """
    cash: Annotated[float, Field(gt=0.0, le=1000000000000.0)] = 100000
    costs: Costs | None = None
    """
    Left out or null for the defaults.
    """
    fill: Literal["next_open", "next_close"] = "next_open"
    news: News | None = None
    """
    For agents that read news (`reads_news`); others leave it aside.
    """
    start: int | None = None
    """
    First candle time to trade; earlier candles are context only.
    """
    end: int | None = None
    """
    Last candle time to trade, inclusive.
    """


class SentimentScore(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    label: Literal["positive", "negative", "neutral"]
    """
    The most probable.
    """
    positive: Annotated[float, Field(ge=0.0, le=1.0)]
    negative: Annotated[float, Field(ge=0.0, le=1.0)]
    neutral: Annotated[float, Field(ge=0.0, le=1.0)]
    score: Annotated[float, Field(ge=-1.0, le=1.0)]
    """
    positive - negative
    """


class SentimentResponse(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    engine: Literal["finbert", "openai", "lite"]
    engine_version: str
    """
    The same text and version give the same score.
    """
    reason: str
    """
    Why this engine answered.
    """
    scores: list[SentimentScore]


class Decisions(BaseModel):
    """
    One row a candle, warm-up included (hold, exposure 0, Q null). `exposure` is the target rung after the decision. The Q-values are those at the exposure before it, which is that of the row above; the Q of an action that is impossible there is null.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    time: list[int]
    action: list[Literal["buy", "hold", "sell"]]
    exposure: list[float]
    q_sell: list[float | None]
    q_hold: list[float | None]
    q_buy: list[float | None]


class PredictResponse(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    agent: Annotated[
        str,
        Field(
            max_length=80,
            min_length=1,
            pattern="^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$",
        ),
    ]
    """
    `ID@STEP` is the agent as it was at a step of its training that was kept; `default` the agent that was promoted last, else the one that ships.
    """
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 of the canonical candles: the six columns in the order time (int64), open, high, low, close, volume (float64), little endian.
    """
    price_basis: Literal["raw", "adjusted", "mixed"]
    """
    raw: prices as they traded; adjusted: all four scaled to the adjusted close; mixed: closes adjusted, opens, highs and lows not.
    """
    fill_requested: Literal["next_open", "next_close"]
    fill_used: Literal["next_open", "next_close"]
    warnings: list[str]
    """
    Sentences for the reader of the result.
    """
    decisions: Decisions
    fills: list[Fill]
    ledger: Ledger
    metrics: Metrics
    baselines: Baselines
    segments: list[Segment]
    looks: Looks
    passport: Passport


class ExperimentResult(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    agents: list[AgentId]
    """
    That serve now: of train one a seed, of sweep that of the best unit.
    """
    best_unit: int | None
    """
    The one with the highest Sharpe ratio on validation.
    """
    evaluation: EvaluationId | None
    """
    Report on candles that were not learned from; null where there are too few.
    """
    result_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """
    SHA-256 over the results of all units: the same experiment has the same.
    """


class ExperimentSpecification(BaseModel):
    """
    What is done, with everything that was left out filled in.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    series: list[SpecifiedSeries]
    agent: AgentId | None
    start: int | None
    end: int | None
    seeds: list[int]
    steps: int | None
    """
    Of every unit; null while a budget in seconds is not turned into steps yet, and where nothing is trained.
    """
    budget_seconds: float | None
    config: dict[str, Any]
    grid: dict[str, Any] | None


class ExperimentEvent(BaseModel):
    """
    Members that do not apply to a kind are null.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    id: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    kind: Literal["state", "unit", "progress", "validation", "log"]
    """
    state: the experiment is in `state`. unit: a unit is in `state` (`queued` again where its
    process died). progress: `step` of `total`. validation: the policy at `step`, on the
    validation window. log: `text` for people.

    """
    unit: int | None
    """
    Index of the unit that it is about.
    """
    state: str | None
    text: str | None
    step: int | None
    total: int | None
    loss: float | None
    """
    Mean over the steps since the report before.
    """
    steps_per_second: float | None
    validation: ValidationPoint | None


class ExperimentEventPage(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    events: list[ExperimentEvent]
    last_id: Annotated[int, Field(ge=0)]
    """
    Id of the last event in this page, or `after`.
    """
    ended: bool
    """
    Whether the experiment has ended and this page holds its last event.
    """


class EvaluateRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    price_basis: Literal["raw", "adjusted", "mixed"] | None = None
    """
    Left out: mixed where more than 5 % of the closes lie outside [low, high], else raw.
    """
    candles: CandleColumns
    agent: Annotated[
        str,
        Field(
            max_length=80,
            min_length=1,
            pattern="^[a-z0-9][a-z0-9_-]{0,63}(@[0-9]{1,9})?$",
        ),
    ] = "default"
    """
    `ID@STEP` is the agent as it was at a step of its training that was kept; `default` the agent that was promoted last, else the one that ships.
    """
    cash: Annotated[float, Field(gt=0.0, le=1000000000000.0)] = 100000
    costs: Costs | None = None
    """
    Left out or null for the defaults.
    """
    fill: Literal["next_open", "next_close"] = "next_open"
    news: News | None = None
    """
    For agents that read news (`reads_news`); others leave it aside.
    """


class EvaluationRow(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    buy_and_hold: float
    """
    This and the other baselines: annualised Sharpe ratio.
    """
    sell_and_hold: float
    trend_following: float
    mean_reversion: float
    random: float
    """
    Same turnover and time in market as the agent, at random times; mean over draws.
    """
    symbol: Annotated[
        str,
        Field(max_length=32, min_length=1, pattern="^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"),
    ]
    start: int
    """
    First test candle.
    """
    end: int
    """
    Last test candle.
    """
    candles: int
    agent: AgentScore | None
    buy_and_hold_final_net_worth: float
    trend_following_windows: Annotated[
        list[int] | None, Field(max_length=2, min_length=2)
    ]
    """
    Short and long moving average, chosen on the training candles; null where several were (walk-forward).
    """
    mean_reversion_windows: Annotated[
        list[int] | None, Field(max_length=2, min_length=2)
    ]
    """
    Short and long moving average, chosen on the training candles; null where several were (walk-forward).
    """


class EvaluationCurve(BaseModel):
    """
    Net worth over the test, money. Of a symbol, or (symbol null) the mean over all. `low` and `high` are the 10th and 90th percentile over seeds, `worst` is the seed that ended lowest. Protocol agent: the fan is over its member networks, each trading alone, and `agent` is what they did together; `agent` is null in a report about several agents.
    """

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    symbol: str | None
    time: list[int]
    close: list[float] | None
    agent: list[float] | None
    median: list[float] | None
    low: list[float] | None
    high: list[float] | None
    worst: list[float] | None
    buy_and_hold: list[float]
    sell_and_hold: list[float]
    trend_following: list[float]
    mean_reversion: list[float]
    random: list[float]
    history: CloseHistory | None


class EvaluationReport(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    schema_version: Literal[1]
    protocol: Literal["agent", "tdqn", "walk-forward", "ablation", "holdout"]
    """
    agent: one trained agent on the unseen candles of one series; tdqn: train 2012-2017, test 2018-2019 (Théate & Ernst, 2021); walk-forward: rolling windows; ablation: with and without the news; holdout: trained and validated before, tested once after.
    """
    title: str
    verdict: Literal["beats", "indistinguishable", "loses"] | None
    """
    Against buy and hold, two-sided 95 %. Null: nothing can be said, and the sentence says why.
    """
    sentence: str
    """
    The verdict in one plain sentence, with its figures.
    """
    warnings: list[str]
    segments: list[Segment]
    """
    Of the whole evaluation.
    """
    rows: list[EvaluationRow]
    """
    One a symbol; empty where nothing is unseen.
    """
    averages: EvaluationAverages | None
    paired: PairedDifferences | None
    significance: Significance | None
    alarms: list[Alarm]
    cost_stress: CostStress | None
    regimes: list[RegimeResult]
    calendar: list[CalendarReturn]
    """
    Years and months.
    """
    attribution: Attribution | None
    curves: list[EvaluationCurve]
    """
    The mean first, then one a symbol.
    """
    ablation: Ablation | None = None
    """
    Of protocol ablation, whose agent is the one with the news.
    """
    looks: Looks | None
    """
    Null where no agent was evaluated.
    """
    configurations: Configurations
    passport: EvaluationPassport


class Experiment(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    id: Annotated[
        str, Field(max_length=40, min_length=1, pattern="^[a-z0-9][a-z0-9-]*$")
    ]
    schema_version: Literal[1]
    owner_id: str
    kind: Literal["train", "evaluate", "walk-forward", "sweep"]
    name: str
    state: Literal["queued", "running", "cancelling", "cancelled", "failed", "done"]
    symbols: list[Symbol]
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    specification: ExperimentSpecification
    code_version: str
    units: ExperimentUnits
    step: Annotated[int, Field(ge=0)]
    """
    Training steps taken by all units.
    """
    total: Annotated[int, Field(ge=0)]
    """
    Training steps of all units; 0 while a budget in seconds is not turned into steps yet, and where nothing is trained.
    """
    steps_per_second: float | None
    """
    Of all units that run now.
    """
    eta_seconds: float | None
    last_seen: AwareDatetime | None
    """
    Last sign of life of a unit that runs.
    """
    metrics: dict[str, float | None]
    """
    Of the best unit once it is known, of the first before: loss, sharpe, buy_and_hold_sharpe, total_return_fraction, time_in_market_fraction, trades, all on validation.
    """
    result: ExperimentResult | None
    reason: str | None
    """
    Why it failed.
    """
    reused: bool
    """
    Whether this answer is an earlier experiment that was asked for again.
    """


class ExperimentPage(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    experiments: list[Experiment]
    more: bool
    """
    Whether there are older ones.
    """
