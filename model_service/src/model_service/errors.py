"""The exception tree of the model service; every class is also a problem type on the wire.

    BellwetherError
    ├── UnreadableCsv          a file that cannot be turned into candles (row, field)
    ├── InvalidCandles         candles that break the canonical form
    ├── InvalidRequest         a request that the contract refuses (field, limit)
    ├── PayloadTooLarge        more bytes or rows than the limit
    ├── UnsupportedMediaType   a body that is neither JSON nor a CSV
    ├── DatasetFileNotFound    no such file inside the dataset folder
    ├── DatasetNotWritable     results cannot be written beside their file
    ├── AgentNotFound          no such agent
    ├── CorruptAgent           an agent folder whose hashes do not match its manifest
    ├── DatasetNotFound        no candles of that hash in the artefact store
    ├── CorruptDataset         kept candles that no longer have their hash
    ├── ArtefactNotFound       nothing of that name in the artefact store
    ├── ArtefactStoreUnavailable  the artefact store cannot be read or written now
    ├── TrainingDataError      a folder that an agent cannot be trained on
    ├── EvaluationNotFound     no such report of an evaluation
    ├── CorruptEvaluation      a kept report that cannot be read
    ├── EvaluationStopped      an evaluation that cannot go on by itself
    ├── ExperimentNotFound     no such experiment
    ├── ExperimentConflict     what is asked of an experiment does not fit its state
    ├── QueueFull              more units would wait than the queue may hold (retry_seconds)
    ├── ExperimentsUnavailable the database of experiments does not answer
    ├── LooksUnavailable       the database that counts looks does not answer
    ├── NewsFromTheFuture      a headline that counts from a candle after the last one
    ├── SentimentUnavailable   an engine that cannot score texts now
    ├── UnusableSettings       settings that a process cannot start with
    └── NotReady               the service cannot answer yet

`type` on the wire is ``urn:bellwether:problem:<slug>`` and never changes once released
(RFC 9457, section 3.1.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

PROBLEM_TYPE_PREFIX = "urn:bellwether:problem:"


class BellwetherError(Exception):
    """An error that a person can act on: one clear sentence, and where it points.

    Parameters
    ----------
    detail : str
        One sentence that names the field, row or limit.
    field : str, optional
        Field, header or file column at fault.
    row : int, optional
        Physical line of the file at fault; the header is 1.
    limit : float, optional
        The limit that was passed.
    choices : sequence of str, optional
        What `field` may be instead.
    """

    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        row: int | None = None,
        limit: float | None = None,
        choices: Sequence[str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.row = row
        self.limit = limit
        self.choices = choices

    def to_problem(self) -> dict[str, str | int | float | list[str]]:
        """The RFC 9457 members, without those that do not apply."""
        members: dict[str, str | int | float | list[str] | None] = {
            "type": PROBLEM_TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "field": self.field,
            "row": self.row,
            "limit": self.limit,
            "choices": None if self.choices is None else list(self.choices),
        }
        return {key: value for key, value in members.items() if value is not None}


class UnreadableCsv(BellwetherError):
    slug, title, status = "unreadable-csv", "The file cannot be read as candles", 422


class InvalidCandles(BellwetherError):
    slug, title, status = "invalid-candles", "The candles are not valid", 422


class InvalidRequest(BellwetherError):
    slug, title, status = "invalid-request", "The request is not valid", 422


class PayloadTooLarge(BellwetherError):
    slug, title, status = "payload-too-large", "The payload is too large", 413


class UnsupportedMediaType(BellwetherError):
    slug, title, status = "unsupported-media-type", "The media type is not supported", 415


class DatasetFileNotFound(BellwetherError):
    slug, title, status = "dataset-file-not-found", "No such file in the dataset folder", 404


class DatasetNotWritable(BellwetherError):
    slug, title, status = "dataset-not-writable", "The dataset folder cannot be written to", 500


class AgentNotFound(BellwetherError):
    slug, title, status = "agent-not-found", "No such agent", 404


class CorruptAgent(BellwetherError):
    slug, title, status = "corrupt-agent", "The agent's files do not match its manifest", 500


class DatasetNotFound(BellwetherError):
    slug, title, status = "dataset-not-found", "No such candles", 404


class CorruptDataset(BellwetherError):
    slug, title, status = "corrupt-dataset", "The kept candles do not have their hash", 500


class ArtefactNotFound(BellwetherError):
    slug, title, status = "artefact-not-found", "No such artefact", 404


class ArtefactStoreUnavailable(BellwetherError):
    slug, title, status = "artefact-store-unavailable", "The artefact store cannot be used", 503


class TrainingDataError(BellwetherError):
    slug, title, status = "training-data", "The data cannot be trained on", 422


class EvaluationNotFound(BellwetherError):
    slug, title, status = "evaluation-not-found", "No such evaluation", 404


class CorruptEvaluation(BellwetherError):
    slug, title, status = "corrupt-evaluation", "The kept report cannot be read", 500


class EvaluationStopped(BellwetherError):
    slug, title, status = "evaluation-stopped", "The evaluation stopped", 500


class ExperimentNotFound(BellwetherError):
    slug, title, status = "experiment-not-found", "No such experiment", 404


class ExperimentConflict(BellwetherError):
    slug, title, status = "experiment-conflict", "The experiment is not in a state for this", 409


class QueueFull(BellwetherError):
    slug, title, status = "queue-full", "The queue is full", 429

    def __init__(self, detail: str, *, retry_seconds: int, limit: float) -> None:
        super().__init__(detail, limit=limit)
        self.retry_seconds = retry_seconds


class ExperimentsUnavailable(BellwetherError):
    slug, title, status = "experiments-unavailable", "Experiments cannot be reached", 503


class LooksUnavailable(BellwetherError):
    slug, title, status = "looks-unavailable", "Looks cannot be counted", 503


class NewsFromTheFuture(BellwetherError):
    slug, title, status = "news-from-the-future", "The news is from after the candles", 422


class SentimentUnavailable(BellwetherError):
    slug, title, status = "sentiment-unavailable", "The sentiment engine cannot answer", 503


class UnusableSettings(BellwetherError):
    slug, title, status = "unusable-settings", "The settings cannot be used", 500


class NotReady(BellwetherError):
    slug, title, status = "not-ready", "The service is not ready", 503
