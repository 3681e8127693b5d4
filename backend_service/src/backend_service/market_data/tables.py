"""The stored form of a series."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend_service.db import Base, UtcDateTime

SCHEMA_VERSION = 1


class SeriesRow(Base):
    """One stored series; its candles are one compressed columnar value, not a row each."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("owner_id", "symbol", "source", "interval"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    schema_version: Mapped[int] = mapped_column(default=SCHEMA_VERSION)
    owner_id: Mapped[str] = mapped_column(String(64))
    symbol: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(255))
    source: Mapped[str] = mapped_column(String(16))
    interval: Mapped[str] = mapped_column(String(16))
    price_basis: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str | None] = mapped_column(String(3))
    timezone: Mapped[str | None] = mapped_column(String(64))
    data_hash: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[datetime] = mapped_column(UtcDateTime())
    fresh_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    candle_count: Mapped[int]
    start_time: Mapped[int] = mapped_column(BigInteger())
    end_time: Mapped[int] = mapped_column(BigInteger())
    issues: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    candles: Mapped[bytes] = mapped_column(LargeBinary())
