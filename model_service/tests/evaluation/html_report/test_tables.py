"""Rows of the tables."""

import pytest

from model_service.evaluation.html_report import tables


def test_a_symbol_has_its_difference_its_worst_seed_and_dates_of_its_own(example_report):
    report = example_report.make_example_report()
    late = report["rows"][1]
    late["start"] += 86_400 * 30
    first, second = tables.symbol_rows(report)[:2]
    assert first["difference"] == first["agent"]["sharpe_mean"] - first["buy_and_hold"]
    assert first["worst"] == min(first["agent"]["sharpe_seeds"])
    assert first["dates"] is None
    assert second["dates"] == "2018-02-01 to 2019-12-05"


def test_several_symbols_have_a_mean_and_one_has_not(example_report):
    report = example_report.make_example_report()
    average = tables.average_row(report)
    worth = [row["buy_and_hold_final_net_worth"] for row in report["rows"]]
    assert average["buy_and_hold_final_net_worth"] == pytest.approx(sum(worth) / len(worth))
    assert tables.average_row(example_report.make_example_report(symbols=("AAPL",))) is None
    assert tables.average_row(example_report.make_unseen_nothing_report()) is None


def entry(year, month, agent, held):
    return {
        "year": year,
        "month": month,
        "total_return_fraction": agent,
        "buy_and_hold_total_return_fraction": held,
    }


def test_months_are_coloured_by_how_far_they_are_ahead_or_behind():
    (row,) = tables.year_rows(
        [
            entry(2018, None, 0.10, 0.15),
            entry(2018, 3, 0.06, 0.0),
            entry(2018, 4, 0.0, 0.04),
            entry(2018, 5, 0.011, 0.010),
        ]
    )
    march, april, may = row.months[2:5]
    assert (march.text, march.heat) == ("+6.0", "ahead-3")
    assert (april.text, april.heat) == ("−4.0", "behind-2")
    assert (may.text, may.heat) == ("+0.1", "level")
    assert march.behind == "agent +6.0\u00a0%, buy and hold 0.0\u00a0%"
    assert row.months[0] is None
    assert (row.difference.text, row.difference.heat) == ("−5.0", "behind-3")
    assert (row.agent, row.held) == ("+10.0\u00a0%", "+15.0\u00a0%")


def test_years_are_in_order_and_equal_results_have_no_colour():
    rows = tables.year_rows([entry(2019, 1, 0.1, 0.1), entry(2018, 12, 0.0, 0.0)])
    assert [row.year for row in rows] == [2018, 2019]
    assert rows[1].months[0].heat == "level"
    assert rows[1].difference is None
    assert rows[1].agent == "–"


def test_a_passport_leaves_out_what_does_not_exist(example_report):
    told = dict(tables.passport_entries(example_report.make_example_report()["passport"]))
    assert "Agent" not in told
    assert told["Seeds"] == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert told["Costs a side"] == "10 bps commission, 0 slippage"
    bare = example_report.make_example_report(with_agent=False)["passport"]
    assert not {"Seeds", "Training steps", "Networks an agent"} & set(
        dict(tables.passport_entries(bare))
    )
    assert tables.config_text(bare["config"]) is None
