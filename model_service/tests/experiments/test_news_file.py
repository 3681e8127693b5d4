"""Headlines of a file: when each counts, and what is refused with which line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import TrainingDataError
from model_service.experiments.news_file import (
    counts_from,
    read_headlines,
    score_headlines,
    with_news,
)
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.sentiment.engine import Score

MIDNIGHT = int(dt.datetime(2018, 1, 3, tzinfo=dt.UTC).timestamp())


class Optimist:
    """Scores a text by its number of exclamation marks."""

    name: Literal["lite"] = "lite"
    version = "marks"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(min(text.count("!") / 4, 1.0), 0.0, 0.0) for text in texts]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "published",
    [
        "2018-01-02",
        "2018-01-02T00:00:01Z",
        "2018-01-02T23:59:59+00:00",
        "2018-01-02 12:00:00",
        "2018-01-03T00:00:00Z",
        "2018-01-02T19:00:00-05:00",
    ],
)
def test_counts_from_the_midnight_that_follows(published: str) -> None:
    assert counts_from(published) == MIDNIGHT


@given(st.datetimes(timezones=st.timezones()))
def test_never_before_it_was_published(moment: dt.datetime) -> None:
    waited = counts_from(moment.isoformat()) - moment.timestamp()
    assert 0 <= waited < SECONDS_PER_DAY


def test_reads_scores_and_sorts_by_symbol(tmp_path: Path) -> None:
    path = write(
        tmp_path / "news.csv",
        "\ufeffDate,Ticker,source,Headline\n"
        '2018-01-02,A,wire,"Up, up!"\n'
        "2018-01-01,A,wire,Down\n"
        "2018-01-02,B,wire,Sideways!!\n"
        "2018-01-02,B,wire, \n",
    )
    read = score_headlines(read_headlines(path), Optimist())
    assert (read.engine, read.engine_version) == ("lite", "marks")
    news = read.by_symbol()
    assert news["A"].counts_from.tolist() == [MIDNIGHT - SECONDS_PER_DAY, MIDNIGHT]
    assert news["A"].score.tolist() == [0.0, 0.25]
    assert news["B"].score.tolist() == [0.5]


def test_candles_get_what_counts_by_their_last_one(
    tmp_path: Path, random_candles: Callable[..., Candles]
) -> None:
    candles = random_candles(10, symbol="A")
    rows = "".join(
        f"{np.datetime64(int(time), 's').astype('datetime64[D]')},A,x!\n" for time in candles.time
    )
    path = write(tmp_path / "news.csv", f"date,symbol,headline\n{rows}")
    read = score_headlines(read_headlines(path), Optimist())
    (known,) = with_news([candles], read)
    assert known.news is not None
    # The headline of the last day counts from the day after it.
    np.testing.assert_array_equal(known.news.counts_from, candles.time[1:])
    other = random_candles(10, symbol="B")
    assert with_news([other], read) == (other,)


@pytest.mark.parametrize(
    ("text", "row", "sentence"),
    [
        ("date,headline\n2018-01-01,x\n", 1, "no column `symbol`; it has date, headline"),
        ("date,symbol\n", 1, "no column `headline`"),
        ("", 1, "no column `symbol`; it has none"),
        ("date,symbol,headline\n2018-01-01,A,x\n01/02/2018,A,y\n", 3, "'01/02/2018'"),
        ("date,symbol,headline\n2018-01-01,,x\n", 2, "line 2 has no symbol"),
        ("date,symbol,headline\n2018-01-01,A,\n", None, "holds no headline"),
    ],
)
def test_refusals_name_the_line(tmp_path: Path, text: str, row: int | None, sentence: str) -> None:
    with pytest.raises(TrainingDataError, match=sentence) as caught:
        read_headlines(write(tmp_path / "news.csv", text))
    assert (caught.value.field, caught.value.row) == ("news", row)


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_bytes(b"date,symbol,headline\n2018-01-01,A,\xff\xfe\x00\n")
    with pytest.raises(TrainingDataError, match="not a CSV file in UTF-8"):
        read_headlines(tmp_path / "news.csv")
    with pytest.raises(TrainingDataError, match=r"no file 'none\.csv'"):
        read_headlines(tmp_path / "none.csv")
