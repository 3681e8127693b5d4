"""Database addresses as people write them."""

from __future__ import annotations

import pytest

from backend_service.db import read_url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///var/a.db", "sqlite+aiosqlite:///var/a.db"),
        ("sqlite+aiosqlite://", "sqlite+aiosqlite://"),
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h:5/d", "postgresql+asyncpg://u@h:5/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h/d?sslmode=require", "postgresql+asyncpg://u@h/d?ssl=require"),
    ],
)
def test_an_address_gets_its_asynchronous_driver(written: str, meant: str) -> None:
    assert read_url(written).render_as_string(hide_password=False) == meant
