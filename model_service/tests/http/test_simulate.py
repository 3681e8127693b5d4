"""/simulate: the HTTP side; the market itself is tested beside it."""

from __future__ import annotations

import datetime as dt

import pytest

from model_service.market.simulated import simulate_candles


def test_candles_are_those_of_the_simulated_market(client):
    body = client.get("/simulate?symbol=ACME&seed=3&start=2020-01-01&end=2020-12-31").get_json()
    expected = simulate_candles(
        "ACME", seed=3, start=dt.date(2020, 1, 1), end=dt.date(2020, 12, 31), interval="1d"
    )
    assert body["candles"]["close"] == expected.close.tolist()
    assert (body["source"], body["seed"], body["symbol"]) == ("simulated", 3, "ACME")
    assert body["data_hash"] == expected.data_hash


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "symbol"),
        ("symbol=a%20b", "symbol"),
        ("symbol=A&seed=-1", "seed"),
        ("symbol=A&seed=4294967296", "seed"),
        ("symbol=A&seed=1.5", "seed"),
        ("symbol=A&start=20200101", "start"),
        ("symbol=A&start=1577836800", "start"),
        ("symbol=A&end=2020-02-30", "end"),
        ("symbol=A&interval=5m", "interval"),
        ("symbol=A&symbol=B", "symbol"),
        ("symbol=A&colour=red", "colour"),
    ],
)
def test_bad_queries_name_the_parameter(client, problem_of, query, field):
    problem = problem_of(client.get(f"/simulate?{query}"), 422, "invalid-request")
    assert problem["field"] == field


def test_end_before_start_is_refused(client, problem_of):
    response = client.get("/simulate?symbol=A&start=2020-01-02&end=2020-01-01")
    problem_of(response, 422, "invalid-request")
