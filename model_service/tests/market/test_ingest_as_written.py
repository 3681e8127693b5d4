"""Columns as they are written: gaps and zeros stay, what cannot be read is refused."""

import numpy as np
import pytest

from model_service.errors import UnreadableCsv
from model_service.market.ingest.as_written import read_as_written

HEADER = "Timestamp,Open,High,Low,Close,Volume\n"
ROW = "2012-01-03,1,3,1,2,10\n"


def test_zeros_empty_cells_and_the_files_order_stay() -> None:
    text = HEADER + "2012-01-05,0.0,3,1,2,0\n2012-01-04,1,3,1,,\n" + ROW
    written = read_as_written(text.encode())
    assert written.time.tolist() == [1325721600, 1325635200, 1325548800]
    assert written.columns["open"].tolist() == [0.0, 1.0, 1.0]
    np.testing.assert_array_equal(written.columns["close"], [2.0, np.nan, 2.0])
    np.testing.assert_array_equal(written.columns["volume"], [0.0, np.nan, 10.0])
    assert written.lines.tolist() == [2, 3, 4]


def test_a_file_without_volume_has_none() -> None:
    written = read_as_written(b"Date,Open,High,Low,Close\n2012-01-03,1,3,1,2\n2012-01-04,1,3,1,2\n")
    assert written.columns["volume"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("text", "row", "says"),
    [
        (HEADER + ROW + "2012-13-45,1,3,1,2,10\n" + ROW, 3, "`2012-13-45` in line 3, not a date"),
        (HEADER + ROW + "2012-01-04,1,abc,1,2,10\n" + ROW, 3, "`High` is `abc` in line 3"),
        (HEADER + ROW + ROW + "2012-01-04,1,3,1,-2,10\n", 4, "`Close` is `-2` in line 4"),
        (HEADER + ROW + "2012-01-04,1,3\n" + ROW, 3, "does not have 6 cells"),
        ("Date,Open,Close\n2012-01-03,1,2\n", 1, "no column for high and low"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, row: int, says: str) -> None:
    with pytest.raises(UnreadableCsv) as refusal:
        read_as_written(text.encode())
    assert refusal.value.row == row
    assert says in refusal.value.detail
