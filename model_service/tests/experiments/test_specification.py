"""What an experiment is: filled in, checked by field, and named by a hash of its meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.errors import BellwetherError, InvalidRequest
from model_service.experiments.experiment_config import complete_config, default_steps, with_values
from model_service.experiments.specification import (
    LONGEST_BUDGET_SECONDS,
    MAX_SEEDS,
    Specification,
    SpecifiedSeries,
)

Make = Callable[..., Specification]
HASH = "0" * 64
WINDOWS = {"train_candles": 200, "validation_candles": 50, "test_candles": 50, "purge_candles": 2}


def test_what_is_left_out_is_filled_in(make_specification: Make) -> None:
    spec = make_specification(config={}, steps=None)
    assert spec.steps == default_steps() > 0
    assert (spec.seeds, spec.symbols, spec.points()) == ((0,), ("TEST",), [{}])
    assert set(spec.config) == {
        "features", "network", "learning", "ladder", "costs", "fill", "members", "split", "windows",
    }  # fmt: skip
    # The default agent's dates belong to its own candles.
    assert spec.config["split"]["train_end"] is None
    assert spec.parts().windows.train_candles == 1_000


def test_a_budget_stands_instead_of_steps(make_specification: Make) -> None:
    spec = make_specification(steps=None, budget_seconds=60.0)
    assert (spec.steps, spec.budget_seconds) == (None, 60.0)
    assert make_specification("evaluate").steps is None


def test_a_specification_is_read_back_from_plain_values(make_specification: Make) -> None:
    for kind in ("train", "evaluate", "walk-forward", "sweep"):
        spec = make_specification(
            kind, seeds=(0, 3), start=5, end=9, config={"split": {"train_end": "2016-12-31",
            "validation_end": "2017-12-31"}},
        )  # fmt: skip
        plain = orjson.loads(orjson.dumps(spec.to_dict()))
        again = Specification.from_dict(plain)
        assert again.to_dict() == spec.to_dict()
        assert again.parts() == spec.parts()
        assert again.hash_with("1") == spec.hash_with("1")


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("train", {"series": (SpecifiedSeries("A", HASH, "raw"),) * 2}, "series.1.symbol"),
        ("train", {"agent": "default"}, "agent"),
        ("evaluate", {"agent": None}, "agent"),
        ("train", {"grid": {"learning.discount": [0.5]}}, "grid"),
        ("sweep", {"grid": None}, "grid"),
        ("sweep", {"grid": {}}, "grid"),
        ("evaluate", {"steps": 5}, "steps"),
        ("evaluate", {"budget_seconds": 5.0}, "budget_seconds"),
        ("train", {"steps": 5, "budget_seconds": 5.0}, "budget_seconds"),
        ("train", {"steps": 0}, "steps"),
        ("train", {"steps": 10**9}, "steps"),
        ("train", {"budget_seconds": 0.5}, "budget_seconds"),
        ("train", {"budget_seconds": LONGEST_BUDGET_SECONDS + 1}, "budget_seconds"),
        ("train", {"budget_seconds": float("nan")}, "budget_seconds"),
        ("train", {"seeds": ()}, "seeds"),
        ("train", {"seeds": (1, 1)}, "seeds"),
        ("train", {"seeds": (-1,)}, "seeds"),
        ("train", {"seeds": (2**31,)}, "seeds"),
        ("train", {"seeds": tuple(range(MAX_SEEDS + 1))}, "seeds"),
        ("train", {"start": 10, "end": 9}, "start"),
        ("train", {"config": {"lerning": {}}}, "config.lerning"),
        ("train", {"config": {"learning": 5}}, "config.learning"),
        ("train", {"config": {"learning": {"discunt": 0.5}}}, "config.learning"),
        ("train", {"config": {"learning": {"discount": 1.0}}}, "config.learning.discount"),
        ("train", {"config": {"learning": {"discount": "high"}}}, "config.learning.discount"),
        ("train", {"config": {"learning": {"discount": True}}}, "config.learning.discount"),
        ("train", {"config": {"learning": {"discount": None}}}, "config.learning.discount"),
        ("train", {"config": {"learning": {"batch_candles": 1.5}}},
         "config.learning.batch_candles"),
        ("train", {"config": {"learning": {"batch_candles": 2**70}}},
         "config.learning.batch_candles"),
        ("train", {"config": {"network": {"hidden": [1.5]}}}, "config.network.hidden"),
        ("train", {"config": {"network": {"hidden": []}}}, "config.network.hidden"),
        ("train", {"config": {"features": {"calendar": "yes"}}}, "config.features.calendar"),
        ("train", {"config": {"members": 0}}, "config.members"),
        ("train", {"config": {"members": True}}, "config.members"),
        ("train", {"config": {"fill": "tomorrow"}}, "config.fill"),
        ("train", {"config": {"split": {"train_end": "2016-12-31"}}}, "config.split"),
        ("train", {"config": {"split": {"train_end": 5, "validation_end": 6}}},
         "config.split.train_end"),
        ("train", {"config": {"split": {"train_fraction": 0.9, "validation_fraction": 0.2}}},
         "config.split"),
        ("train", {"config": {"split": {"train_fraction": float("nan")}}},
         "config.split.train_fraction"),
        ("train", {"config": {"windows": {"test_candles": 1}}}, "config.windows.test_candles"),
        ("train", {"config": {"windows": {"purge_candles": 1.5}}}, "config.windows.purge_candles"),
        ("train", {"config": {"windows": {"none": 1}}}, "config.windows"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_its_field(
    make_specification: Make, kind: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        make_specification(kind, **given)
    assert refusal.value.field == field
    assert refusal.value.detail.endswith(".")


EQUAL: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"config": {}}, {"config": {"members": 8}}),
    (
        {"config": {"costs": {"commission_bps": 20}}},
        {"config": {"costs": {"commission_bps": 20.0}}},
    ),
    (
        {"config": {"learning": {"discount": 0.5, "batch_candles": 8}}},
        {"config": {"learning": {"batch_candles": 8, "discount": 0.50}}},
    ),
    ({"steps": None, "budget_seconds": 60}, {"steps": None, "budget_seconds": 60.0}),
    ({"start": None}, {}),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_the_same_meaning_has_the_same_hash(
    make_specification: Make, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert make_specification(**one).hash_with("1") == make_specification(**other).hash_with("1")


def test_the_order_of_the_names_of_a_grid_has_no_meaning(make_specification: Make) -> None:
    names = {"learning.discount": [0.5, 0.9], "costs.commission_bps": [0, 10]}
    other = {"costs.commission_bps": [0.0, 10.0], "learning.discount": [0.5, 0.9]}
    hashes = {make_specification("sweep", grid=grid).hash_with("1") for grid in (names, other)}
    assert len(hashes) == 1


DIFFERENT: list[dict[str, Any]] = [
    {},
    {"kind": "walk-forward", "config": {"windows": WINDOWS}},
    {"kind": "sweep"},
    {"kind": "sweep", "grid": {"learning.discount": [0.5, 0.8]}},
    {"kind": "sweep", "grid": {"learning.target_rate": [0.5, 0.9]}},
    {"kind": "evaluate"},
    {"kind": "evaluate", "agent": "other"},
    {"series": (SpecifiedSeries("OTHER", HASH, "raw"),)},
    {"series": (SpecifiedSeries("TEST", "1" * 64, "raw"),)},
    {"series": (SpecifiedSeries("TEST", HASH, "adjusted"),)},
    {"series": (SpecifiedSeries("TEST", HASH, "raw", "2" * 64),)},
    {"series": (SpecifiedSeries("TEST", HASH, "raw"), SpecifiedSeries("OTHER", HASH, "raw"))},
    {"start": 1},
    {"end": 1},
    {"seeds": (1,)},
    {"seeds": (0, 1)},
    {"steps": 41},
    {"steps": None, "budget_seconds": 40.0},
    {"config": {"members": 2}},
    {"config": {"fill": "next_close"}},
    {"config": {"split": {"train_fraction": 0.6}}},
    {"config": {"windows": WINDOWS}},
]


def test_every_part_changes_the_hash(make_specification: Make) -> None:
    specs = [make_specification(**dict(given)) for given in DIFFERENT]
    assert len({spec.hash_with("1") for spec in specs}) == len(specs)
    assert specs[0].hash_with("1") != specs[0].hash_with("2")


def test_every_value_of_the_configuration_changes_the_hash(make_specification: Make) -> None:
    base = make_specification(config={})
    hashes = {base.hash_with("1")}
    values = [
        *((f"{section}.{name}", value) for section in ("learning", "costs", "windows")
          for name, value in base.config[section].items() if isinstance(value, float | int)),
    ]  # fmt: skip
    for name, value in values:
        other = not value if isinstance(value, bool) else value + 0.01 if value < 1 else value + 1
        config = with_values(base.config, {name: other})
        try:
            hashes.add(replace(base, config=config).hash_with("1"))
        except InvalidRequest:
            hashes.add(name)  # out of bounds above: no other value that is close by
    assert len(hashes) == len(values) + 1


def test_a_point_changes_its_values_alone(make_specification: Make) -> None:
    spec = make_specification("sweep", grid={"learning.discount": [0.5], "members": [1, 2]})
    assert spec.points() == [
        {"learning.discount": 0.5, "members": 1},
        {"learning.discount": 0.5, "members": 2},
    ]
    parts = spec.parts(spec.points()[1])
    assert (parts.agent.learning.discount, parts.agent.members) == (0.5, 2)
    assert parts.agent.network == spec.parts().agent.network
    assert spec.config["members"] != 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below),
    max_leaves=5,
)
NAMES = [
    (section, name)
    for section, values in complete_config({}).items()
    for name in (values if isinstance(values, dict) else [None])
]


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(NAMES), value=JSON)
def test_whatever_is_given_as_a_value_is_taken_or_refused(
    make_specification: Make, place: tuple[str, str | None], value: Any
) -> None:
    section, name = place
    config = {section: value if name is None else {name: value}}
    refused: BellwetherError | None = None
    try:
        spec = make_specification(config=config)
    except BellwetherError as error:
        refused = error
    if refused is not None:
        assert (refused.field or "").startswith("config")
        return
    assert Specification.from_dict(spec.to_dict()).parts() == spec.parts()
