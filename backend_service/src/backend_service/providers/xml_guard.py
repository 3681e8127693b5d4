"""What has to be known of an XML document before a lenient parser may read it.

Entities that are made of entities grow to gigabytes; nesting and numbers of elements grow to
minutes. Feeds need neither, so documents that have them are refused. The first look is at the
bytes, as it also has to cover what is no well-formed XML; the second is by expat, which is fast
and stops at the first thing that is refused.
"""

from __future__ import annotations

import codecs
import re
from typing import Final
from xml.parsers import expat

from backend_service.errors import ProviderBadAnswer

DEPTH_LIMIT: Final = 100
ATTRIBUTE_LIMIT: Final = 100
"""Of one element; feedparser takes time that grows with the square of their number."""
ELEMENT_LIMIT: Final = 100_000
BROKEN_LIMIT: Final = 512 * 1024
"""Largest document that is not well-formed; what parsers that forgive do with one takes time."""
# Neither part reads on past the next "<": a megabyte of "<!DOCTYPE" would take hours.
_ENTITY: Final = re.compile(rb"<!\s*ENTITY|<!\s*DOCTYPE[^<>]*\[", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']""")
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([^\s;"']{1,40})""", re.IGNORECASE)
_START: Final = 1_024
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")
_UTF32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"<\0\0\0", b"\0\0\0<")
_ENCODINGS: Final = frozenset(
    {
        "ascii",
        "big5",
        "cp949",
        "euc_jp",
        "euc_kr",
        "gb18030",
        "gb2312",
        "gbk",
        "koi8-r",
        "koi8-u",
        "shift_jis",
        "utf-8",
        "utf-16",
        "utf-16-be",
        "utf-16-le",
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in range(1, 17)),
    }
)
"""In these the bytes of ``<!ENTITY`` look like themselves, zeros apart; not so in UTF-7."""


def refuse_dangerous_xml(document: bytes, host: str) -> None:
    """Refuse what would take much more to read than its size tells.

    Parameters
    ----------
    document : bytes
        Well-formed or not.
    host : str
        For the sentence of the refusal.

    Raises
    ------
    ProviderBadAnswer
        The document declares entities, has an encoding that feeds do not have, nests deeper than
        100, has more than 100,000 elements or 100 attributes of one, or is broken and larger than
        512 KiB.
    """
    declared = _DECLARED.search(document[:_START].replace(b"\0", b""))
    if declared is not None:
        _require_known_encoding(declared[1].decode("latin-1"), host)
    if _ENTITY.search(document.replace(b"\0", b"")):
        raise ProviderBadAnswer(f"{host} gave XML that declares entities; it is not read.")
    if document.startswith(_UTF32):
        raise _refuse_encoding(host)
    reader = _Measure(host)
    try:
        reader.read(document)
    except expat.ExpatError as error:
        if len(document) > BROKEN_LIMIT:
            raise ProviderBadAnswer(
                f"{host} gave {len(document):,} bytes that are no well-formed XML."
            ) from error


def read_charset(content_type: str, host: str) -> str | None:
    """The encoding that HTTP names, for a parser that believes it before it looks.

    None where there is none, or UTF-16, which the bytes tell better.

    Raises
    ------
    ProviderBadAnswer
        It is one that feeds do not have.
    """
    match = _CHARSET.search(content_type)
    if match is None:
        return None
    name = _require_known_encoding(match[1], host)
    return None if name.startswith("utf-16") else name


def _require_known_encoding(name: str, host: str) -> str:
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        raise _refuse_encoding(host) from None
    if known not in _ENCODINGS:
        raise _refuse_encoding(host)
    return known


def _refuse_encoding(host: str) -> ProviderBadAnswer:
    return ProviderBadAnswer(f"{host} gave XML in an encoding that is not read.")


class _Measure:
    """Counts elements, depth and attributes; keeps nothing."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._depth = 0
        self._elements = 0

    def read(self, document: bytes) -> None:
        # Of all encodings but UTF-16 the structure is ASCII: read as Latin-1 it is the same, also
        # where expat does not know the encoding and would stop before the parser after it does.
        wide = document.startswith(_UTF16)
        parser = expat.ParserCreate(None if wide else "iso-8859-1")
        # Then entities that are not declared, such as &nbsp;, are no errors.
        parser.UseForeignDTD(True)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._declare
        parser.Parse(document.removeprefix(codecs.BOM_UTF8).lstrip(), True)

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH_LIMIT:
            reason = f"{self._host} gave XML that nests deeper than {DEPTH_LIMIT} elements."
            raise ProviderBadAnswer(reason)
        if len(attributes) > ATTRIBUTE_LIMIT:
            reason = f"{self._host} gave XML with more than {ATTRIBUTE_LIMIT} attributes at once."
            raise ProviderBadAnswer(reason)
        if self._elements > ELEMENT_LIMIT:
            reason = f"{self._host} gave XML of more than {ELEMENT_LIMIT:,} elements."
            raise ProviderBadAnswer(reason)

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _declare(self, *_declaration: object) -> None:
        raise ProviderBadAnswer(f"{self._host} gave XML that declares entities; it is not read.")
