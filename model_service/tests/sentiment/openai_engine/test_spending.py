"""The spending cap of a day: reserved before, booked after, shared between processes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from chat_server import COST_USD, Reply, completion, error, rated

from model_service.errors import SentimentUnavailable
from model_service.schema_upgrades import current_revision
from model_service.sentiment.openai_engine.books import FileBook
from model_service.sentiment.openai_engine.database_book import SPENDING, DatabaseBook, days
from model_service.sentiment.openai_engine.spending import DailySpending

TEXT = "Profit rises"
BUDGET = 1.0
BUDGET_OF_ONE = 0.0025
"""Enough for the estimate of one request, but not beside what one has cost."""


@pytest.fixture
def state_file(tmp_path):
    return tmp_path / "state" / "spending.sqlite3"


@pytest.fixture
def spending(state_file, clock):
    return DailySpending(FileBook(state_file), BUDGET, clock)


def test_usage_is_booked(make_engine, spending):
    make_engine().score([TEXT])
    assert spending.spent_today() == pytest.approx(COST_USD)


def test_every_batch_is_booked(make_engine, spending):
    make_engine().score([TEXT] * 90)
    assert spending.spent_today() == pytest.approx(5 * COST_USD)


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": -5, "completion_tokens": 1}, {"prompt_tokens": "1"}, "none", []],
)
def test_unknown_usage_books_the_estimate(make_engine, endpoint, spending, usage):
    endpoint.always = lambda request: rated(request, usage=usage)
    make_engine().score([TEXT])
    first = spending.spent_today()
    make_engine().score([TEXT])
    assert first > 0.0005
    assert spending.spent_today() == pytest.approx(2 * first)


def test_estimate_is_above_what_the_tokens_can_be(make_engine, endpoint, spending):
    """A token is at least one byte, nearly always two or more; the answer has a limit."""
    endpoint.always = lambda request: rated(request, usage=None)
    make_engine(price_per_million_output_usd=0.0).score([TEXT])
    sent = sum(len(message["content"].encode()) for message in endpoint.requests[0]["messages"])
    assert spending.spent_today() * 1e6 >= sent / 2


def test_malformed_answers_cost_what_they_cost(make_engine, endpoint, spending):
    endpoint.always = lambda _: completion("no")
    with pytest.raises(SentimentUnavailable):
        make_engine().score([TEXT])
    assert spending.spent_today() == pytest.approx(2 * COST_USD)


@pytest.mark.parametrize("status", [400, 401, 429])
def test_refused_requests_cost_nothing(make_engine, endpoint, spending, status):
    endpoint.always = lambda _: error(status)
    with pytest.raises(SentimentUnavailable):
        make_engine().score([TEXT] * 90)
    assert spending.spent_today() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(drop=True), Reply(504)])
def test_requests_that_may_have_been_billed_book_the_estimate(
    make_engine, endpoint, spending, reply
):
    endpoint.replies = [reply]
    make_engine(timeout_seconds=0.2).score([TEXT])
    assert spending.spent_today() > COST_USD + 0.0005


def test_request_that_would_pass_the_cap_is_not_sent(make_engine, endpoint):
    engine = make_engine(daily_budget_usd=BUDGET_OF_ONE)
    engine.score([TEXT])
    with pytest.raises(SentimentUnavailable, match=r"resets at 2026-11-24T00:00:00Z") as caught:
        engine.score([TEXT])
    assert caught.value.limit == BUDGET_OF_ONE
    assert len(endpoint.requests) == 1


def test_of_a_call_that_would_pass_the_cap_no_batch_is_sent(make_engine, endpoint, spending):
    with pytest.raises(SentimentUnavailable, match="resets"):
        make_engine(daily_budget_usd=0.02).score([TEXT] * 1_000)
    assert endpoint.requests == []
    assert spending.spent_today() == 0.0


def test_no_budget_sends_nothing(make_engine, endpoint):
    with pytest.raises(SentimentUnavailable, match=r"0\.00 USD a day"):
        make_engine(daily_budget_usd=0.0).score([TEXT])
    assert endpoint.requests == []


def test_an_endpoint_without_prices_needs_no_budget(make_engine):
    engine = make_engine(
        daily_budget_usd=0.0, price_per_million_input_usd=0.0, price_per_million_output_usd=0.0
    )
    assert engine.score([TEXT])[0].label == "positive"


def test_cap_is_shared_by_engines_of_one_file(make_engine, endpoint):
    make_engine(daily_budget_usd=BUDGET_OF_ONE).score([TEXT])
    with pytest.raises(SentimentUnavailable, match="resets"):
        make_engine(daily_budget_usd=BUDGET_OF_ONE).score([TEXT])
    assert len(endpoint.requests) == 1


@pytest.fixture(params=["file", "sqlite", "postgresql"])
def shared(request, state_file, tmp_path):
    """A book of each kind, and the code that opens it in another process."""
    if request.param == "file":
        yield FileBook(state_file), f"FileBook(Path({str(state_file)!r}))"
        return
    url = f"sqlite:///{tmp_path}/spending.sqlite3"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres_url")
    book = DatabaseBook(url)
    yield book, f"DatabaseBook({url!r})"
    book.close()


def test_cap_is_shared_by_processes(shared, clock):
    book, opening = shared
    spending = DailySpending(book, BUDGET, clock)
    program = f"""
