"""The original system's results file."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.evaluation.backtest import Terms, run_backtest
from model_service.evaluation.results_file import RESULT_COLUMNS, results_table, to_csv


@pytest.fixture(scope="module")
def backtest(tiny_agent, random_candles):
    return run_backtest(tiny_agent, random_candles(60), Terms())


def test_results_stand_behind_the_inputs_columns(backtest):
    table = pa.table({"b": ["x"] * 60, "a": ["y"] * 60})
    written = results_table(table, backtest)
    assert written.column_names == ["b", "a", *RESULT_COLUMNS]
    assert set(written["signal"].to_pylist()) <= {"buy", "hold", "sell"}
    assert written["quantity"].to_pylist() == backtest.run.ledger.quantity.tolist()
    assert written["netWorth"].to_pylist() == backtest.run.ledger.net_worth.tolist()
    assert written["balance"].to_pylist() == backtest.run.ledger.cash.tolist()


def test_earlier_results_are_replaced_and_columns_of_one_name_kept(backtest):
    column = pa.array(["x"] * 60)
    names = ["signal", "a", "balance", "a", "Quantity"]
    table = pa.Table.from_arrays([column] * len(names), names=names)
    written = results_table(table, backtest)
    assert written.column_names == ["a", "a", "Quantity", *RESULT_COLUMNS]


def test_plain_cells_are_written_bare():
    table = pa.table({"Date": ["2010-01-04"], "signal": ["buy"], "netWorth": [100_000.5]})
    assert to_csv(table) == b"Date,signal,netWorth\n2010-01-04,buy,100000.5\n"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=5,
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=10),
)
def test_any_cells_come_back_the_same(rows, name):
    table = pa.Table.from_arrays(
        [pa.array([row[0] for row in rows]), pa.array([row[1] for row in rows])],
        names=[name, name + "2"],
    )
    read = pyarrow.csv.read_csv(
        pa.BufferReader(to_csv(table)),
        read_options=pyarrow.csv.ReadOptions(use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string(), name + "2": pa.float64()},
            strings_can_be_null=False,
        ),
    )
    assert read.column_names == table.column_names
    assert read.to_pydict() == table.to_pydict()
