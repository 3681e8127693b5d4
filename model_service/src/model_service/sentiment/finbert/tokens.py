"""Text to token ids, by the `tokenizers` package alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from model_service.errors import SentimentUnavailable


@dataclass(frozen=True)
class TokenFrame:
    """What a model wants around the tokens of a text.

    Attributes
    ----------
    before, after : tuple of int
        Such as ``[CLS]`` and ``[SEP]``.
    padding : int
        Id of the padding.
    longest : int
        Most tokens that the model reads at once, `before` and `after` included.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    padding: int
    longest: int

    @property
    def room(self) -> int:
        """Most tokens of a chunk of text."""
        return self.longest - len(self.before) - len(self.after)

    def wrap(self, tokens: list[int]) -> list[int]:
        """A chunk as the model reads it."""
        return [*self.before, *tokens, *self.after]


class Tokens:
    """A tokenizer that neither cuts nor pads; safe to use from several threads.

    Parameters
    ----------
    file : Path
        ``tokenizer.json``.

    Raises
    ------
    SentimentUnavailable
        If the file cannot be read.
    """

    def __init__(self, file: Path) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(file))
        except Exception as error:  # the package raises nothing narrower
            raise SentimentUnavailable(f"{file.name} of the export cannot be read.") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def __call__(self, text: str) -> list[int]:
        # Half a surrogate pair cannot be encoded; it is no character of any text.
        whole = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer.encode(whole, add_special_tokens=False).ids
        return ids
