"""`bellwether sentiment score`: one row out for each row in, whatever the file looks like."""

from __future__ import annotations

import csv
import gzip
import io
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from model_service.cli import sentiment
from model_service.cli.score_table import (
    SCORE_COLUMNS,
    name_columns,
    score_table,
    whole_or_not_at_all,
)
from model_service.cli.text_table import inspect_table
from model_service.errors import InvalidRequest, SentimentUnavailable

PLAIN = "date,headline,stock\n2020-01-02,Profit rose,A\n2020-01-03,Profit fell,B\n"


@pytest.fixture
def engine(fake_engine):
    return fake_engine("lite")


@pytest.fixture
def score(tmp_path, engine):
    """``score(content)``: the text that comes out of a file with that content."""

    def run(content, column="headline", name="in.csv", encoding="utf-8"):
        source, target = tmp_path / name, tmp_path / "out.csv"
        source.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        table = inspect_table(source, column)
        with whole_or_not_at_all(target, table.encoding) as out:
            score_table(table, engine, out.write, lambda _rows: None)
        return target.read_bytes().decode(table.encoding)

    return run


def rows_of(text, delimiter=","):
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def test_columns_stay_and_scores_come_behind_them(score) -> None:
    assert score(PLAIN) == (
        "date,headline,stock,label,positive,negative,neutral,score,engine,engine_version\n"
        "2020-01-02,Profit rose,A,positive,0.75,0.125,0.125,0.625,lite,lite-fake-1\n"
        "2020-01-03,Profit fell,B,negative,0.125,0.625,0.25,-0.5,lite,lite-fake-1\n"
    )


