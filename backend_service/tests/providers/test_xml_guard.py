"""Documents that grow when they are read are refused before they are."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.xml_guard import (
    ATTRIBUTE_LIMIT,
    BROKEN_LIMIT,
    DEPTH_LIMIT,
    ELEMENT_LIMIT,
    read_charset,
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
    with pytest.raises(ProviderBadAnswer, match="elements"):
        refuse_dangerous_xml(b"<a>" + b"<b/>" * ELEMENT_LIMIT + b"</a>", "example.com")


@pytest.mark.parametrize("start", ["", '<?xml version="1.0" encoding="gbk"?>', "<a>&nbsp;", "\n "])
@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16"])
def test_attributes_are_limited(start: str, encoding: str) -> None:
    many = " ".join(f"a{number}='x'" for number in range(ATTRIBUTE_LIMIT + 1))
    document = f"{start}<rss {many}/>".replace("gbk", "utf-16" if encoding == "utf-16" else "gbk")
    with pytest.raises(ProviderBadAnswer, match="attributes"):
        refuse_dangerous_xml(document.encode(encoding), "example.com")


def test_encodings_of_32_bits_are_refused() -> None:
    for encoding in ("utf-32", "utf-32-le", "utf-32-be"):
        with pytest.raises(ProviderBadAnswer, match="encoding"):
            refuse_dangerous_xml("<rss/>".encode(encoding), "example.com")


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("application/rss+xml", None),
        ('text/xml; charset="UTF-8"', "utf-8"),
        ("text/xml;charset=windows-1252", "cp1252"),
        ("text/xml; charset=utf-16", None),
    ],
)
def test_charsets_of_http(content_type: str, charset: str | None) -> None:
    assert read_charset(content_type, "example.com") == charset


@pytest.mark.parametrize("charset", ["utf-7", "cp037", "nonsense", "rot13"])
def test_charsets_that_hide_are_refused(charset: str) -> None:
    with pytest.raises(ProviderBadAnswer, match="encoding"):
        read_charset(f"text/xml; charset={charset}", "example.com")


def test_broken_documents_are_read_up_to_a_size() -> None:
    refuse_dangerous_xml(b"<rss><b>" + b" " * (BROKEN_LIMIT - 8), "example.com")
    with pytest.raises(ProviderBadAnswer, match="well-formed"):
        refuse_dangerous_xml(b"<rss><b>" + b" " * BROKEN_LIMIT, "example.com")


@given(st.binary(max_size=400))
def test_nothing_but_a_refusal_comes_out(document: bytes) -> None:
    with contextlib.suppress(ProviderBadAnswer):
        refuse_dangerous_xml(document, "example.com")


@pytest.mark.parametrize("piece", [b"<!DOCTYPE", b"<!DOCTYPE ", b"<! ", b"<!" + b" " * 999])
def test_beginnings_of_declarations_are_read_in_a_time_that_grows_with_their_number(
    piece: bytes,
) -> None:
    document = b"<rss>" + piece * (2_000_000 // len(piece))
    started = time.monotonic()
    with pytest.raises(ProviderBadAnswer, match="no well-formed XML"):
        refuse_dangerous_xml(document, "example.com")
    assert time.monotonic() - started < 2
