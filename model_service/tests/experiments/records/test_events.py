"""Events: numbered from 1 without a gap, whoever writes them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from model_service.database import Database
from model_service.experiments.records.events import append_event, list_events
from model_service.experiments.records.experiments import get_experiment

AddExperiment = Callable[..., str]


def test_events_of_writers_at_once_have_no_gaps(
    database: Database, add_experiment: AddExperiment
) -> None:
    ids = [add_experiment(database, state="queued", tasks=()) for _ in range(2)]

    def write(writer: int) -> None:
        for place in range(8):
            for experiment_id in ids:

                def work(experiment_id: str = experiment_id, place: int = place) -> None:
                    with database.writing() as connection:
                        append_event(
                            connection, experiment_id, "log", at=1.0, text=f"{writer}/{place}"
                        )

                database.run(work)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(write, range(5)))
    for experiment_id in ids:
        with database.reading() as connection:
            events = list_events(connection, experiment_id, after=0, limit=100)
            assert get_experiment(connection, experiment_id).last_event == len(events)
        assert [event.number for event in events] == list(range(1, 42))
        texts = [event.body["text"] for event in events[1:]]
        for writer in range(5):
            own = [text for text in texts if text.startswith(f"{writer}/")]
            assert own == [f"{writer}/{place}" for place in range(8)]


def test_a_reader_never_sees_a_later_event_before_an_earlier_one(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database, state="queued", tasks=())

    def write(count: int) -> None:
        for _ in range(count):
            with database.writing() as connection:
                append_event(connection, experiment_id, "log", at=1.0)

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, 20) for _ in range(3)]
        seen: list[int] = []
        while not all(writer.done() for writer in writers) or len(seen) < 61:
            with database.reading() as connection:
                page = list_events(connection, experiment_id, after=len(seen), limit=10)
            seen += [event.number for event in page]
        for writer in writers:
            writer.result()
    assert seen == list(range(1, 62))


def test_an_event_that_is_rolled_back_leaves_no_gap(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database, state="queued", tasks=())
    try:
        with database.writing() as connection:
            append_event(connection, experiment_id, "log", at=1.0, text="lost")
            raise InterruptedError
    except InterruptedError:
        pass
    with database.writing() as connection:
        append_event(connection, experiment_id, "log", at=1.0, unit=3, text="kept")
    with database.reading() as connection:
        events = list_events(connection, experiment_id, after=1, limit=10)
    assert [(event.number, event.unit, event.body) for event in events] == [
        (2, 3, {"text": "kept"})
    ]


def test_nobody_tells_of_an_experiment_that_is_gone(database: Database) -> None:
    with database.writing() as connection:
        append_event(connection, "train-none", "log", at=1.0)
    with database.reading() as connection:
        assert list_events(connection, "train-none", after=0, limit=10) == []
