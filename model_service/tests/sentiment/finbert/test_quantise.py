"""Quantised products: as worked out by hand, and row by row."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.quantise import quantise, quantise_columns, quantise_table

WIDTH, OUT, ENTRIES = 24, 5, 5_000


def write_model(file: Path, weights: NDArray[np.float32], table: NDArray[np.float32]) -> None:
    """Look ids up in a table, and multiply what is found with weights, twice."""
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("MatMul", ["rows", "weights"], ["out"]),
        helper.make_node("MatMul", ["rows", "weights"], ["again"]),
    ]
    graph = helper.make_graph(
        nodes,
        "two_products",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("out", "again")],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, file)


@pytest.fixture
def arrays() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    random = np.random.default_rng(3)
    weights = random.normal(size=(WIDTH, OUT)).astype(np.float32)
    # Rows of very different sizes: one scale for all would lose the small ones.
    sizes = 10.0 ** random.uniform(-3, 3, (ENTRIES, 1))
    return weights, (sizes * random.normal(size=(ENTRIES, WIDTH))).astype(np.float32)


def run(file: Path, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    out, again = session.run(None, {"ids": ids})
    np.testing.assert_array_equal(out, again)
    return np.asarray(out)


def test_each_row_is_quantised_by_its_own_scale(
    tmp_path: Path, arrays: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> None:
    weights, table = arrays
    write_model(tmp_path / "fp32.onnx", weights, table)
    assert quantise(tmp_path / "fp32.onnx", tmp_path / "int8.onnx") == 2
    ids = np.arange(40, dtype=np.int64).reshape(4, 10)
    found = run(tmp_path / "int8.onnx", ids)
    exact = table[ids] @ weights
    sizes = np.linalg.norm(table[ids], axis=-1, keepdims=True) * np.linalg.norm(weights, axis=0)
    assert found.shape == exact.shape
    assert np.abs((found - exact) / sizes).max() < 0.02


def test_rows_do_not_depend_on_each_other(
    tmp_path: Path, arrays: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> None:
    write_model(tmp_path / "fp32.onnx", *arrays)
    quantise(tmp_path / "fp32.onnx", tmp_path / "int8.onnx")
    together = run(tmp_path / "int8.onnx", np.arange(64, dtype=np.int64).reshape(8, 8))
    for place in range(64):
        alone = run(tmp_path / "int8.onnx", np.array([[place]], dtype=np.int64))
        np.testing.assert_array_equal(alone[0, 0], together[place // 8, place % 8])


@given(st.lists(st.tuples(*[st.floats(-100.0, 100.0, width=32)] * 2), min_size=1, max_size=30))
def test_two_neighbouring_products_fit_in_16_bits(rows: list[tuple[float, float]]) -> None:
    weights = np.array(rows, dtype=np.float32)
    whole, scales = quantise_columns(weights)
    sizes = np.abs(whole.astype(np.int64))
    assert (255 * (sizes[:-1] + sizes[1:]) <= np.iinfo(np.int16).max).all()
    assert (np.abs(whole * scales - weights) <= 0.501 * scales).all()


def test_tables_keep_the_whole_range() -> None:
    table = np.array([[3.0, -1.5, 3.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    whole, scales = quantise_table(table)
    assert whole.tolist() == [[127, -64, 127], [0, 0, 0]]
    np.testing.assert_allclose(whole * scales[:, None], table, atol=0.02)


def test_a_model_without_products_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Abs", ["x"], ["y"])
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in "xy"]
    onnx.save(
        helper.make_model(helper.make_graph([node], "g", values[:1], values[1:])),
        tmp_path / "fp32.onnx",
    )
    with pytest.raises(SentimentUnavailable, match="no matrix product"):
        quantise(tmp_path / "fp32.onnx", tmp_path / "int8.onnx")
