"""The whole page: it stands alone, is well formed, and takes everything for data."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from model_service.evaluation.html_report import render_report

FORMS = {
    "full": {},
    "one seed": {"seeds": 1},
    "baselines": {"with_agent": False},
    "one symbol": {"symbols": ("AAPL",), "protocol": "agent"},
    "one network": {"symbols": ("AAPL",), "protocol": "agent", "seeds": 1},
    "many symbols": {"symbols": tuple(f"S{place}" for place in range(30))},
    "short": {"candles": 3},
    "ablation": {"protocol": "ablation"},
    "ablation of one seed and symbol": {"protocol": "ablation", "seeds": 1, "symbols": ("AAPL",)},
    "ablation without agent": {"protocol": "ablation", "with_agent": False},
}
VOID = {"meta", "link", "br"}
SELF_CLOSED = {"path", "rect", "line", "circle"}


class Page(HTMLParser):
    """Tags in order, and whether each that opens is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in SELF_CLOSED
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(params=[*FORMS, "nothing unseen"])
def report(request, example_report):
    if request.param == "nothing unseen":
        return example_report.make_unseen_nothing_report()
    return example_report.make_example_report(**FORMS[request.param])


def test_every_form_is_a_well_formed_page_that_asks_for_nothing(report):
    text = render_report(report)
    page = Page(text)
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "iframe", "object", "embed", "form", "a", "base"}
    assert [attrs["href"] for tag, attrs in page.tags if tag == "link"] == ["data:,"]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", text)
    policy = next(attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"\b(nan|None|Undefined|inf)\b", page.text)
    assert report["sentence"] in page.text


def test_the_same_report_gives_the_same_page(report):
    assert render_report(report) == render_report(report)


def test_sections_stand_in_their_order(example_report):
    text = render_report(example_report.make_example_report())
    assert re.findall(r"<h2>(.*?)</h2>", text) == [
        "1 alarm raised",
        "Warnings",
        "Net worth in the test",
        "Symbols",
        "Better, or luck?",
        "If trading cost more",
        "Bull, bear and sideways",
        "Years and months",
        "Where the profit came from",
        "5 alarms that stayed quiet",
        "Passport",
    ]


def test_the_news_has_its_section_where_an_ablation_was_made(example_report):
    title = "<h2>Does the news help?</h2>"
    text = render_report(example_report.make_example_report(protocol="ablation"))
    assert text.index(title) < text.index("<h2>Net worth in the test</h2>")
    baselines = example_report.make_example_report(protocol="ablation", with_agent=False)
    older = example_report.make_example_report()
    del older["ablation"]
    for report in (baselines, older):
        assert title not in render_report(report)


@pytest.mark.parametrize(
    ("verdict", "badge"),
    [
        ("helps", "▲ Helps"),
        ("indistinguishable", "≈ Indistinguishable"),
        ("hurts", "▼ Hurts"),
    ],
)
def test_the_section_on_the_news_says_what_it_is_worth(example_report, verdict, badge):
    report = example_report.make_example_report(protocol="ablation")
    report["ablation"]["verdict"] = verdict
    text = render_report(report)
    assert f'<p class="badge {verdict}">' in text
    words = Page(text).text
    for part in (
        badge,
        report["ablation"]["sentence"],
        "Lagged news The same news, 5 candles late. 0.70 ± 0.08 +17.5 % 41.3",
        "Without news +0.39 +0.09 to +0.69 p 0.003",
        "Lagged news −0.09 −0.59 to +0.41 p 0.470",
        "news that is 5 candles old",
        "All symbols 6,015 1,800 750 of 3,018 25 %",
        "Scored by lite, version lite-example.",
        "No news is not neutral news",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("verdict", "badge"),
    [
        ("beats", "Beats buy and hold"),
        ("indistinguishable", "Indistinguishable from buy and hold"),
        ("loses", "Loses to buy and hold"),
        (None, "No verdict"),
    ],
)
def test_the_badge_says_the_verdict(example_report, verdict, badge):
    text = render_report(example_report.make_example_report() | {"verdict": verdict})
    assert f'<p class="badge {verdict or "none"}">' in text
    assert badge in Page(text).text


def test_each_symbol_of_several_has_a_small_fan_and_a_single_one_its_closes(example_report):
    several = render_report(example_report.make_example_report())
    assert several.count('<figure class="figure small">') == 6
    assert "Close of" not in several
    single = render_report(example_report.make_example_report(symbols=("AAPL",)))
    assert single.count('<figure class="figure small">') == 0
    assert "Close of AAPL" in single


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "gone at a commission of 31.0 bps . No commission up to 1,000 bps brings it level"),
        ({"break_even_commission_bps": None}, "it still earns at 1,000 bps"),
        ({"break_even_against_buy_and_hold_bps": 4.0}, "level with buy and hold at 4.0 bps"),
    ],
)
def test_the_break_even_point_is_said_or_said_to_be_absent(example_report, change, words):
    report = example_report.make_example_report()
    report["cost_stress"] |= change
    assert words in Page(render_report(report)).text


def test_an_agent_that_never_earns_is_said_to_have_no_break_even(example_report):
    report = example_report.make_example_report()
    report["cost_stress"]["break_even_commission_bps"] = None
    for point in report["cost_stress"]["commission"]:
        point["total_return_fraction"] = -0.1
    assert (
        "it makes no money at any. No commission up to 1,000 bps"
        in Page(render_report(report)).text
    )


def test_too_few_dates_for_a_difference_still_show_the_track_record(example_report):
    report = example_report.make_example_report() | {"paired": None}
    text = Page(render_report(report)).text
    assert "Studentised" not in text
    assert "(it has 503)" in text


HOSTILE = "</style></svg><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
CHOSEN = {
    "protocol", "verdict", "kind", "may_trade", "fill", "price_basis", "side", "name", "against",
}  # fmt: skip
"""Words of a fixed list, which are looked up."""


def poisoned(value, key=""):
    if isinstance(value, dict):
        return {
            HOSTILE if key in ("packages", "config") else name: poisoned(inner, name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [poisoned(inner, key) for inner in value]
    return HOSTILE if isinstance(value, str) and key not in CHOSEN else value


def test_whatever_a_report_says_is_data(report):
    text = render_report(poisoned(report))
    page = Page(text)
    assert page.open == []
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert "<script" not in text
    assert "{{ 7*7 }}" in text
