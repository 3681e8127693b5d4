"""File names of downloads: harmless whatever a symbol is called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.evaluations.downloads import file_name_of
from backend_service.market_data.schemas import SYMBOL_LENGTH, SYMBOL_PATTERN


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("NHPC", "default"), "bellwether-NHPC-default.html"),
        (("7203.T", "my_agent"), "bellwether-7203_T-my_agent.html"),
        (("^GSPC", "default"), "bellwether-GSPC-default.html"),
        (("M&M=X",), "bellwether-M_M_X.html"),
        (("^", "default"), "bellwether-default.html"),
        (("../../etc/passwd\r\nX: y",), "bellwether-etc_passwd_X_y.html"),
    ],
)
def test_a_name_keeps_what_is_harmless(parts: tuple[str, ...], name: str) -> None:
    assert file_name_of(*parts) == name


@given(
    symbol=st.from_regex(SYMBOL_PATTERN, fullmatch=True).filter(lambda s: len(s) <= SYMBOL_LENGTH)
)
def test_every_symbol_has_a_name_that_is_one_plain_component(symbol: str) -> None:
    assert re.fullmatch(r"bellwether[A-Za-z0-9_-]*\.html", file_name_of(symbol, "default"))
