"""int8 weights, and activations quantised row by row.

onnxruntime's own dynamic quantisation takes one scale for all activations of a batch: the score of
a text then depends on the texts beside it. Here each row (a token) has its own scale, and the rest
of the network works on each text by itself anyway. See docs/decisions/0010.

Imports `onnx`, and is therefore imported by the exporting process alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from model_service.errors import SentimentUnavailable

ORT_DOMAIN: Final = "com.microsoft"
LARGEST: Final = 127
"""Of the whole numbers that weights and activations become."""

_ZERO_POINT: Final = 128
_SMALLEST_SCALE: Final = 1e-12
_SMALLEST_TABLE: Final = 100_000
"""Elements of the smallest embedding that is worth quantising."""


@dataclass
class _Graph:
    """The nodes and constants of a graph that is being rewritten."""

    constants: dict[str, TensorProto]
    nodes: list[NodeProto] = field(default_factory=list)
    quantised: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(values, name)
        return name

    def matrix(self, name: str) -> NDArray[np.float32] | None:
        """A constant that is an fp32 matrix."""
        tensor = self.constants.get(name)
        if tensor is None or len(tensor.dims) != 2 or tensor.data_type != TensorProto.FLOAT:
            return None
        return np.asarray(numpy_helper.to_array(tensor), dtype=np.float32)


def quantise(source: Path, target: Path) -> int:
    """Write `source` with its matrix products in int8; how many there are.

    Raises
    ------
    SentimentUnavailable
        If there is nothing to quantise.
    """
    model = onnx.load(source)
    graph = _Graph({tensor.name: tensor for tensor in model.graph.initializer})
    products = 0
    for node in model.graph.node:
        weights = graph.matrix(node.input[1]) if node.op_type == "MatMul" else None
        table = graph.matrix(node.input[0]) if node.op_type == "Gather" else None
        if weights is not None:
            _rewrite_product(graph, node, weights, f"product_{products}")
            products += 1
        elif table is not None and table.size >= _SMALLEST_TABLE:
            _rewrite_lookup(graph, node, table)
        else:
            graph.nodes.append(node)
    if products == 0:
        raise SentimentUnavailable("The model has no matrix product that can be quantised.")
    used = {name for node in graph.nodes for name in node.input}
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(graph.nodes)
    model.graph.initializer.extend(
        tensor for name, tensor in graph.constants.items() if name in used
    )
    model.opset_import.append(helper.make_opsetid(ORT_DOMAIN, 1))
    onnx.save(model, target)
    return products


def quantise_columns(
    weights: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers of the shape of `weights`, and a scale for each column.

    Processors without VNNI multiply activations of up to 255 with two neighbours of a column and
    add the products in 16 bits, cutting off what does not fit. The scales make the two neighbours
    add up to 128 at most (127 before rounding), which fits: every processor has the same sums.
    """
    sizes = np.abs(weights)
    pairs = sizes[:-1] + sizes[1:] if len(sizes) > 1 else sizes
    return _quantise(weights, pairs.max(axis=0))


def quantise_table(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers of the shape of `table`, and a scale for each row."""
    whole, scales = _quantise(table.T, np.abs(table).max(axis=1))
    return np.ascontiguousarray(whole.T), scales


def _quantise(
    values: NDArray[np.float32], sizes: NDArray[np.float32]
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scales = np.maximum(sizes / LARGEST, _SMALLEST_SCALE).astype(np.float32)
    return np.rint(values / scales).astype(np.int8), scales


def _rewrite_product(
    graph: _Graph, node: NodeProto, weights: NDArray[np.float32], name: str
) -> None:
    activations, row_scales = _quantise_rows(graph, node.input[0], width=len(weights))
    whole, column_scales = quantise_columns(weights)
    # onnxruntime's own operator multiplies the sums by the columns' scales where they are made; its
    # scale of the activations is one number, so that those of the rows come behind it.
    inputs = [
        activations,
        graph.constant(f"{name}_weights", whole),
        graph.constant("one", np.array(1.0, np.float32)),
        graph.constant(f"{name}_scales", column_scales),
        _zero_point(graph),
    ]
    by_column = graph.add("MatMulIntegerToFloat", inputs, f"{name}_by_column", domain=ORT_DOMAIN)
    graph.add("Mul", [by_column, row_scales], node.output[0])


def _quantise_rows(graph: _Graph, activations: str, width: int) -> tuple[str, str]:
    """Names of the quantised activations and of the scale of each row; once for all products."""
    if activations in graph.quantised:
        return graph.quantised[activations]
    name = f"rows_{len(graph.quantised)}"
    last_axis = graph.constant("rows_axis", np.array([-1], np.int64))
    step = graph.constant("rows_step", np.array(1.0 / LARGEST, np.float32))
    smallest = graph.constant("rows_smallest", np.array(_SMALLEST_SCALE, np.float32))
    sizes = graph.add("Abs", [activations], f"{name}_sizes")
    largest = graph.add("ReduceMax", [sizes, last_axis], f"{name}_largest", keepdims=1)
    steps = graph.add("Mul", [largest, step], f"{name}_steps")
    scales = graph.add("Max", [steps, smallest], f"{name}_scales")
    # QuantizeLinear takes one scale for each row of a matrix.
    as_matrix = graph.constant(f"{name}_matrix", np.array([-1, width], np.int64))
    matrix = graph.add("Reshape", [activations, as_matrix], f"{name}_rows")
    listed = graph.add("Reshape", [scales, last_axis], f"{name}_list")
    count = graph.add("Shape", [listed], f"{name}_count")
    zeros = graph.add("Expand", [_zero_point(graph), count], f"{name}_zeros")
    whole = graph.add("QuantizeLinear", [matrix, listed, zeros], f"{name}_whole", axis=0)
    shape = graph.add("Shape", [activations], f"{name}_shape")
    graph.quantised[activations] = (graph.add("Reshape", [whole, shape], name), scales)
    return graph.quantised[activations]


def _rewrite_lookup(graph: _Graph, node: NodeProto, table: NDArray[np.float32]) -> None:
    """An embedding whose rows have a scale each."""
    whole, scales = quantise_table(table)
    name = node.output[0]
    rows = graph.constant(f"{name}_table", whole)
    found = graph.add("Gather", [rows, node.input[1]], f"{name}_whole", axis=0)
    floats = graph.add("Cast", [found], f"{name}_floats", to=TensorProto.FLOAT)
    listed = graph.constant(f"{name}_scales", scales[:, None])
    steps = graph.add("Gather", [listed, node.input[1]], f"{name}_steps", axis=0)
    graph.add("Mul", [floats, steps], name)


def _zero_point(graph: _Graph) -> str:
    return graph.constant("zero_point", np.array(_ZERO_POINT, np.uint8))
