"""Routes of experiments."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from backend_service.experiments.feed import EventFeeds
from backend_service.experiments.question import ExperimentKind, ExperimentState
from backend_service.experiments.schemas import NewExperiment
from backend_service.experiments.service import ExperimentService
from backend_service.experiments.stream import EVENT_STREAM_RESPONSES, EventStream
from backend_service.model_client.generated import (
    Experiment,
    ExperimentEstimate,
    ExperimentPage,
    UnitPage,
)
from backend_service.problems import Responses, problem_responses

_LARGEST_ID = 9_007_199_254_740_991
_ID_PATTERN = "^[a-z0-9][a-z0-9-]*$"
_ID_LENGTH = 40

ExperimentPath = Annotated[str, Path(pattern=_ID_PATTERN, min_length=1, max_length=_ID_LENGTH)]
_CREATED: Responses = {
    202: {
        "description": "Queued, or known already (`reused`)",
        "headers": {
            "Location": {"description": "Path of the experiment.", "schema": {"type": "string"}}
        },
    }
}
_REMOVED: Responses = {
    202: {"description": "It had not ended and is being cancelled; ask again to remove it"},
    204: {"description": "Removed, with its agents and artefacts"},
}
_NO_MORE: Responses = {204: {"description": "The experiment has ended and nothing is left to send"}}


def experiments_router(experiments: ExperimentService, feeds: EventFeeds) -> APIRouter:
    """Routes under ``/api`` that answer from these services."""
    router = APIRouter(prefix="/api", tags=["experiments"])

    @router.post(
        "/experiments",
        operation_id="createExperiment",
        summary="Queue an experiment on the candles of some symbols",
        status_code=202,
        response_model=Experiment,
        responses={
            **_CREATED,
            **problem_responses(404, 409, 413, 415, 422, 429, 502, 503, 504),
        },
    )
    async def create_experiment(new: NewExperiment, response: Response) -> Experiment:
        experiment = await experiments.create(new)
        response.headers["Location"] = f"/api/experiments/{experiment.id}"
        return experiment

    @router.post(
        "/experiments/estimate",
        operation_id="estimateExperiment",
        summary="What an experiment would take; refused as createExperiment does, never queued",
        response_model=ExperimentEstimate,
        responses=problem_responses(404, 413, 415, 422, 429, 502, 503, 504),
    )
    async def estimate_experiment(new: NewExperiment) -> ExperimentEstimate:
        return await experiments.estimate(new)

    @router.get(
        "/experiments",
        operation_id="listExperiments",
        summary="Experiments, the newest first",
        response_model=ExperimentPage,
        responses=problem_responses(404, 422, 502, 503, 504),
    )
    async def list_experiments(
        state: ExperimentState | None = None,
        kind: ExperimentKind | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[
            str | None,
            Query(
                pattern=_ID_PATTERN,
                min_length=1,
                max_length=_ID_LENGTH,
                description="Id of an experiment: only those that are older.",
            ),
        ] = None,
    ) -> ExperimentPage:
        return await experiments.page(state, kind, limit, after)

    @router.get(
        "/experiments/{experiment_id}",
        operation_id="getExperiment",
        summary="One experiment",
        response_model=Experiment,
        responses=problem_responses(404, 422, 502, 503, 504),
    )
    async def get_experiment(experiment_id: ExperimentPath) -> Experiment:
        return await experiments.one(experiment_id)

    @router.delete(
        "/experiments/{experiment_id}",
        operation_id="deleteExperiment",
        summary="Remove an experiment that has ended, with its agents; cancel one that has not",
        status_code=202,
        response_model=Experiment,
        responses={**_REMOVED, **problem_responses(404, 409, 422, 502, 503, 504)},
    )
    async def delete_experiment(experiment_id: ExperimentPath) -> Experiment | Response:
        cancelled = await experiments.remove(experiment_id)
        return Response(status_code=204) if cancelled is None else cancelled

    @router.post(
        "/experiments/{experiment_id}/cancel",
        operation_id="cancelExperiment",
        summary="Stop an experiment; one that has ended stays as it is",
        status_code=202,
        response_model=Experiment,
        responses=problem_responses(404, 422, 502, 503, 504),
    )
    async def cancel_experiment(experiment_id: ExperimentPath) -> Experiment:
        return await experiments.cancel(experiment_id)

    @router.get(
        "/experiments/{experiment_id}/units",
        operation_id="listUnits",
        summary="The units of an experiment, in order",
        response_model=UnitPage,
        responses=problem_responses(404, 422, 502, 503, 504),
    )
    async def list_units(
        experiment_id: ExperimentPath,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
        after: Annotated[
            int, Query(ge=-1, le=1_000_000, description="Only units with a higher index.")
        ] = -1,
    ) -> UnitPage:
        return await experiments.units(experiment_id, limit, after)

    @router.get(
        "/experiments/{experiment_id}/events",
        operation_id="streamExperimentEvents",
        summary="What happens in an experiment, as server-sent events while it happens",
        description="Each event has its `id`, `event: KIND` and an `ExperimentEvent` as data. "
        "The stream resumes behind `Last-Event-ID`, sends a comment every few seconds, stays open "
        "while the model service is away, and ends after the event that ends the experiment.",
        status_code=200,
        response_class=EventStream,
        responses={**EVENT_STREAM_RESPONSES, **_NO_MORE, **problem_responses(404, 422, 503)},
    )
    async def stream_experiment_events(
        experiment_id: ExperimentPath,
        after: Annotated[
            int, Query(ge=0, le=_LARGEST_ID, description="Only events with a higher id.")
        ] = 0,
        last_event_id: Annotated[
            int | None,
            Header(alias="Last-Event-ID", ge=0, le=_LARGEST_ID, description="Wins over `after`."),
        ] = None,
    ) -> Response:
        watch = await feeds.open(experiment_id, after if last_event_id is None else last_event_id)
        return Response(status_code=204) if watch is None else EventStream(watch)

    return router
