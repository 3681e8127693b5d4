"""/experiments: what trains and evaluates in the background."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated, Literal

import structlog
from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.routing import BaseConverter

from model_service.experiments.records.units import UnitRow
from model_service.experiments.specification import Specification, SpecifiedSeries, specify
from model_service.experiments.specified_candles import put_news
from model_service.http.answers import answer_json
from model_service.http.experiment_answers import (
    describe_event,
    describe_experiment,
    describe_unit,
)
from model_service.http.generated import ExperimentRequest, News
from model_service.http.news_columns import read_news
from model_service.http.request_log import request_context
from model_service.http.requests import read_json_object, read_query, validate
from model_service.http.services import Services

_log = structlog.get_logger(__name__)

EVENT_STREAM = "text/event-stream"

State = Literal["queued", "running", "cancelling", "cancelled", "failed", "done"]
KindName = Literal["train", "evaluate", "walk-forward", "sweep"]
ExperimentName = Annotated[str, Field(min_length=1, max_length=40, pattern="^[a-z0-9][a-z0-9-]*$")]


class ExperimentsQuery(BaseModel):
    """What a list is asked for."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    kind: KindName | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: ExperimentName | None = None


class UnitsQuery(BaseModel):
    """Which units are asked for."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=1_000)] = 200
    after: Annotated[int, Field(ge=-1, le=1_000_000)] = -1


class EventsQuery(BaseModel):
    """Which events are asked for."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=5_000)] = 1_000


class LastEventId(BaseModel):
    """Where a stream goes on, as a browser says it."""

    last_event_id: Annotated[str, Field(alias="Last-Event-ID", pattern="^[0-9]{1,16}$")]


class _IdConverter(BaseConverter):
    """Any id; `/experiments/estimate` is a route of its own, with other methods."""

    regex = "(?!estimate$)[^/]+"


def make_experiments_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("experiments", __name__)
    # Recorded before the routes that name it.
    blueprint.record(lambda state: state.app.url_map.converters.update(experiment=_IdConverter))
    experiments, streams = services.experiments, services.event_streams

    @blueprint.post("/experiments")
    def create_experiment() -> Response:
        asked, spec = _read_specification(services)
        overview, reused = experiments.submit(
            spec,
            name=asked.name,
            idempotency_key=asked.idempotency_key,
            origin=request_context(),
        )
        if not reused:
            _log.info(
                "experiment queued",
                experiment_id=overview.experiment.id,
                kind=overview.experiment.kind,
                units=sum(overview.units.by_state.values()),
            )
        answer = answer_json(describe_experiment(overview, reused=reused), status=202)
        answer.headers["Location"] = f"/experiments/{overview.experiment.id}"
        answer.autocorrect_location_header = False
        return answer

    @blueprint.post("/experiments/estimate")
    def estimate_experiment() -> Response:
        _, spec = _read_specification(services)
        return answer_json(asdict(experiments.estimate(spec)))

    @blueprint.get("/experiments")
    def list_experiments() -> Response:
        query = read_query(ExperimentsQuery, request.args)
        found, more = experiments.page(
            states=() if query.state is None else (query.state,),
            kind=query.kind,
            older_than=query.after,
            limit=query.limit,
        )
        return answer_json(
            {"experiments": [describe_experiment(one) for one in found], "more": more}
        )

    @blueprint.get("/experiments/<experiment:experiment_id>")
    def get_experiment(experiment_id: str) -> Response:
        return answer_json(describe_experiment(experiments.get(experiment_id)))

    @blueprint.delete("/experiments/<experiment:experiment_id>")
    def delete_experiment(experiment_id: str) -> Response:
        left = experiments.remove(experiment_id)
        if left is None:
            return Response(status=204)
        return answer_json(describe_experiment(left), status=202)

    @blueprint.post("/experiments/<experiment:experiment_id>/cancel")
    def cancel_experiment(experiment_id: str) -> Response:
        return answer_json(describe_experiment(experiments.cancel(experiment_id)), status=202)

    @blueprint.get("/experiments/<experiment:experiment_id>/units")
    def list_units(experiment_id: str) -> Response:
        query = read_query(UnitsQuery, request.args)
        experiment = experiments.get(experiment_id).experiment
        rows: list[UnitRow]
        rows, more = experiments.units(experiment_id, after=query.after, limit=query.limit)
        return answer_json(
            {"units": [describe_unit(row, experiment) for row in rows], "more": more}
        )

    @blueprint.get("/experiments/<experiment:experiment_id>/events")
    def list_experiment_events(experiment_id: str) -> Response:
        query = read_query(EventsQuery, request.args)
        seen = _last_event_id()
        after = query.after if seen is None else seen
        read = partial(experiments.events, experiment_id)
        first = read(after=after, limit=query.limit)
        if request.accept_mimetypes.best_match(["application/json", EVENT_STREAM]) == EVENT_STREAM:
            stream = streams.follow(lambda since, most: read(after=since, limit=most), after)
            return Response(
                stream,
                content_type=EVENT_STREAM,
                headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            )
        return answer_json(
            {
                "events": [describe_event(event) for event in first.events],
                "last_id": first.last_number,
                "ended": first.ended,
            }
        )

    return blueprint


def _read_specification(services: Services) -> tuple[ExperimentRequest, Specification]:
    asked = validate(ExperimentRequest, read_json_object())
    series = tuple(
        SpecifiedSeries(
            one.symbol,
            one.data_hash,
            one.price_basis,
            _keep_news(services, one.news),
        )
        for one in asked.series
    )
    spec = specify(
        kind=asked.kind,
        series=series,
        config=asked.config,
        steps=asked.steps,
        budget_seconds=asked.budget_seconds,
        grid=asked.grid,
        # What `default` means may change, and a specification does not.
        agent=None if asked.agent is None else services.store.get(asked.agent).id,
        start=asked.start,
        end=asked.end,
        seeds=tuple(asked.seeds),
    )
    return asked, spec


def _keep_news(services: Services, news: News | None) -> str | None:
    """Scored headlines in the artefact store, by their hash."""
    if news is None:
        return None
    scored = read_news(
        {"counts_from": news.counts_from, "score": news.score}, news.engine, news.engine_version
    )
    return put_news(scored, services.artefacts)


def _last_event_id() -> int | None:
    given = request.headers.get("Last-Event-ID")
    if given is None:
        return None
    return int(validate(LastEventId, {"Last-Event-ID": given}).last_event_id)
