"""Frozen configuration of an agent and of its training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self, TypeVar

from model_service.errors import InvalidRequest
from model_service.market.features import FeatureRecipe
from model_service.trading.costs import Costs
from model_service.trading.exposure import ExposureLadder
from model_service.trading.ledger import FillRule

T = TypeVar("T")

MAX_UNITS = 2_048
MAX_BATCH = 65_536
MAX_MEMBERS = 32


@dataclass(frozen=True)
class NetworkConfig:
    """Shape of the network: widths of the hidden layers, and whether the head is dueling."""

    hidden: tuple[int, ...] = (128, 64)
    dueling: bool = True

    def __post_init__(self) -> None:
        if not self.hidden or not all(1 <= units <= MAX_UNITS for units in self.hidden):
            raise InvalidRequest(
                f"`hidden` is {self.hidden}; each layer has 1 to {MAX_UNITS} units.",
                field="network.hidden",
                limit=MAX_UNITS,
            )


@dataclass(frozen=True)
class LearningConfig:
    """How the network learns.

    Attributes
    ----------
    batch_candles : int
        Candles a step; each is trained from every rung, so a step trains
        ``batch_candles * rungs`` samples.
    learning_rate, weight_decay, gradient_norm : float
        Of AdamW, and the norm at which gradients are clipped.
    discount : float
        Of the next candle's value, in [0, 1).
    target_rate : float
        Share of the online weights that enters the target network each step.
    reward_scale : float
        Factor on log returns, so that Q-values are of order one.
    input_noise : float
        Standard deviation of Gaussian noise on the features while training: returns are nearly
        all noise, and a network without noise of its own learns the training candles by heart.
    risk_aversion : float
        Factor on half the squared return of what is held, taken from the reward: with it the agent
        learns to hold less in wild times. 0 leaves log growth as it is.
    realised_risk : bool
        Whether that return is the realised one, or as large on every candle: then the agent holds
        less where it expects less, and what is wild costs no more than what is calm.
    turnover_penalty_bps : float
        Cost of trading in training alone, on top of the agent's costs.
    volatility_unit_candles : int
        Span of the running volatility in whose units rewards are counted, so that every symbol
        weighs the same; 0 counts plain returns.
    direction_weight : float
        Factor on how far a candle's own return lies from the mean of all training candles. Below 1
        the agent learns less from where prices went, and from how wildly they moved as much as
        before; 0 leaves the mean alone. Above 1 it acts more on what it believes.
    assumed_drift_bps : float or None
        Mean return of a candle, in units, that takes the place of the training candles' own: the
        drift of a few years says little about that of the next. None leaves it as it was.
    """

    batch_candles: int = 512
    learning_rate: float = 3e-4
    weight_decay: float = 1e-2
    gradient_norm: float = 1.0
    discount: float = 0.9
    target_rate: float = 0.005
    reward_scale: float = 100.0
    input_noise: float = 0.6
    risk_aversion: float = 0.0
    realised_risk: bool = True
    turnover_penalty_bps: float = 0.0
    volatility_unit_candles: int = 0
    direction_weight: float = 1.0
    assumed_drift_bps: float | None = None

    def __post_init__(self) -> None:
        bounds: tuple[tuple[str, float, float], ...] = (
            ("batch_candles", 1, MAX_BATCH),
            ("learning_rate", 1e-8, 1.0),
            ("weight_decay", 0.0, 10.0),
            ("gradient_norm", 1e-6, 1e6),
            ("discount", 0.0, 0.9999),
            ("target_rate", 1e-6, 1.0),
            ("reward_scale", 1e-6, 1e6),
            ("input_noise", 0.0, 10.0),
            ("risk_aversion", 0.0, 1_000.0),
            ("turnover_penalty_bps", 0.0, 1_000.0),
            ("volatility_unit_candles", 0, 10_000),
            ("direction_weight", 0.0, 10.0),
            ("assumed_drift_bps", -1_000.0, 1_000.0),
        )
        if not isinstance(self.realised_risk, bool):
            raise InvalidRequest(
                f"`learning.realised_risk` is {self.realised_risk!r}, neither true nor false.",
                field="learning.realised_risk",
            )
        for name, low, high in bounds:
            value: float | None = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InvalidRequest(
                    f"`learning.{name}` is {value}, not between {low} and {high}.",
                    field=f"learning.{name}",
                    limit=high,
                )


@dataclass(frozen=True)
class AgentConfig:
    """Everything that fixes an agent but its data, its seed and its number of steps.

    Attributes
    ----------
    features : FeatureRecipe
    network : NetworkConfig
    learning : LearningConfig
    ladder : ExposureLadder
    costs : Costs
    fill : {'next_open', 'next_close'}
    members : int
        Networks from different seeds whose Q-values are averaged, 1 to 32.
    """

    features: FeatureRecipe = field(default_factory=FeatureRecipe)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    learning: LearningConfig = field(default_factory=LearningConfig)
    ladder: ExposureLadder = field(default_factory=ExposureLadder)
    costs: Costs = field(default_factory=Costs)
    fill: FillRule = "next_open"
    members: int = 1

    def __post_init__(self) -> None:
        whole = isinstance(self.members, int) and not isinstance(self.members, bool)
        if not whole or not 1 <= self.members <= MAX_MEMBERS:
            raise InvalidRequest(
                f"`members` is {self.members}, not a whole number from 1 to {MAX_MEMBERS}.",
                field="members",
                limit=MAX_MEMBERS,
            )

    def to_dict(self) -> dict[str, Any]:
        """The configuration as plain values, for a manifest."""
        return {**asdict(self), "features": self.features.to_dict()}

    @property
    def reads_news(self) -> bool:
        """Whether scored headlines are among the features."""
        return bool(self.features.news_spans)

    def with_news(self, spans: tuple[int, ...]) -> AgentConfig:
        """The same agent with scored headlines over these spans among its features."""
        return replace(self, features=replace(self.features, news_spans=spans))

    def without_news(self) -> AgentConfig:
        """The same agent with candles alone among its features."""
        return self.with_news(())

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The configuration of a manifest or of a TOML file; what is left out has its default.

        Raises
        ------
        InvalidRequest
            If a name is unknown or a value out of bounds; `field` names it.
        """
        known = {"features", "network", "learning", "ladder", "costs", "fill", "members"}
        unknown = sorted(set(values) - known)
        if unknown:
            raise InvalidRequest(
                f"`{unknown[0]}` is not part of an agent's configuration; known are "
                f"{', '.join(sorted(known))}.",
                field=unknown[0],
            )
        fill = values.get("fill", "next_open")
        if fill not in ("next_open", "next_close"):
            raise InvalidRequest(
                f"`fill` is {fill!r}, neither next_open nor next_close.", field="fill"
            )
        return cls(
            features=_section("features", FeatureRecipe.from_dict, values),
            network=_section("network", _network, values),
            learning=_section("learning", _learning, values),
            ladder=_section("ladder", _ladder, values),
            costs=_section("costs", _costs, values),
            fill=fill,
            members=values.get("members", 1),
        )


def _network(plain: dict[str, Any]) -> NetworkConfig:
    return NetworkConfig(**{**plain, "hidden": tuple(plain.get("hidden", NetworkConfig.hidden))})


def _ladder(plain: dict[str, Any]) -> ExposureLadder:
    rungs = plain.pop("rungs", ExposureLadder.rungs)
    return ExposureLadder(tuple(float(rung) for rung in rungs), **plain)


def _learning(plain: dict[str, Any]) -> LearningConfig:
    return LearningConfig(**plain)


def _costs(plain: dict[str, Any]) -> Costs:
    return Costs(**plain)


def _section(name: str, build: Callable[[dict[str, Any]], T], values: dict[str, Any]) -> T:
    try:
        return build(dict(values.get(name, {})))
    except (TypeError, ValueError) as error:
        raise InvalidRequest(
            f"Section `{name}` of the configuration is not valid: {error}.", field=name
        ) from error
