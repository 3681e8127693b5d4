"""Reports of protocols that the model service keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.answers import Answer
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from backend_service.model_client.generated import EvaluationList
    from backend_service.model_client.service import ModelService


class KeptEvaluations:
    """Passes on what is kept; the files may change at any time, so nothing is remembered here."""

    def __init__(self, model: ModelService) -> None:
        self._model = model
        self._reads: SingleFlight[Answer] = SingleFlight()

    async def all(self) -> EvaluationList:
        """A line about each report, those that ship first."""
        return await self._model.evaluations()

    async def report(self, evaluation_id: str) -> Answer:
        """One report as JSON."""

        async def ask() -> Answer:
            return Answer.of(await self._model.evaluation(evaluation_id))

        return await self._reads.run(("report", evaluation_id), ask)

    async def page(self, evaluation_id: str) -> Answer:
        """One report as HTML that stands alone."""

        async def ask() -> Answer:
            return Answer.of(await self._model.evaluation_page(evaluation_id))

        return await self._reads.run(("page", evaluation_id), ask)
