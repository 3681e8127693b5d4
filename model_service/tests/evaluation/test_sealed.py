import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model_service.dqn.agent import Agent
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.evaluation.sealed import LookCounter, Window, count_look
from model_service.market.candles import Candles


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[LookCounter]:
    made = LookCounter(tmp_path / "state" / "looks.sqlite3")
    yield made
    made.close()


def window(start: int, end: int, symbol: str = "A") -> Window:
    return Window(symbol, "0" * 64, start, end, "agent")


def test_every_look_counts_and_overlapping_windows_count_together(counter: LookCounter) -> None:
    assert counter.record("line", window(100, 200)).total == 1
    assert counter.record("line", window(100, 200)).this_window == 2
    other_symbol = counter.record("line", window(200, 300, "B"))
    assert (other_symbol.total, other_symbol.this_window) == (3, 3)
    later = counter.record("line", window(301, 400))
    assert (later.total, later.this_window) == (4, 1)
    assert counter.record("other line", window(100, 200)).total == 1


def test_a_look_with_a_name_counts_once(counter: LookCounter) -> None:
    assert counter.record_once("train-1", "line", window(100, 200)).total == 1
    assert counter.record_once("train-1", "line", window(100, 200)).total == 1
    assert counter.record_once("train-2", "line", window(100, 200)).total == 2


def test_the_count_survives_the_process_and_threads(tmp_path: Path) -> None:
    path = tmp_path / "looks.sqlite3"
    first = LookCounter(path)
    threads = [
        threading.Thread(target=lambda: [first.record("line", window(0, 1)) for _ in range(20)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    first.close()
    second = LookCounter(path)
    assert second.count("line", 0, 1).total == 80
    second.close()


def test_only_candles_that_the_agent_never_saw_are_a_look(
    counter: LookCounter, tiny_agent: Agent, random_candles: Callable[..., Candles]
) -> None:
    candles = random_candles(500)
    known = run_backtest(tiny_agent, candles, Terms(end=tiny_agent.last_seen_time))
    assert known.test_segment is None
    assert count_look(counter, tiny_agent, known).total == 0
    unseen = run_backtest(tiny_agent, candles, Terms())
    assert unseen.test_segment is not None
    assert unseen.test_segment.start > tiny_agent.last_seen_time
    assert count_look(counter, tiny_agent, unseen).total == 1
