"""Texts as words: what a reader would call words, numbers and signs, in small letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARACTERS: Final = 20_000
"""What lies beyond is not read, so that any text is scored in bounded time."""

_TOKEN = re.compile(
    r"[qh][1-4]\b|[^\W\d_]+(?:['’]t\b)?"  # a word; don't and q2 stay one
    r"|(?:(?<![\w)])[-−–])?\d+(?:[.,]\d+)*"  # a number, with its sign
    r"|\.(?=\s)(?<=[^\W_]{3}.)(?<!\brs.)"  # the end of a sentence
    r"|[%$€£₹();:,]"
)


def split_words(text: str) -> list[str]:
    """Words, numbers and signs of a text, in order.

    Parameters
    ----------
    text : str
        Anything; only its first `MAX_CHARACTERS` characters are read.
    """
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _TOKEN.findall(text.lower())


def number_value(token: str) -> float:
    """The value of a number token, at most 1e18 in size.

    A comma before three digits groups thousands (``1,417``), any other is a decimal sign
    (``13,1``); of both kinds in one number the last is the decimal sign.
    """
    sign = -1.0 if token[0] in "-−–" else 1.0
    digits = token.lstrip("-−–")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        group, decimal = (",", ".") if point > comma else (".", ",")
        digits = digits.replace(group, "").replace(decimal, ".")
    elif comma >= 0:
        grouped = digits.count(",") > 1 or len(digits) - comma - 1 == 3
        digits = digits.replace(",", "" if grouped else ".")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    if digits.count(".") > 1 or len(digits) > 18:
        return sign * 1e18
    return sign * float(digits)
