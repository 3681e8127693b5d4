"""What a worker keeps of units that are made on a Ray cluster."""

from __future__ import annotations

import pytest

from model_service.experiments.compute.messages import Advanced, Alive, Finished, Noted
from model_service.experiments.compute.ray_lines import (
    Away,
    Cancel,
    Cluster,
    Died,
    Ended,
    Line,
    Make,
    Said,
    ToDriver,
    decode_line,
    encode_line,
)
from model_service.experiments.compute.ray_process import RemoteUnit, UnitLost


@pytest.mark.parametrize(
    "line",
    [
        Make(1, '{"unit":\n3}'),
        Cancel(1),
        Cluster(4),
        Away("Nobody answers."),
        Said(1, '{"kind":"Alive"}'),
        Died(1, "Killed."),
        Ended(1),
    ],
)
def test_lines_come_back_as_they_were(line: Line) -> None:
    content = encode_line(line)
    assert content.index(b"\n") == len(content) - 1
    assert decode_line(content) == line


def test_what_was_said_is_heard_before_the_end() -> None:
    unit = RemoteUnit(lambda _: None, 1)
    unit.hear(Noted("first"))
    unit.end("Killed.")
    unit.end("Something later.")
    assert unit.next_message(0.01) == Noted("first")
    with pytest.raises(UnitLost, match="Killed"):
        unit.next_message(0.01)


def test_nothing_in_time_is_no_end() -> None:
    assert RemoteUnit(lambda _: None, 1).next_message(0.01) is None


def test_progress_that_nobody_reads_is_dropped_and_the_last_word_is_not() -> None:
    unit = RemoteUnit(lambda _: None, 1)
    for step in range(5_000):
        unit.hear(Advanced(step, 5_000, None, None))
        unit.hear(Alive())
    unit.hear(Finished({}, {}))
    heard = []
    while (message := unit.next_message(0.01)) is not None:
        heard.append(message)
    assert 1_000 <= len(heard) < 1_100
    assert heard[-1] == Finished({}, {})


def test_a_unit_that_floods_is_lost_and_stops_nobody() -> None:
    unit = RemoteUnit(lambda _: None, 1)
    for number in range(20_000):
        unit.hear(Noted(str(number)))
    heard = [unit.next_message(0.01) for _ in range(10_000)]
    assert heard[-1] == Noted("9999")
    with pytest.raises(UnitLost, match="more than could be taken"):
        unit.next_message(0.01)


def test_a_kill_is_asked_for_until_the_end_is_known() -> None:
    sent: list[ToDriver] = []
    unit = RemoteUnit(sent.append, 7)
    assert not unit.kill(0.01)
    unit.end("Its Ray task ended.")
    assert unit.kill(0.01)
    assert sent == [Cancel(7)]
