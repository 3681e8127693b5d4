"""Messages and orders on their way between processes: what goes in comes out, on one line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.experiments.compute.messages import (
    Advanced,
    Alive,
    Finished,
    Hindered,
    Message,
    Noted,
    Refused,
    Validated,
    decode_message,
    encode_message,
)
from model_service.experiments.compute.orders import FinishedUnit, UnitOrder
from model_service.experiments.specification import Specification

numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**53 - 1)
names = st.text(max_size=10)
values = st.dictionaries(names, st.none() | numbers | st.lists(numbers, max_size=3) | names)
metrics = st.dictionaries(names, st.none() | numbers)
messages = st.one_of(
    st.builds(Advanced, counts, counts, st.none() | numbers, st.none() | numbers, metrics),
    st.builds(Validated, counts, counts, values),
    st.builds(Noted, st.text()),
    st.just(Alive()),
    st.builds(Finished, values, metrics),
    st.builds(Refused, st.text()),
    st.builds(Hindered, st.text()),
)
units = st.builds(
    FinishedUnit, counts, st.sampled_from(["calibrate", "train", "fold", "decide"]),
    st.none() | counts, st.none() | counts, values, values,
)  # fmt: skip
orders = st.builds(
    UnitOrder, experiment_id=names, name=names, unit=counts, fence=counts,
    task=st.sampled_from(["calibrate", "train", "fold", "decide", "assess"]),
    specification=values, seed=st.none() | counts, fold=st.none() | counts, point=values,
    steps=st.none() | counts, created_at=numbers, code_version=st.text(), artefacts_url=st.text(),
    agents_dir=st.text(), checkpoint_seconds=numbers, side_by_side=counts,
    units=st.lists(units, max_size=2).map(tuple), looks=st.none() | values,
)  # fmt: skip


@settings(deadline=None)
@given(message=messages)
def test_a_message_comes_back_from_its_line(message: Message) -> None:
    line = encode_message(message)
    assert b"\n" not in line
    assert decode_message(line) == message


@settings(deadline=None)
@given(order=orders)
def test_an_order_comes_back_from_its_line(order: UnitOrder) -> None:
    line = order.encode()
    assert b"\n" not in line
    assert UnitOrder.decode(line) == order


def test_numbers_of_numpy_are_sent_as_numbers_and_none_for_those_that_are_none() -> None:
    message = Advanced(1, 2, np.float32(0.5), np.float64("nan"), {"sharpe": np.float64(1.5)})
    assert decode_message(encode_message(message)) == Advanced(1, 2, 0.5, None, {"sharpe": 1.5})


@pytest.mark.parametrize("line", [b"", b"{", b'{"kind": "Alive"', b'{"kind": "None"}', b"[]"])
def test_a_line_that_is_no_message_is_no_message(line: bytes) -> None:
    with pytest.raises((orjson.JSONDecodeError, KeyError, AttributeError, TypeError)):
        decode_message(line)


def test_an_order_holds_its_specification_checked_anew(
    make_specification: Callable[..., Specification],
) -> None:
    spec = make_specification("sweep")
    order = UnitOrder(
        experiment_id="sweep-1", name="Mine", unit=0, fence=1, task="train",
        specification=spec.to_dict(), seed=0, fold=None, point={}, steps=40, created_at=1.0,
        code_version="1", artefacts_url="a", agents_dir="b", checkpoint_seconds=5.0,
        side_by_side=1,
    )  # fmt: skip
    assert UnitOrder.decode(order.encode()).spec.to_dict() == spec.to_dict()
