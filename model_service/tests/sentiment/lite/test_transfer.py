"""How the shipped weights do: on the held-out fifth, and on sentences of another source.

The sentences in `data/` were written for these tests by people who had not seen the engine's rules
or grammars; the engine was developed with the first file and is measured by the second.
"""

from pathlib import Path

import pytest

from model_service.sentiment.lite.comparison import gather_sets, read_labelled
from model_service.sentiment.lite.engine import LiteEngine
from model_service.sentiment.lite.lesson import measure
from model_service.sentiment.lite.sentfin import UnreadableSentiments

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(("name", "floor"), [("transfer_dev", 0.90), ("transfer_test", 0.82)])
def test_it_carries_over_to_company_reports(name: str, floor: float) -> None:
    labelled = read_labelled(DATA / f"{name}.csv")
    assert measure(LiteEngine.load(), labelled.texts, labelled.labels).macro_f1 >= floor


@pytest.mark.realdata
def test_it_knows_headlines_that_it_was_not_trained_on(market_data: Path) -> None:
    for labelled in gather_sets(market_data / "sentfin", []).values():
        assert len(labelled.texts) > 1_000
        assert measure(LiteEngine.load(), labelled.texts, labelled.labels).macro_f1 >= 0.83


@pytest.mark.parametrize("rows", ["", "a\n", "a,good\n", ",neutral\n"])
def test_a_file_without_labels_is_refused(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "set.csv"
    path.write_text("text,label\n" + rows, encoding="utf-8")
    with pytest.raises(UnreadableSentiments):
        read_labelled(path)
