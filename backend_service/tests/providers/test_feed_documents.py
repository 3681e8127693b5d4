"""RSS and Atom in all their forms, and what is neither."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.feed_documents import read_feed
from backend_service.providers.news import NewsItem

NOW = datetime(2025, 6, 1, tzinfo=UTC)
URL = "https://example.com/news/rss.xml"


def read(document: str | bytes, content_type: str = "application/xml") -> tuple[NewsItem, ...]:
    body = document.encode() if isinstance(document, str) else document
    return read_feed(body, content_type, URL, NOW)


def rss(*items: str, title: str = "The Wire") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://example.com/</link>{''.join(items)}</channel></rss>"
    )


def item(
    date: str = "<pubDate>Mon, 03 Mar 2025 10:15:00 GMT</pubDate>",
    title: str = "Profit rises",
    more: str = "",
) -> str:
    return f"<item><title>{title}</title>{date}{more}</item>"


def test_rss_2() -> None:
    link = "<link>https://example.com/a?x=1&amp;y=2</link>"
    assert read(rss(item(more=link))) == (
        NewsItem(
            "Profit rises",
            datetime(2025, 3, 3, 10, 15, tzinfo=UTC),
            "time",
            "The Wire",
            "https://example.com/a?x=1&y=2",
        ),
    )


def test_rss_1() -> None:
    document = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Wire</title></channel>
<item rdf:about="y"><title>One</title><link>http://example.com/1</link>
<dc:date>2025-03-03T10:15:00+01:00</dc:date></item></rdf:RDF>"""
    (one,) = read(document)
    assert one.published_at == datetime(2025, 3, 3, 9, 15, tzinfo=UTC)
    assert (one.headline, one.source, one.url) == ("One", "Wire", "http://example.com/1")


def test_atom() -> None:
    document = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example.org/base/">
