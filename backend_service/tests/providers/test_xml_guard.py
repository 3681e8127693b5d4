"""Documents that grow when they are read are refused before they are."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.xml_guard import (
    BROKEN_LIMIT,
    DEPTH_LIMIT,
    ELEMENT_LIMIT,
    refuse_dangerous_xml,
)

LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><rss><channel><title>&c;</title></channel></rss>"""
QUADRATIC = (
    f'<!DOCTYPE rss [<!ENTITY a "{"x" * 10_000}">]><rss><channel><title>{"&a;" * 10_000}'
    "</title></channel></rss>"
)
OUTSIDE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><title>&a;</title></rss>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><rss/>'
BROKEN = '<rss><title>x</rss><!entity a "b">'


@pytest.mark.parametrize("text", [LAUGHS, QUADRATIC, OUTSIDE, PARAMETER, BROKEN])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32-be"])
def test_entities_are_refused_in_every_encoding(text: str, encoding: str) -> None:
    started = time.monotonic()
    with pytest.raises(ProviderBadAnswer, match="declares entities"):
        refuse_dangerous_xml(text.encode(encoding), "example.com")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "iso-2022-jp", "no-such", "rot13", "zlib"])
def test_encodings_that_hide_are_refused(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?><rss/>'.encode()
    with pytest.raises(ProviderBadAnswer, match="encoding"):
        refuse_dangerous_xml(document, "example.com")


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel/></rss>',
        '<?xml version="1.0" encoding="windows-1252"?><rss>\xe4</rss>'.encode("cp1252"),
        '<?xml version="1.0" encoding="UTF-16"?><rss>\xe4</rss>'.encode("utf-16"),
        b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://a.b/rss.dtd"><rss/>',
        b"<rss><channel><title>AT&T &nbsp; <br> not well-formed</channel>",
        b"",
    ],
)
def test_ordinary_documents_pass(document: bytes) -> None:
    refuse_dangerous_xml(document, "example.com")


def test_depth_and_number_of_elements_are_limited() -> None:
    refuse_dangerous_xml(b"<a>" * DEPTH_LIMIT + b"</a>" * DEPTH_LIMIT, "example.com")
    with pytest.raises(ProviderBadAnswer, match="deeper"):
        refuse_dangerous_xml(b"<a>" * (DEPTH_LIMIT + 1), "example.com")
    with pytest.raises(ProviderBadAnswer, match="more than"):
        refuse_dangerous_xml(b"<a>" + b"<b/>" * ELEMENT_LIMIT + b"</a>", "example.com")


def test_broken_documents_are_read_up_to_a_size() -> None:
    refuse_dangerous_xml(b"<rss><b>" + b" " * (BROKEN_LIMIT - 8), "example.com")
    with pytest.raises(ProviderBadAnswer, match="well-formed"):
        refuse_dangerous_xml(b"<rss><b>" + b" " * BROKEN_LIMIT, "example.com")


@given(st.binary(max_size=400))
def test_nothing_but_a_refusal_comes_out(document: bytes) -> None:
    with contextlib.suppress(ProviderBadAnswer):
        refuse_dangerous_xml(document, "example.com")
