"""Pages of an experiment's events, asked for a few at a time and written once for all browsers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from backend_service.errors import ModelServiceBusy, ModelServiceError, ModelServiceRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend_service.model_client.generated import ExperimentEvent
    from backend_service.model_client.service import ModelExperiments

PAGE: Final = 1_000
"""Most events of one page."""
_THREAD_EVENTS: Final = 100
"""From here on the event loop would notice the time that writing JSON takes."""
_AT_ONCE: Final = 4
"""Pages asked for at the same time: the model service's other connections are not for these."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenEvent:
    """An event as it is sent.

    Attributes
    ----------
    id : int
    content : bytes
        The server-sent event, its blank line included.
    """

    id: int
    content: bytes


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events in order.

    Attributes
    ----------
    events : tuple of WrittenEvent
    last_id : int
        Id behind which the next page begins.
    more : bool
        Whether there are further events already.
    ended : bool
        Whether no event will ever follow.
    """

    events: tuple[WrittenEvent, ...]
    last_id: int
    more: bool
    ended: bool


class EventPages:
    """Reads pages from the model service.

    Parameters
    ----------
    model : ModelExperiments
    on_end : callable
        Called when an experiment's last event is read.
    first_backoff_seconds, longest_backoff_seconds : float
        How long the model service is left alone after one failure, and after many.
    """

    def __init__(
        self,
        model: ModelExperiments,
        on_end: Callable[[], None],
        first_backoff_seconds: float,
        longest_backoff_seconds: float,
    ) -> None:
        self._model = model
        self._on_end = on_end
        self._first_backoff_seconds = first_backoff_seconds
        self._longest_backoff_seconds = longest_backoff_seconds
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def read(self, experiment_id: str, after: int) -> EventPage:
        """The events behind `after`.

        Raises
        ------
        ModelServiceRefusal
            There is no such experiment.
        ModelServiceError
            The model service is away.
        """
        async with self._slots:
            page = await self._model.events(experiment_id, PAGE, after)
        behind = [event for event in page.events if event.id > after]
        if len(behind) > _THREAD_EVENTS:
            events = await asyncio.to_thread(write_events, behind)
        else:
            events = write_events(behind)
        if page.ended and events:
            self._on_end()
        return EventPage(
            events=events,
            last_id=events[-1].id if events else after,
            more=len(events) >= PAGE and not page.ended,
            ended=page.ended,
        )

    async def wait_for(self, experiment_id: str, after: int) -> EventPage | None:
        """The events behind `after` once the model service answers; None where they are gone."""
        pause = self._first_backoff_seconds
        while True:
            try:
                return await self.read(experiment_id, after)
            except ModelServiceError as error:
                if is_final(error):
                    _log.info("experiment_gone", experiment_id=experiment_id, reason=error.logged)
                    return None
                if pause == self._first_backoff_seconds:
                    _log.info("events_await_model_service", reason=error.logged)
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._longest_backoff_seconds)


def is_final(error: ModelServiceError) -> bool:
    """Whether asking again would change nothing: the experiment was removed."""
    return isinstance(error, ModelServiceRefusal) and not isinstance(error, ModelServiceBusy)


def write_events(events: Sequence[ExperimentEvent]) -> tuple[WrittenEvent, ...]:
    """`events` as server-sent events; the JSON of each is one line."""
    return tuple(
        WrittenEvent(
            event.id,
            f"id: {event.id}\nevent: {event.kind}\ndata: {event.model_dump_json()}\n\n".encode(),
        )
        for event in events
    )
