"""Any CSV of candles into canonical candles and a list of issues."""

from model_service.market.ingest.issues import Issue
from model_service.market.ingest.read import (
    MAX_BYTES,
    MAX_ROWS,
    Ingested,
    ingest_csv,
    symbol_of_file,
)

__all__ = ["MAX_BYTES", "MAX_ROWS", "Ingested", "Issue", "ingest_csv", "symbol_of_file"]
