"""Answers about agents share a cache and keep apart what differs in kind or form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx
    from gateway_fakes import FakeModelService

pytestmark = pytest.mark.anyio

PATHS = {
    "predict": "/api/signals/NHPC",
    "evaluate": "/api/evaluation/NHPC",
    "evaluate_page": "/api/evaluation/NHPC/report.html",
}


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    assert answer.status_code == 201


async def test_each_kind_and_form_is_answered_once_and_keeps_its_answer(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    first = {path: (await client.get(path)).content for path in PATHS.values()}
    again = {path: (await client.get(path)).content for path in PATHS.values()}
    assert len(set(first.values())) == len(PATHS)
    assert again == first
    assert [model.asked.count(method) for method in PATHS] == [1, 1, 1]


async def test_hits_and_misses_are_counted_by_kind(client: httpx.AsyncClient) -> None:
    for path in PATHS.values():
        await client.get(path)
    for _ in range(2):
        await client.get(PATHS["predict"])
    await client.get(PATHS["evaluate_page"])
    lines = (await client.get("/metrics")).text.splitlines()
    for kind, outcome, count in [
        ("signals", "miss", 1),
        ("signals", "hit", 2),
        ("evaluations", "miss", 2),
        ("evaluations", "hit", 1),
    ]:
        labels = f'{{cache="{kind}",result="{outcome}"}}'
        assert f"bellwether_cache_requests_total{labels} {count}.0" in lines
