"""From the bytes of an upload to UTF-8 text with one kind of line end.

Plain, gzip and zip files are told apart by their first bytes, never by their names. Unpacking is
bounded: at most ``max_bytes`` leave a decompressor, whatever the archive promises.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from model_service.errors import PayloadTooLarge, UnreadableCsv

if TYPE_CHECKING:
    from model_service.market.ingest.issues import IssueLog

WHOLE_FILE = 1
"""The row of a refusal or an issue that means the whole file."""
FILE_FIELD = "file"

MAX_PARTS = 20_000
"""Gzip members or zip entries: each costs time, even an empty one."""

_GZIP, _GZIP_MEMBER = b"\x1f\x8b", b"\x1f\x8b\x08"
_ZIP, _ZIP_EMPTY, _ZIP_ENTRY = b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its prefix
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (re.compile(rb"\s*%PDF-"), "a PDF"),
    (re.compile(rb"\s*<(!doctype|html|head|body|table|script|\?xml)\b", re.IGNORECASE), "HTML"),
    (re.compile(rb"\s*[{\[]"), "JSON"),
    (re.compile(rb"PAR1|ARROW1"), "a Parquet or Arrow file"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Excel workbook"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "a picture"),
)


def refuse_file(reason: str) -> UnreadableCsv:
    """A refusal that means the file as a whole."""
    return UnreadableCsv(reason, field=FILE_FIELD, row=WHOLE_FILE)


def unpack(data: bytes, *, max_bytes: int) -> bytes:
    """Take the one CSV out of a gzip or zip file; other bytes pass as they are.

    Raises
    ------
    PayloadTooLarge
        More than `max_bytes`, packed or unpacked.
    UnreadableCsv
        A damaged, encrypted or multi-file archive.
    """
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    if data.startswith(_GZIP):
        return _gunzip(data, max_bytes)
    if data.startswith((_ZIP, _ZIP_EMPTY)):
        return _unzip(data, max_bytes)
    return data


def decode(data: bytes, log: IssueLog) -> bytes:
    r"""Text of any usual encoding as UTF-8 without a byte order mark, lines ending in ``\n``."""
    for pattern, name in _OTHER_FORMATS:
        if pattern.match(data):
            raise refuse_file(f"The file is {name}, not a CSV of candles.")
    text = _to_utf8(data, log)
    if b"\0" in text:
        raise refuse_file("The file is binary, not a CSV of candles.")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not text.strip():
        raise refuse_file("The file is empty.")
    return text


def _to_utf8(data: bytes, log: IssueLog) -> bytes:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            if encoding == "utf-8":
                data = data[len(mark) :]
                break
            return _transcode(data, encoding, log)
    else:
        zeros_even, zeros_odd = data[:400:2].count(0), data[1:400:2].count(0)
        quarter = min(len(data), 400) // 4
        if zeros_odd > quarter > zeros_even:
            return _transcode(data, "utf-16-le", log)
        if zeros_even > quarter > zeros_odd:
            return _transcode(data, "utf-16-be", log)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # Every byte has a meaning in Latin-1, so only control characters can tell binary data.
        if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data[:4096]):
            raise refuse_file("The file is binary, not a CSV of candles.") from None
        try:
            return _transcode(data, "cp1252", log)
        except UnreadableCsv:
            return _transcode(data, "latin-1", log)
    return data


def _transcode(data: bytes, encoding: str, log: IssueLog) -> bytes:
    try:
        text = data.decode(encoding).removeprefix("\ufeff").encode("utf-8")
    except UnicodeError:
        raise refuse_file(f"The file is not valid {encoding.upper()} text.") from None
    log.add_file("encoding", "converted", f"The text was read as {encoding.upper()}.")
    return text


def _gunzip(data: bytes, max_bytes: int) -> bytes:
    if data.count(_GZIP_MEMBER) > MAX_PARTS:
        raise refuse_file(f"The gzip file has more than {MAX_PARTS:,} parts.")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            content = stream.read(max_bytes + 1)
    except EOFError:
        raise refuse_file("The gzip file ends too early.") from None
    except (OSError, zlib.error):
        raise refuse_file("The gzip file is damaged.") from None
    if len(content) > max_bytes:
        raise _too_large(max_bytes)
    return content


def _unzip(data: bytes, max_bytes: int) -> bytes:
    if data.count(_ZIP_ENTRY) > MAX_PARTS:
        raise refuse_file(f"The zip file has more than {MAX_PARTS:,} entries.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir() and not member.filename.startswith("__MACOSX/")
            ]
            if len(members) != 1:
                raise refuse_file(
                    f"The zip file holds {len(members)} files; it must hold exactly one CSV."
                )
            if members[0].flag_bits & 0x1:
                raise refuse_file("The zip file is encrypted.")
            with archive.open(members[0]) as stream:
                content = stream.read(max_bytes + 1)
    except UnreadableCsv:
        raise
    except Exception:
        raise refuse_file("The zip file is damaged or packed in an unknown way.") from None
    if len(content) > max_bytes:
        raise _too_large(max_bytes)
    if content.startswith((_GZIP, _ZIP)):
        raise refuse_file("The zip file holds another archive, not a CSV.")
    return content


def _too_large(max_bytes: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"The file is larger than {max_bytes / 2**20:g} MiB unpacked.",
        field=FILE_FIELD,
        row=WHOLE_FILE,
        limit=max_bytes,
    )
