# mypy: disable-error-code="assignment"
"""Models of contracts/model_service.openapi.yaml; never edited by hand.

Made by `python scripts/generate_models.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

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
        str, Field(max_length=64, min_length=1, pattern="^[a-z0-9][a-z0-9_-]*$")
    ] = "default"


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
        str, Field(max_length=64, min_length=1, pattern="^[a-z0-9][a-z0-9_-]*$")
    ]
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
    seed: int
    steps: int
    commission_bps: float
    fill: Literal["next_open", "next_close"]
    code_version: str
    agent_hash: str
    validation_metrics: dict[str, float | None]


class AgentList(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    agents: list[Agent]


class Health(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
    )
    status: Literal["ok"]
    version: str


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
        str, Field(max_length=64, min_length=1, pattern="^[a-z0-9][a-z0-9_-]*$")
    ] = "default"
    cash: Annotated[float, Field(gt=0.0, le=1000000000000.0)] = 100000
    costs: Costs | None = None
    """
    Left out or null for the defaults.
    """
    fill: Literal["next_open", "next_close"] = "next_open"
    start: int | None = None
    """
    First candle time to trade; earlier candles are context only.
    """
    end: int | None = None
    """
    Last candle time to trade, inclusive.
    """


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
        str, Field(max_length=64, min_length=1, pattern="^[a-z0-9][a-z0-9_-]*$")
    ]
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
