"""Any CSV of candles into canonical candles and a list of issues, and candles back into CSV."""

from model_service.market.ingest.export import export_csv
from model_service.market.ingest.issues import Issue
from model_service.market.ingest.read import MAX_BYTES, MAX_ROWS, Ingested, ingest_csv
from model_service.market.ingest.symbols import check_symbol, symbol_of_file

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Ingested",
    "Issue",
    "check_symbol",
    "export_csv",
    "ingest_csv",
    "symbol_of_file",
]
