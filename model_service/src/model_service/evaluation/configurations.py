"""The register of configurations: everything that was ever compared, also what came out badly.

A result that was picked out of many has to be measured against the luckiest of as many that are
worth nothing. The deflated Sharpe ratio therefore needs the number of configurations and the
variance of their Sharpe ratios, and both are kept here by code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from model_service.errors import InvalidRequest

SCHEMA_VERSION = 2
_ABOUT = "Every configuration ever compared on validation inside 2012-2017, with each of its runs."


@dataclass(frozen=True)
class ComparedRun:
    """One configuration with one seed on one fold; means over the symbols with equal weight.

    Sharpe ratios are √252 · mean / standard deviation of the returns per candle of the validation
    window; `fold` is ``train end/validation end``. Entries that `bellwether compare` did not
    write have None for what was not written down.
    """

    fold: str
    seed: int
    symbols: int
    sharpe: float
    buy_and_hold_sharpe: float
    total_return_fraction: float | None
    mean_exposure: float | None
    fills: float | None
    seconds: float | None

    @property
    def excess(self) -> float:
        """Sharpe ratio over that of buy and hold."""
        return self.sharpe - self.buy_and_hold_sharpe


@dataclass(frozen=True)
class Configuration:
    """An agent's configuration with its steps, and what came of it.

    Attributes
    ----------
    label : str
        What a person calls it.
    steps : int
        Training steps of every member.
    config : mapping
        `AgentConfig.to_dict()`, or for older entries what changed against their first.
    runs : tuple of ComparedRun
    """

    label: str
    steps: int
    config: Mapping[str, Any]
    runs: tuple[ComparedRun, ...] = ()

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that name configuration and steps."""
        text = json.dumps([self.config, self.steps], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def mean_sharpe(self) -> float:
        """Mean over its runs."""
        return float(np.mean([run.sharpe for run in self.runs]))

    @property
    def mean_excess(self) -> float:
        """Mean over its runs of the Sharpe ratio over that of buy and hold."""
        return float(np.mean([run.excess for run in self.runs]))


@dataclass(frozen=True)
class Register:
    """All configurations, in the order in which they were first compared."""

    configurations: tuple[Configuration, ...] = field(default=())

    @property
    def count(self) -> int:
        """Configurations ever compared."""
        return len(self.configurations)

    @property
    def sharpe_variance(self) -> float:
        """Variance (ddof 1) of the configurations' mean annual Sharpe ratios; 0 below two."""
        return _variance([one.mean_sharpe for one in self.configurations])

    @property
    def excess_variance(self) -> float:
        """The same of their Sharpe ratios over that of buy and hold on the same windows."""
        return _variance([one.mean_excess for one in self.configurations])

    def with_run(self, configuration: Configuration, run: ComparedRun) -> Register:
        """The register with one more run; the same run again takes the place of the earlier."""
        kept = list(self.configurations)
        ids = [one.id for one in kept]
        if configuration.id not in ids:
            added = Configuration(
                configuration.label, configuration.steps, configuration.config, (run,)
            )
            return Register((*kept, added))
        place = ids.index(configuration.id)
        old = kept[place]
        others = [one for one in old.runs if (one.fold, one.seed) != (run.fold, run.seed)]
        kept[place] = Configuration(old.label, old.steps, old.config, (*others, run))
        return Register(tuple(kept))


def read_register(path: Path) -> Register:
    """The register in a file; an empty one where there is none yet.

    Raises
    ------
    InvalidRequest
        If the file is no register of this schema.
    """
    if not path.exists():
        return Register()
    try:
        content = json.loads(path.read_text())
        if content["schema_version"] != SCHEMA_VERSION:
            raise InvalidRequest(
                f"The register {path.name} has schema version {content['schema_version']}, "
                f"not {SCHEMA_VERSION}.",
                field="register",
            )
        return Register(
            tuple(
                Configuration(
                    one["label"],
                    one["steps"],
                    one["config"],
                    tuple(ComparedRun(**run) for run in one["runs"]),
                )
                for one in content["configurations"]
            )
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(f"{path.name} is no register.", field="register") from error


def write_register(path: Path, register: Register) -> None:
    """Write a register, whole or not at all."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "about": _ABOUT,
        "count": register.count,
        "sharpe_variance": round(register.sharpe_variance, 6),
        "excess_variance": round(register.excess_variance, 6),
        "configurations": [_plain(one) for one in register.configurations],
    }
    temporary = path.with_suffix(".partial")
    temporary.write_text(_dump(content))
    temporary.replace(path)


def _plain(one: Configuration) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "steps": one.steps,
        "mean_sharpe": round(one.mean_sharpe, 4),
        "mean_excess": round(one.mean_excess, 4),
        "config": one.config,
        "runs": [
            {
                name: round(value, 4) if isinstance(value, float) else value
                for name, value in asdict(run).items()
            }
            for run in one.runs
        ],
    }


def _dump(content: dict[str, Any]) -> str:
    """JSON with a line for each run, so that a new one is one new line."""
    configurations = content.pop("configurations")
    head = json.dumps(content, indent=1)[:-2]
    parts = []
    for one in configurations:
        runs = one.pop("runs")
        lines = ",\n".join(f"   {json.dumps(run, allow_nan=False)}" for run in runs)
        parts.append(f'  {json.dumps(one, allow_nan=False)[:-1]}, "runs": [\n{lines}\n  ]}}')
    listed = ",\n".join(parts)
    return f'{head},\n "configurations": [\n{listed}\n ]\n}}\n'


def _variance(values: Sequence[float]) -> float:
    return float(np.var(values, ddof=1)) if len(values) > 1 else 0.0
