"""NewsAPI, spoken by a local server."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from gateway_fakes import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from small_web import Page, SmallWeb, serve_small_web
from structlog.testing import capture_logs

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.newsapi import NewsApiProvider, read_articles
from backend_service.settings import Settings
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
KEY = "0123456789abcdef"
PATH = "/v2/everything"


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with serve_small_web() as server:
        yield server


def make_provider(
    url: str, settings: Settings, key: str | None = KEY, metrics: Metrics | None = None
) -> NewsApiProvider:
    changed = settings.model_copy(
        update={
            "newsapi_url": url + "/",
            "newsapi_key": None if key is None else SecretStr(key),
            "news_budget_seconds": 0.5,
        }
    )
    return NewsApiProvider(changed, FakeClock(NOW), metrics or Metrics())


def make_article(**changes: object) -> dict[str, object]:
    article: dict[str, object] = {
        "source": {"id": None, "name": "The Paper"},
        "author": "A. Writer",
        "title": "NHPC profit rises &amp; rises",
        "description": "…",
        "url": "https://example.com/nhpc",
        "urlToImage": None,
        "publishedAt": "2025-03-01T10:15:00Z",
        "content": "…",
    }
    return {**article, **changes}


def say(*articles: object) -> bytes:
    return json.dumps(
        {"status": "ok", "totalResults": len(articles), "articles": articles}
    ).encode()


@pytest.mark.anyio
async def test_articles_become_headlines(web: SmallWeb, settings: Settings) -> None:
    web.pages[PATH] = Page(
        say(
            make_article(),
            make_article(title="[Removed]", url="https://removed.com"),
            make_article(title="Later", publishedAt="2025-03-09T10:15:00Z"),
            make_article(title="Bare", url="http://10.0.0.1/", source=None),
            make_article(title=None),
        )
    )
    provider = make_provider(web.url, settings)
    answer = await provider.fetch("NHPC.NS", etag="x", last_modified="y")
    assert [(item.headline, item.source, item.url) for item in answer.items] == [
        ("NHPC profit rises & rises", "The Paper", "https://example.com/nhpc"),
        ("Bare", "NewsAPI", None),
    ]
    assert answer.items[0].published_at == datetime(2025, 3, 1, 10, 15, tzinfo=UTC)
    assert not answer.not_modified


@pytest.mark.anyio
async def test_the_question_holds_the_symbol_and_the_key_travels_in_a_header(
    web: SmallWeb, settings: Settings
) -> None:
    web.pages[PATH] = Page(say())
    await make_provider(web.url, settings).fetch("NHPC.NS", etag=None, last_modified=None)
    (asked,) = web.asked
    question = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
    assert question["q"].startswith('"NHPC" AND (')
    assert {name: question[name] for name in ("from", "sortBy", "language", "pageSize")} == {
        "from": "2025-02-02T12:00:00",
        "sortBy": "publishedAt",
        "language": "en",
        "pageSize": "100",
    }
    assert asked.headers["x-api-key"] == KEY
    assert KEY not in asked.path


def error(code: str) -> bytes:
    return json.dumps({"status": "error", "code": code, "message": f"no, {KEY}"}).encode()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("page", "kind", "words"),
    [
        (Page(error("rateLimited"), 429), ProviderUnavailable, "limits"),
        (Page(error("apiKeyInvalid"), 401), ProviderUnavailable, "does not accept the key"),
        (Page(error("parameterInvalid"), 426), ProviderUnavailable, "plan"),
        (Page(error("unexpectedError"), 500), ProviderUnavailable, "not well"),
        (Page(error("parametersMissing"), 400), ProviderBadAnswer, "parametersMissing"),
        (Page(error(KEY), 400), ProviderBadAnswer, "no code"),
        (Page(error("rateLimited"), 200), ProviderUnavailable, "limits"),
        (Page(b"", 401), ProviderUnavailable, "let us in"),
        (Page(b"<html>hello</html>"), ProviderBadAnswer, "form"),
        (Page(b"<html>bad gateway</html>", 502), ProviderUnavailable, "502"),
        (Page(b"[1, 2]"), ProviderBadAnswer, "form"),
        (Page(b"[" * 100_000), ProviderBadAnswer, "form"),
        (Page(b'{"status": "ok"}'), ProviderBadAnswer, "no articles"),
        (Page(say({"shouldNot": "exist"})), ProviderBadAnswer, "no article has a title"),
        (Page(status=302, headers={"Location": "/elsewhere"}), ProviderBadAnswer, "redirects"),
        (Page(hang=True), ProviderUnavailable, "within"),
    ],
)
async def test_failures_are_clear_counted_and_keep_the_key_secret(
    web: SmallWeb, settings: Settings, page: Page, kind: type[ProviderError], words: str
) -> None:
    metrics = Metrics()
    web.pages[PATH] = page
    web.pages["/elsewhere"] = Page(say())
    provider = make_provider(web.url, settings, metrics=metrics)
    with capture_logs() as logs, pytest.raises(kind, match=words) as caught:
        await provider.fetch("NHPC", etag=None, last_modified=None)
    assert KEY not in f"{caught.value!r} {logs}"
    labels = {"source": "newsapi", "kind": kind.slug}
    name = "bellwether_provider_errors_total"
    assert metrics.registry.get_sample_value(name, labels) == 1
    assert len(web.asked) == 1


@pytest.mark.parametrize("key", [None, "", "two words", "schl\u00fcssel", "a\r\nX-Evil: b"])
def test_without_a_key_that_can_be_one_there_is_no_provider(
    settings: Settings, key: str | None
) -> None:
    with pytest.raises(ValueError, match="NEWSAPI_KEY") as caught:
        make_provider("http://127.0.0.1:9", settings, key)
    assert not key or key not in str(caught.value)


def test_settings_show_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSAPI_KEY", KEY)
    settings = Settings()
    assert settings.newsapi_key is not None
    assert settings.newsapi_key.get_secret_value() == KEY
    assert KEY not in repr(settings)


def test_symbols_of_words_alone_are_offered(settings: Settings) -> None:
    provider = make_provider("http://127.0.0.1:9", settings)
    assert provider.offers("M&M.NS")
    assert provider.offers("^VXAPL")
    assert not provider.offers("SIM-CALM")
    assert not provider.offers("^.=")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "publishedAt", "source", "name", "url"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_nothing_but_a_bad_answer_comes_of_garbage(articles: object) -> None:
    with contextlib.suppress(ProviderBadAnswer):
        read_articles(articles, NOW)
