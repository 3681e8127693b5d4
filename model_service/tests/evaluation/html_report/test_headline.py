"""The headline numbers, and what was evaluated."""

from model_service.evaluation.html_report import headline


def test_the_agent_stands_beside_buy_and_hold_with_its_spread(example_report):
    report = example_report.make_example_report()
    seeds = report["significance"]["seeds"] | {"interval": [0.04, 0.42], "worst": -0.21}
    report["significance"]["seeds"] = seeds
    tiles = headline.headline(report)
    agent, held, difference, worth = tiles
    assert agent.value == f"{report['averages']['agent']['sharpe_mean']:.2f}"
    assert agent.note == "over 10 seeds: 95 % interval 0.04 to 0.42; worst −0.21"
    assert held.value == f"{report['averages']['buy_and_hold']:.2f}"
    assert difference.note.endswith("; p\u00a00.470")
    assert worth.note.startswith("from 100,000; buy and hold ")


def test_one_seed_says_nothing_about_luck(example_report):
    tile = headline.headline(example_report.make_example_report(seeds=1))[0]
    assert tile.note == "one seed: nothing is said about the luck of training"


def test_members_of_an_agent_are_told_apart_from_the_agent(example_report):
    report = example_report.make_example_report(symbols=("AAPL",), protocol="agent", seeds=7)
    assert headline.headline(report)[0].note.startswith("over 7 member networks: each alone: mean ")
    assert dict(headline.facts(report))["Member networks"] == "7"
    assert headline.run_count(report) == 1


def test_too_few_dates_for_a_difference_leave_it_out(example_report):
    report = example_report.make_example_report() | {"paired": None, "significance": None}
    names = [tile.name for tile in headline.headline(report)]
    assert names == ["Agent, Sharpe ratio", "Buy and hold, Sharpe ratio", "Agent, final net worth"]


def test_without_an_agent_the_baselines_are_the_headline(example_report):
    report = example_report.make_example_report(with_agent=False)
    assert [tile.name for tile in headline.headline(report)] == [
        "Buy and hold",
        "Sell and hold",
        "Trend following",
        "Mean reversion",
        "Random",
    ]
    facts = dict(headline.facts(report))
    assert facts["Seeds"] == "none"
    assert facts["Looks at this window"] == "none: no agent was evaluated"
    assert headline.run_count(report) == 0


def test_facts_count_symbols_looks_and_configurations(example_report):
    facts = dict(headline.facts(example_report.make_example_report()))
    assert facts["Test dates"] == "2018-01-02 to 2019-12-05"
    assert facts["Symbols"] == "6"
    assert facts["Looks at this window"] == "2 (in all 3)"
    assert facts["Configurations compared"] == "24"


def test_nothing_unseen_has_no_headline_but_its_facts(example_report):
    report = example_report.make_unseen_nothing_report()
    assert headline.headline(report) == []
    facts = dict(headline.facts(report))
    assert facts["Test dates"] == "none: too little is unseen"
    assert facts["Symbols"] == "1"