import datetime as dt
from pathlib import Path
from model_service.sentiment.openai_engine.books import FileBook
from model_service.sentiment.openai_engine.database_book import DatabaseBook
from model_service.sentiment.openai_engine.spending import DailySpending
at = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
spending = DailySpending({opening}, {BUDGET}, lambda: at)
for _ in range(20):
    spending.reserve(0.02)
"""
    children = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert spending.spent_today() == pytest.approx(0.8)
    spending.reserve(0.2)
    with pytest.raises(SentimentUnavailable, match="resets"):
        spending.reserve(0.01)


def test_a_refusal_books_nothing_and_settling_gives_back(shared, clock):
    spending = DailySpending(shared[0], BUDGET, clock)
    assert spending.spent_today() == 0.0
    held = spending.reserve(0.7)
    with pytest.raises(SentimentUnavailable, match="resets"):
        spending.reserve(0.4)
    assert spending.spent_today() == pytest.approx(0.7)
    spending.settle(held, 0.1)
    assert spending.spent_today() == pytest.approx(0.1)
    clock.now += dt.timedelta(days=1)
    assert spending.spent_today() == 0.0


def test_without_its_database_nothing_is_spent(make_engine, endpoint, tmp_path):
    book = DatabaseBook(f"postgresql://u:pass-word@/x?host={tmp_path}")
    with pytest.raises(SentimentUnavailable, match="spends nothing without it") as caught:
        make_engine(book=book).score([TEXT])
    assert endpoint.requests == []
    assert "pass-word" not in caught.value.detail
    book.close()


def test_migrations_make_the_table_that_is_used(shared):
    book = shared[0]
    if isinstance(book, FileBook):
        pytest.skip("a file makes its table when it is opened")
    assert book.read("2026-01-01") == 0.0
    inspector = sa.inspect(book._database.engine)
    found = {column["name"]: column["nullable"] for column in inspector.get_columns(days.name)}
    assert found == {column.name: bool(column.nullable) for column in days.columns}
    assert current_revision(book._database, SPENDING) == SPENDING.newest


def test_threads_never_pass_the_cap(shared, clock):
    spending = DailySpending(shared[0], BUDGET, clock)

    def reserve(_):
        try:
            spending.reserve(0.03)
        except SentimentUnavailable:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        granted = sum(pool.map(reserve, range(60)))
    assert granted == 33
    assert spending.spent_today() == pytest.approx(0.99)


def test_next_day_starts_at_nothing(make_engine, clock, spending):
    engine = make_engine(daily_budget_usd=BUDGET_OF_ONE)
    engine.score([TEXT])
    with pytest.raises(SentimentUnavailable, match="resets"):
        engine.score([TEXT])
    clock.now += dt.timedelta(hours=3)
    assert engine.score([TEXT])[0].label == "positive"
    assert spending.spent_today() == pytest.approx(COST_USD)


def test_day_is_that_of_utc(clock, spending):
    clock.now = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=5)))
    assert spending.reserve(0.1).day == "2026-11-23"


def test_what_was_set_aside_before_midnight_is_settled_on_its_day(clock, spending):
    reservation = spending.reserve(0.5)
    clock.now += dt.timedelta(hours=3)
    spending.settle(reservation, 0.1)
    assert spending.spent_today() == 0.0
    clock.now -= dt.timedelta(hours=3)
    assert spending.spent_today() == pytest.approx(0.1)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"{}", b"\x00" * 5_000])
def test_unreadable_file_counts_as_a_cap_that_is_reached(
    make_engine, endpoint, state_file, content
):
    state_file.parent.mkdir()
    state_file.write_bytes(content)
    with pytest.raises(SentimentUnavailable, match=r"spending\.sqlite3") as caught:
        make_engine().score([TEXT])
    assert endpoint.requests == []
    assert str(state_file.parent) not in caught.value.detail


def test_file_that_was_removed_is_made_anew(make_engine, state_file, spending):
    engine = make_engine()
    engine.score([TEXT])
    state_file.unlink()
    engine.score([TEXT])
    assert spending.spent_today() == pytest.approx(COST_USD)
