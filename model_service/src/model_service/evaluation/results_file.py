"""The original system's results file: the input's columns with what the agent did beside them."""

from __future__ import annotations

import hashlib
import io

import pyarrow as pa
import pyarrow.csv

from model_service.artefacts.dataset_folder import DatasetFolder, plain_name, results_name
from model_service.evaluation.backtest import Backtest, Terms
from model_service.evaluation.bounded_cache import BoundedCache
from model_service.evaluation.predictor import Predictor
from model_service.evaluation.report import ACTION_WORDS
from model_service.market.ingest import Ingested, ingest_csv

RESULT_COLUMNS = ("signal", "quantity", "netWorth", "balance")

MAX_CACHED_CANDLES = 1_000_000


def results_table(table: pa.Table, backtest: Backtest) -> pa.Table:
    """The input's columns and the four of the results, one row a candle.

    Parameters
    ----------
    table : pyarrow.Table
        As `Ingested.table`; columns that are called like those of the results, as those of an
        earlier results file, are replaced.
    backtest : Backtest
        Of all candles of the file.

    Returns
    -------
    pyarrow.Table
        `signal` is the action of the decision at the candle (buy, sell or hold), `quantity` what
        is held after the candle, `netWorth` and `balance` (cash) are marked at its close.
    """
    kept = [index for index, name in enumerate(table.column_names) if name not in RESULT_COLUMNS]
    ledger = backtest.run.ledger
    results = (
        ACTION_WORDS[backtest.decisions.action],
        ledger.quantity,
        ledger.net_worth,
        ledger.cash,
    )
    return pa.Table.from_arrays(
        [*(table.column(index) for index in kept), *(pa.array(column) for column in results)],
        names=[*(table.column_names[index] for index in kept), *RESULT_COLUMNS],
    )


def to_csv(table: pa.Table) -> bytes:
    """The table as CSV, quoted only if a name or a cell has to be."""
    try:
        return _write_csv(table, quotes="none")
    except pa.ArrowInvalid:
        # Arrow refuses to write a delimiter, quote or line end bare; quoted it takes any text.
        return _write_csv(table, quotes="needed")


def _write_csv(table: pa.Table, *, quotes: str) -> bytes:
    options = pyarrow.csv.WriteOptions(quoting_style=quotes, quoting_header=quotes)
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(table, buffer, options)
    return buffer.getvalue()


class FilePredictor:
    """Decides on files of the dataset folder and writes the results beside them.

    Parameters
    ----------
    folder : DatasetFolder
    predictor : Predictor
    max_bytes, max_rows : int
        Limits on a file.
    """

    def __init__(
        self, folder: DatasetFolder, predictor: Predictor, *, max_bytes: int, max_rows: int
    ) -> None:
        self._folder = folder
        self._predictor = predictor
        self._max_bytes = max_bytes
        self._max_rows = max_rows
        self.ingested: BoundedCache[tuple[str, str], Ingested] = BoundedCache(
            MAX_CACHED_CANDLES, lambda ingested: len(ingested.candles)
        )

    def predict(self, input_file: str, agent_id: str) -> tuple[str, Backtest]:
        """Decide on a file, on the default terms; returns the name of the results file.

        Raises
        ------
        InvalidRequest, DatasetFileNotFound, PayloadTooLarge, UnreadableCsv, DatasetNotWritable
            If the file cannot be had, read or written.
        AgentNotFound, CorruptAgent
            If the agent cannot be had.
        """
        name = plain_name(input_file)
        ingested = self._ingest(name, self._folder.read(name, max_bytes=self._max_bytes))
        prediction = self._predictor.predict(agent_id, ingested.candles, Terms())
        results = results_name(name)
        self._folder.replace(results, to_csv(results_table(ingested.table, prediction.backtest)))
        return results, prediction.backtest

    def _ingest(self, name: str, content: bytes) -> Ingested:
        return self.ingested.get(
            # The name is part of it: the symbol comes from there.
            (name, hashlib.sha256(content).hexdigest()),
            lambda: ingest_csv(
                content, file_name=name, max_bytes=self._max_bytes, max_rows=self._max_rows
            ),
        )
