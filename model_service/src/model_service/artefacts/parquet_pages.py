"""How much the pages of a Parquet file say that they unpack to, read before anything is unpacked.

Each page is preceded by a `PageHeader` in Thrift's compact protocol, whose second field is the
size that a reader makes room for. What a file's footer says about sizes is not what counts.
"""

from __future__ import annotations

from dataclasses import dataclass

_UNPACKED_SIZE, _PACKED_SIZE = 2, 3
_MAX_HEADER_BYTES = 4_096
"""One of a column of numbers takes a few dozen."""
_MAX_DEPTH = 8
_MAX_VARINT_BYTES = 10

# Types of the compact protocol.
_BOOLEANS, _BYTE, _INTEGERS, _DOUBLE, _BINARY = (1, 2), 3, (4, 5, 6), 7, 8
_LISTS, _STRUCT = (9, 10), 12


class UnreadablePages(ValueError):
    """Bytes that are no pages."""


def unpacked_bytes(content: bytes, start: int, length: int, *, max_pages: int) -> int:
    """Sum of what the pages in ``content[start:start + length]`` unpack to.

    Raises
    ------
    UnreadablePages
        If there is anything but pages, or more than `max_pages` of them.
    """
    stop = start + length
    if start < 0 or length < 0 or stop > len(content):
        raise UnreadablePages("A column lies outside of the file.")
    total = pages = 0
    while start < stop:
        pages += 1
        if pages > max_pages:
            raise UnreadablePages(f"There are more than {max_pages:,} pages.")
        header = _Header(content, start, min(stop, start + _MAX_HEADER_BYTES))
        sizes = header.read_sizes()
        start = header.position + sizes.packed
        total += sizes.unpacked
    if start != stop:
        raise UnreadablePages("A page reaches beyond its column.")
    return total


@dataclass(frozen=True)
class _Sizes:
    packed: int
    unpacked: int


class _Header:
    """One header, read forwards; never beyond `stop`."""

    def __init__(self, content: bytes, start: int, stop: int) -> None:
        self._content = content
        self._stop = stop
        self.position = start

    def read_sizes(self) -> _Sizes:
        found: dict[int, int] = {}
        number = 0
        while (field := self._field(number)) is not None:
            number, kind = field
            if number in (_UNPACKED_SIZE, _PACKED_SIZE) and kind in _INTEGERS:
                if number in found:
                    raise UnreadablePages("A page says its size twice.")
                found[number] = self._zigzag()
            else:
                self._skip(kind, _MAX_DEPTH)
        sizes = _Sizes(found.get(_PACKED_SIZE, -1), found.get(_UNPACKED_SIZE, -1))
        if sizes.packed < 0 or sizes.unpacked < 0:
            raise UnreadablePages("A page does not say its size.")
        return sizes

    def _field(self, last: int) -> tuple[int, int] | None:
        """Number and type of the next field; None at the end of the struct."""
        byte = self._byte()
        if byte == 0:
            return None
        step, kind = byte >> 4, byte & 15
        return (last + step if step else self._zigzag()), kind

    def _skip(self, kind: int, depth: int) -> None:
        if depth == 0:
            raise UnreadablePages("A page's header is nested too deeply.")
        if kind == _BYTE:
            self._advance(1)
        elif kind in _INTEGERS:
            self._varint()
        elif kind == _DOUBLE:
            self._advance(8)
        elif kind == _BINARY:
            self._advance(self._varint())
        elif kind in _LISTS:
            self._skip_list(depth)
        elif kind == _STRUCT:
            number = 0
            while (field := self._field(number)) is not None:
                number, inner = field
                self._skip(inner, depth - 1)
        elif kind not in _BOOLEANS:
            raise UnreadablePages("A page's header holds what no header has.")

    def _skip_list(self, depth: int) -> None:
        byte = self._byte()
        count, kind = byte >> 4, byte & 15
        if count == 15:
            count = self._varint()
        if kind in _BOOLEANS:
            self._advance(count)
            return
        for _ in range(count):
            self._skip(kind, depth - 1)

    def _byte(self) -> int:
        self._advance(1)
        return self._content[self.position - 1]

    def _varint(self) -> int:
        value = 0
        for place in range(_MAX_VARINT_BYTES):
            byte = self._byte()
            value |= (byte & 127) << (7 * place)
            if byte < 128:
                return value
        raise UnreadablePages("A page's header holds a number without an end.")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _advance(self, count: int) -> None:
        # Also what bounds a list that says it has very many items: each takes a byte at least.
        if self.position + count > self._stop:
            raise UnreadablePages("A page's header is cut short.")
        self.position += count
