"""SEntFiN's file, also its cells that are no literals."""

from pathlib import Path

import pytest

from model_service.sentiment.lite.sentfin import UnreadableSentiments, held_out, read_headlines

HEADER = "S No.,Title,Decisions,Words\n"


def write(folder: Path, rows: str) -> Path:
    (folder / "SEntFiN.csv").write_text(HEADER + rows, encoding="utf-8")
    return folder


def test_labels_of_entities(tmp_path: Path) -> None:
    rows = (
        "1,Vamola up,{'Vamola': 'positive'},2\n"
        "2,\"A, b\",\"{'A': 'positive', 'b': 'neutral'}\",2\n"
        "3,Both,\"{'C': 'negative', \"\"D's\"\": 'negative'}\",1\n"
        "4,Broken,{'Vamola's': 'neutral'},1\n"
    )
    headlines = read_headlines(write(tmp_path, rows))
    assert [one.entities for one in headlines] == [
        (("Vamola", "positive"),),
        (("A", "positive"), ("b", "neutral")),
        (("C", "negative"), ("D's", "negative")),
        (("Vamola's", "neutral"),),
    ]
    assert [one.label for one in headlines] == ["positive", None, "negative", "neutral"]


def test_about_a_fifth_is_held_out_whatever_the_spelling(tmp_path: Path) -> None:
    rows = "".join(
        f"{n},Headline {n},{{'x': 'neutral'}},2\n{n},HEADLINE  {n},{{'x': 'neutral'}},2\n"
        for n in range(1_000)
    )
    headlines = read_headlines(write(tmp_path, rows))
    assert 300 < len(held_out(headlines)[0]) < 500
    for one, twin in zip(headlines[::2], headlines[1::2], strict=True):
        assert one.held_out == twin.held_out


@pytest.mark.parametrize(("rows", "row"), [("1,Title,none,1\n", 2), ("1,,{'a': 'neutral'},1\n", 2)])
def test_a_row_without_a_label_or_title_is_named(tmp_path: Path, rows: str, row: int) -> None:
    with pytest.raises(UnreadableSentiments) as caught:
        read_headlines(write(tmp_path, rows))
    assert caught.value.row == row


def test_a_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSentiments, match=r"SEntFiN\.csv"):
        read_headlines(tmp_path)
