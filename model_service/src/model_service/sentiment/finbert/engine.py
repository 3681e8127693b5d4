"""The engine that serves: onnxruntime and tokenizers, no torch, no transformers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from model_service.allocator import give_memory_back
from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import LABELS, Score
from model_service.sentiment.finbert.batches import Batch, make_batches
from model_service.sentiment.finbert.chunks import split_text
from model_service.sentiment.finbert.exported import MODEL, TOKENIZER, Export, read_export
from model_service.sentiment.finbert.tokens import Tokens

INPUT_IDS: Final = "input_ids"
ATTENTION_MASK: Final = "attention_mask"
LOGITS: Final = "logits"


class FinbertEngine:
    """Scores texts by an exported model; the score of a text does not depend on its company.

    Parameters
    ----------
    export : Export
    session : onnxruntime.InferenceSession
    tokens : Tokens
    """

    def __init__(
        self, export: Export, session: onnxruntime.InferenceSession, tokens: Tokens
    ) -> None:
        self._export = export
        self._session = session
        self._tokens = tokens
        self._columns = [export.labels.index(label) for label in LABELS]
        # One run at a time: runs side by side share the same threads and only take more memory.
        # It is taken for each batch, so that a short request passes between those of a long one.
        self._run = threading.Lock()

    @classmethod
    def load(cls, folder: Path, *, threads: int) -> FinbertEngine:
        """The engine of a verified export.

        Parameters
        ----------
        folder : Path
            With ``manifest.json``, ``model.int8.onnx``, ``tokenizer.json`` and ``config.json``.
        threads : int
            Threads within one run, at least 1. The scores do not depend on it.

        Raises
        ------
        SentimentUnavailable
            If the export is not there or not whole.
        """
        export = read_export(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Threads that wait in a loop would take the processor from the rest of the service.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                str(folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the package raises nothing narrower
            raise SentimentUnavailable(
                f"onnxruntime cannot load the export {folder.name}: export again."
            ) from error
        tokens = Tokens(folder / TOKENIZER)
        # The file's content and the weights before they were packed: half as much again.
        give_memory_back()
        return cls(export, session, tokens)

    @property
    def name(self) -> Literal["finbert"]:
        return "finbert"

    @property
    def version(self) -> str:
        """Name and revision of the weights, and the way in which they were quantised."""
        return self._export.version

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score for each text, in order; equal texts are scored once.

        Texts that are longer than what the model reads are split at sentences; the probabilities
        of the chunks are averaged with their numbers of tokens as weights.

        Raises
        ------
        SentimentUnavailable
            If the model fails; nothing is scored then.
        """
        frame = self._export.frame
        distinct = list(dict.fromkeys(texts))
        chunks: list[list[int]] = []
        owners: list[int] = []
        for place, text in enumerate(distinct):
            parts = split_text(text, self._tokens, frame.room)
            chunks += parts
            owners += [place] * len(parts)
        probabilities = self._probabilities([frame.wrap(chunk) for chunk in chunks])
        scores = dict(zip(distinct, _average(probabilities, chunks, owners), strict=True))
        return [scores[text] for text in texts]

    def _probabilities(self, chunks: Sequence[list[int]]) -> NDArray[np.float64]:
        """Probabilities in the order of `LABELS`, shape (chunks, labels)."""
        found = np.empty((len(chunks), len(LABELS)))
        for batch in make_batches([len(chunk) for chunk in chunks], self._export.frame.longest):
            logits = self._logits(chunks, batch)[:, self._columns]
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            found[list(batch.members)] = powers / powers.sum(axis=1, keepdims=True)
        return found

    def _logits(self, chunks: Sequence[list[int]], batch: Batch) -> NDArray[np.float64]:
        shape = (len(batch.members), batch.length)
        ids = np.full(shape, self._export.frame.padding, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, member in enumerate(batch.members):
            chunk = chunks[member]
            ids[row, : len(chunk)] = chunk
            mask[row, : len(chunk)] = 1
        try:
            with self._run:
                (logits,) = self._session.run([LOGITS], {INPUT_IDS: ids, ATTENTION_MASK: mask})
        except Exception as error:  # the package raises nothing narrower
            raise SentimentUnavailable("FinBERT failed on these texts.") from error
        found: NDArray[np.float64] = np.asarray(logits, dtype=np.float64)
        if not np.isfinite(found).all():
            raise SentimentUnavailable("FinBERT gave no numbers for these texts.")
        return found


def _average(
    probabilities: NDArray[np.float64], chunks: Sequence[list[int]], owners: Sequence[int]
) -> list[Score]:
    """Means over the chunks of each text, weighted by their tokens."""
    if not owners:
        return []
    weights = np.array([max(1, len(chunk)) for chunk in chunks], dtype=np.float64)
    sums = np.zeros((owners[-1] + 1, len(LABELS)))
    np.add.at(sums, owners, probabilities * weights[:, None])
    sums /= sums.sum(axis=1, keepdims=True)
    return [Score(*map(float, row)) for row in sums]