<title>Atomic</title>
<entry><title type="html">X &amp;lt; &lt;b&gt;Y&lt;/b&gt;</title><link href="rel"/>
<updated>2025-03-04T10:00:00Z</updated></entry>
<entry><title>Two</title><link rel="alternate" href="/root"/>
<published>2025-03-02T10:00:00.5-05:00</published><updated>2025-03-05T10:00:00Z</updated>
<source><title>Elsewhere</title></source></entry></feed>"""
    first, second = read(document)
    assert (first.headline, first.url) == ("X < Y", "https://b.example.org/base/rel")
    assert first.published_at == datetime(2025, 3, 4, 10, tzinfo=UTC)
    assert (second.source, second.url) == ("Elsewhere", "https://b.example.org/root")
    assert second.published_at == datetime(2025, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "published_at", "precision"),
    [
        ("Mon, 03 Mar 2025 10:15:00 EST", (2025, 3, 3, 15, 15), "time"),
        ("Mon, 03 Mar 2025 10:15:00 +0530", (2025, 3, 3, 4, 45), "time"),
        ("2025-03-03T10:15Z", (2025, 3, 3, 10, 15), "time"),
        # No zone, or one that means different things: only the day is sure.
        ("Mon, 03 Mar 2025 10:15:00", (2025, 3, 3), "date"),
        ("2025-03-03 10:15:00", (2025, 3, 3), "date"),
        ("Mon, 03 Mar 2025 10:15:00 IST", (2025, 3, 3), "date"),
        # No time, or midnight in its place: the day as it is written, not the one in UTC.
        ("03 Mar 2025", (2025, 3, 3), "date"),
        ("2025-03-03", (2025, 3, 3), "date"),
        ("Mon, 03 Mar 2025 00:00:00 GMT", (2025, 3, 3), "date"),
        ("Mon, 03 Mar 2025 00:00:00 +0530", (2025, 3, 3), "date"),
        ("Mon, 03 Mar 2025 00:00:00 -0800", (2025, 3, 3), "date"),
    ],
)
def test_dates(written: str, published_at: tuple[int, ...], precision: str) -> None:
    (one,) = read(rss(item(f"<pubDate>{written}</pubDate>")))
    assert one.published_at == datetime(*published_at, tzinfo=UTC)  # type: ignore[misc]
    assert one.precision == precision


@pytest.mark.parametrize(
    "broken",
    [
        item(date=""),
        item(date="<pubDate>soon</pubDate>"),
        item(date="<pubDate>Mon, 03 Mar 2031 10:15:00 GMT</pubDate>"),
        item(title=""),
        item(title="<![CDATA[<b></b>]]>"),
    ],
)
def test_entries_without_a_title_or_a_credible_date_are_left_out(broken: str) -> None:
    assert [each.headline for each in read(rss(broken, item(title="Good")))] == ["Good"]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a/b", "https://example.com/a/b"),
        ("other.html", "https://example.com/news/other.html"),
        ("http://localhost/x", None),
        ("http://10.0.0.1/x", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_links_are_absolute_and_public(link: str, url: str | None) -> None:
    (one,) = read(rss(item(more=f"<link>{link}</link>")))
    assert one.url == url


def test_titles_are_plain_text() -> None:
    title = "AT&amp;amp;T &lt;i&gt;up&lt;/i&gt; 5% &amp;#8211; \U0001f680"
    (one,) = read(rss(item(title=title)))
    assert one.headline == "AT&T up 5% – \U0001f680"


def test_the_host_stands_for_a_publisher_without_a_name() -> None:
    (one,) = read(rss(item(), title=""))
    assert one.source == "example.com"


def test_encodings_are_read() -> None:
    text = rss(item(title="Größer")).replace("?>", ' encoding="windows-1252"?>', 1)
    (one,) = read(text.encode("cp1252"))
    assert one.headline == "Größer"
    (one,) = read(rss(item(title="Größer")).encode("utf-16"))
    assert one.headline == "Größer"


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    items = read(rss(item(title="A & B &nbsp; C"), item()).replace("</channel>", ""))
    assert {each.headline for each in items} == {"A & B C", "Profit rises"}


def test_newest_first_and_no_more_than_500() -> None:
    days = [f"<pubDate>Mon, 03 Mar 2025 10:{n % 60:02}:00 GMT</pubDate>" for n in range(600)]
    items = read(rss(*(item(day) for day in days)))
    assert len(items) == 500
    assert [each.published_at for each in items] == sorted(
        (each.published_at for each in items), reverse=True
    )


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<!doctype html><html><body><h1>Please enable cookies</h1></body></html>",
        b"plain text",
        b'{"json": true}',
        b"%PDF-1.7\x00\x01",
        b"/etc/passwd",
        b"https://example.com/rss",
    ],
)
def test_what_is_no_feed_is_a_bad_answer(document: bytes) -> None:
    with pytest.raises(ProviderBadAnswer, match="neither RSS nor Atom"):
        read(document)


def test_an_empty_feed_has_no_news() -> None:
    assert read(rss()) == ()


PIECES = st.sampled_from(
    [
        '<rss version="2.0">',
        "<channel>",
        "<item>",
        "<title>",
        "</title>",
        "<pubDate>",
        "Mon, 03 Mar 2025 10:15:00 GMT",
        "2025-13-45T99:99:99Z",
        "</pubDate>",
        '<link href="http://[">',
        "<link>",
        "</item>",
        "<![CDATA[",
        "]]>",
        "&#xffffff;",
        "&nbsp;",
        "<!DOCTYPE rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<entry>",
        "<updated>",
        "<source>",
        "<",
        ">",
        '"',
        "\x00",
    ]
)


@given(st.lists(PIECES | st.text(max_size=10), max_size=30), st.text(max_size=20))
def test_nothing_but_a_bad_answer_comes_of_garbage(pieces: list[str], content_type: str) -> None:
    with contextlib.suppress(ProviderBadAnswer):
        read("".join(pieces).encode("utf-8", "replace"), content_type)


@given(st.binary(max_size=300))
def test_nothing_but_a_bad_answer_comes_of_bytes(document: bytes) -> None:
    with contextlib.suppress(ProviderBadAnswer):
        read(b'<rss version="2.0"><channel>' + document)
