"""The count of operations, against a loop over the products that a step makes."""

import importlib

import pytest

training = importlib.import_module("benchmarks.training")


@pytest.mark.parametrize(("batch", "rungs"), [(1, 2), (4096, 2), (64, 3)])
def test_operations_are_those_of_the_products(batch: int, rungs: int) -> None:
    rows = batch * rungs
    forward = [(batch, 150, 128), (rows, 128, 64), (rows, 64, 3)]
    backward = [
        (150, batch, 128),  # weights of the first layer; its inputs need no gradient
        (128, rows, 64),
        (rows, 64, 128),
        (64, rows, 3),
        (rows, 3, 64),
    ]
    expected = sum(2 * m * k * n for m, k, n in 3 * forward + backward)
    assert training.step_operations(batch, rungs) == expected


def test_equivalent_operations_are_those_of_a_dense_network_on_every_sample() -> None:
    rows = 2 * 10
    forward = [(rows, 151, 128), (rows, 128, 64), (rows, 64, 3)]
    backward = [(151, rows, 128), (128, rows, 64), (rows, 64, 128), (64, rows, 3), (rows, 3, 64)]
    expected = sum(2 * m * k * n for m, k, n in 3 * forward + backward)
    assert training.equivalent_operations(10, 2) == expected