def test_quotes_and_line_breaks_stay_as_they_are_written(score) -> None:
    records = ['1,"Profit ""rose""\r\n, said all", "x"', "2,'Profit' \"fell\",y", '"3","",""']
    content = "\r\n".join(['id,"headline",z', *records, ""])
    lines = score(content)
    for record in records:
        assert f"{record}," in lines
    assert lines.count("\r\n") == content.count("\r\n")
    rows = rows_of(lines)
    assert [len(row) for row in rows] == [10] * 4
    assert rows[1][1] == 'Profit "rose"\r\n, said all'
    assert rows[3][3:] == [""] * 7


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PLAIN.encode("utf-8-sig"), "utf-8-sig"),
        (PLAIN.encode("utf-16"), "utf-16"),
        (PLAIN.replace("Profit", "Bénéfice – “net”").encode("cp1252"), "cp1252"),
        (PLAIN.replace("Profit", "利益 🚀 أرباح").encode(), "utf-8"),
        (PLAIN.replace("\n", "\r\n").encode(), "utf-8"),
        (PLAIN.replace("\n", "\r").encode(), "utf-8"),
        (PLAIN.rstrip("\n").encode(), "utf-8"),
    ],
)
def test_encodings_and_line_endings_are_kept(score, tmp_path, content, encoding) -> None:
    score(content)
    written = (tmp_path / "out.csv").read_bytes().decode(encoding)
    rows = rows_of(written)
    assert [row[:3] for row in rows] == rows_of(content.decode(encoding))
    assert [row[3] for row in rows] == ["label", "positive", "negative"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_found_and_kept(score, delimiter) -> None:
    content = PLAIN.replace(",", delimiter).replace("Profit rose", "Profit rose, they said")
    rows = rows_of(score(content), delimiter)
    assert [len(row) for row in rows] == [10] * 3
    assert rows[1][1] == "Profit rose, they said"


def test_ragged_rows_stay_aligned(score) -> None:
    rows = rows_of(score("id,headline\n1\n2,Profit rose,extra,more\n3,Profit fell\n"))
    assert rows[0] == ["id", "headline", "", "", *SCORE_COLUMNS]
    assert [len(row) for row in rows] == [11] * 4
    assert [row[4] for row in rows[1:]] == ["", "positive", "negative"]
    assert rows[2][:4] == ["2", "Profit rose", "extra", "more"]


def test_commas_in_a_file_of_one_column_are_part_of_the_text(score, engine) -> None:
    rows = rows_of(score('headline\nApple, Google rose\n"Profit, again, fell"\nflat\n'))
    assert [len(row) for row in rows] == [8] * 4
    assert engine.asked == [["Apple, Google rose", "Profit, again, fell", "flat"]]
    assert [row[0] for row in rows[1:]] == engine.asked[0]


def test_empty_lines_stay_empty_lines(score) -> None:
    assert score("\nheadline\n\nit rose\n\n\nit fell\n\n").split("\n") == [
        "",
        "headline,label,positive,negative,neutral,score,engine,engine_version",
        "",
        "it rose,positive,0.75,0.125,0.125,0.625,lite,lite-fake-1",
        "",
        "",
        "it fell,negative,0.125,0.625,0.25,-0.5,lite,lite-fake-1",
        "",
        "",
    ]


def test_a_row_without_a_text_keeps_its_place(score) -> None:
    rows = rows_of(score("headline,n\n,1\n \u200b,2\nit rose,3\n<p></p>,4\n"))
    assert [row[1:] for row in rows[1:] if row[1] != "3"] == [[n, *[""] * 7] for n in "124"]
    assert rows[3][2] == "positive"


def test_columns_that_are_there_already_are_neither_lost_nor_confused(score) -> None:
    rows = rows_of(score("label,headline,score,score\nmine,it rose,9,8\n"))
    assert rows[0] == [
        *["label", "headline", "score", "score", "sentiment_label", "positive", "negative"],
        *["neutral", "sentiment_score", "engine", "engine_version"],
    ]
    assert rows[1][:5] == ["mine", "it rose", "9", "8", "positive"]


@given(st.lists(st.sampled_from([*SCORE_COLUMNS, *(f"sentiment_{c}" for c in SCORE_COLUMNS)])))
def test_names_of_new_columns_are_never_taken(header: list[str]) -> None:
    names = name_columns(header)
    assert len(set(names)) == len(SCORE_COLUMNS)
    assert not set(names) & set(header)


def test_of_columns_of_the_same_name_the_first_is_scored(score) -> None:
    assert rows_of(score("headline,headline\nit rose,it fell\n"))[1][2] == "positive"


@pytest.mark.parametrize("name", ["Headline", " headline ", "HEADLINE"])
def test_case_and_spaces_of_the_name_do_not_matter(score, name) -> None:
    assert rows_of(score(f"id,{name}\n1,it rose\n"))[1][2] == "positive"


def test_a_header_without_rows_gets_its_columns(score) -> None:
    assert score("headline\n") == "headline," + ",".join(SCORE_COLUMNS) + "\n"


def test_zipped_files_are_read_and_written(tmp_path, engine) -> None:
    source, target = tmp_path / "in.csv.gz", tmp_path / "out.csv.gz"
    source.write_bytes(gzip.compress(PLAIN.encode()))
    table = inspect_table(source, "headline")
    with whole_or_not_at_all(target, table.encoding) as out:
        score_table(table, engine, out.write, lambda _rows: None)
    assert len(rows_of(gzip.decompress(target.read_bytes()).decode())) == 3


def test_many_rows_come_to_the_engine_in_parts(score, engine) -> None:
    rows = rows_of(score("headline\n" + "".join(f"{n} rose\n" for n in range(5_000))))
    assert [row[0] for row in rows[1:]] == [f"{n} rose" for n in range(5_000)]
    assert {row[1] for row in rows[1:]} == {"positive"}
    assert max(len(part) for part in engine.asked) < 5_000


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cs"]),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    table=st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_every_cell_comes_out_as_it_went_in(score, table, delimiter, quoting, ending) -> None:
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    writer.writerow(["id", "headline"])
    writer.writerows(table)
    scored = rows_of(score(content.getvalue()), delimiter)
    width = max([2, *map(len, table)])
    assert [row[:width] for row in scored[1:]] == [
        [*row, *[""] * (width - len(row))] for row in table
    ]
    assert {len(row) for row in scored} == {width + 7}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is not a text file"),
        (b"headline\n\x81\x8d\xff\n", "is not a text file"),
        (b"headline\n" + b"a" * 70_000 + b"\x81\n", "is not a text file"),
        (b"date,title [x]\n1,2\n", "has no column 'headline'; it has: date, title [x]"),
        (b'headline,n\n"it rose,1\nit fell,2\n', "ends inside a quote"),
        (b'headline\n"' + b"a" * 200_000 + b"\n", "is a quote not closed"),
        (b"\x1f\x8b\x08\x00broken", "cannot be read"),
        (gzip.compress(b"headline\n" + b"it rose\n" * 9_000, mtime=0)[:-20], "cannot be read"),
        (None, "No such file"),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(tmp_path, content, sentence) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    target.write_text("as it was")
    if content is not None:
        source.write_bytes(content)
    result = CliRunner().invoke(
        sentiment.app, ["score", str(source), "-o", str(target), "--engine", "lite"]
    )
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert target.read_text() == "as it was"
    assert not list(tmp_path.glob(".*.partial"))


@pytest.mark.parametrize("link", [False, True])
def test_the_output_may_not_be_the_input(tmp_path, link) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "in.csv"
    source.write_text(PLAIN)
    if link:
        target = tmp_path / "out.csv"
        target.hardlink_to(source)
    result = CliRunner().invoke(sentiment.app, ["score", str(source), "-o", str(target)])
    assert result.exit_code == 2
    assert "may not be the input" in result.stderr
    assert source.read_text() == PLAIN


def test_an_output_that_cannot_be_written_is_refused(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(PLAIN)
    for target in (tmp_path / "none" / "out.csv", tmp_path):
        run = ["score", str(source), "-o", str(target), "--engine", "lite"]
        assert CliRunner().invoke(sentiment.app, run).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_pipes_and_devices_are_neither_read_nor_replaced(tmp_path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(InvalidRequest, match="is a pipe"):
        inspect_table(pipe, "headline")
    with (
        pytest.raises(InvalidRequest, match="no ordinary file"),
        whole_or_not_at_all(pipe, "utf-8"),
    ):
        pass
    assert pipe.is_fifo()


def test_an_engine_that_breaks_leaves_nothing_behind(tmp_path, fake_engine) -> None:
    def before(texts):
        if "last" in texts:
            raise SentimentUnavailable("The budget of the day is spent.")

    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("headline\n" + "it rose\n" * 4_000 + "last\n")
    target.write_text("as it was")
    table = inspect_table(source, "headline")
    with (
        pytest.raises(SentimentUnavailable, match="budget"),
        whole_or_not_at_all(target, table.encoding) as out,
    ):
        score_table(table, fake_engine("openai", before), out.write, lambda _rows: None)
    assert target.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_an_absent_engine_that_is_asked_for_is_refused(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(PLAIN)
    result = CliRunner().invoke(
        sentiment.app,
        ["score", str(source), "--engine", "openai"],
        env={"OPENAI_API_KEY": ""},
    )
    assert result.exit_code == 2
    assert "OPENAI_API_KEY" in result.stderr
    assert result.stdout == ""


def test_auto_scores_offline_on_standard_output_and_says_by_what(tmp_path, monkeypatch) -> None:
    source = tmp_path / "in.csv"
    source.write_text(PLAIN)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(sentiment.app, ["score", str(source), "--engine", "auto"])
    assert result.exit_code == 0, result.stderr
    rows = rows_of(result.stdout)
    assert [row[3] for row in rows] == ["label", "positive", "negative"]
    assert {row[8] for row in rows[1:]} == {"lite"}
    assert "lite: FinBERT" in " ".join(result.stderr.split())
    assert "2 rows scored" in result.stderr


@pytest.mark.realdata
def test_real_headlines_are_scored_offline(market_data, tmp_path, monkeypatch) -> None:
    source = market_data / "nse" / "stock_headlines.csv"
    target = tmp_path / "out.csv"
    monkeypatch.chdir(tmp_path)
    run = ["score", str(source), "--column", "headline", "-o", str(target), "--engine", "lite"]
    assert CliRunner().invoke(sentiment.app, run).exit_code == 0
    rows, before = (rows_of(path.read_text("utf-8")) for path in (target, source))
    assert [row[:2] for row in rows] == before
    assert all(row[2] in {"positive", "negative", "neutral"} for row in rows[1:])
    for row in rows[1:]:
        positive, negative, neutral, score = map(float, row[3:7])
        assert positive + negative + neutral == pytest.approx(1.0, abs=1e-6)
        assert score == pytest.approx(positive - negative, abs=1e-6)


def test_a_missing_column_names_those_that_are_there(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(PLAIN)
    with pytest.raises(InvalidRequest) as refusal:
        inspect_table(source, "title")
    assert refusal.value.choices == ("date", "headline", "stock")
