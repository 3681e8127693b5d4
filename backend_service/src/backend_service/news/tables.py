"""The stored form of news: what was written, what it says, where it came from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend_service.db import Base, UtcDateTime

SCHEMA_VERSION = 1


class NewsSymbolRow(Base):
    """A symbol that has news; its version changes with everything that is shown of it."""

    __tablename__ = "news_symbols"

    owner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger(), default=0)


class NewsItemRow(Base):
    """One headline; its copies are counted."""

    __tablename__ = "news_items"
    __table_args__ = (
        Index("ix_news_items_symbol", "owner_id", "symbol", "published_at"),
        Index("ix_news_items_text_key", "owner_id", "text_key"),
        Index("ix_news_items_published_at", "owner_id", "published_at"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    schema_version: Mapped[int] = mapped_column(default=SCHEMA_VERSION)
    owner_id: Mapped[str] = mapped_column(String(64))
    symbol: Mapped[str] = mapped_column(String(32))
    headline: Mapped[str] = mapped_column(Text())
    text_key: Mapped[str] = mapped_column(String(32))
    provider: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(255))
    url: Mapped[str | None] = mapped_column(Text())
    published_at: Mapped[datetime] = mapped_column(UtcDateTime())
    precision: Mapped[str] = mapped_column(String(4))
    duplicates: Mapped[int]
    copies: Mapped[list[str]] = mapped_column(JSON(), server_default="[]")
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime())


class NewsScoreRow(Base):
    """What one version of one engine makes of a text."""

    __tablename__ = "news_scores"

    owner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    text_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    engine: Mapped[str] = mapped_column(String(64), primary_key=True)
    engine_version: Mapped[str] = mapped_column(String(200), primary_key=True)
    label: Mapped[str] = mapped_column(String(8))
    positive: Mapped[float] = mapped_column(Float(53))
    negative: Mapped[float] = mapped_column(Float(53))
    neutral: Mapped[float] = mapped_column(Float(53))
    score: Mapped[float] = mapped_column(Float(53))
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime())


class NewsSourceRow(Base):
    """How a source answered about a symbol, and what to tell it when it is asked again."""

    __tablename__ = "news_sources"

    owner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    etag: Mapped[str | None] = mapped_column(Text())
    last_modified: Mapped[str | None] = mapped_column(Text())
    refreshed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    failures: Mapped[int]
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    reason: Mapped[str | None] = mapped_column(Text())
