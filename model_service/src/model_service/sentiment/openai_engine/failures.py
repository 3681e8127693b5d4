"""A request to an endpoint that got no answer."""

from __future__ import annotations


class Failure(Exception):
    """A request without an answer.

    Parameters
    ----------
    sentence : str
        What a person may read of it.
    retry : bool
        Whether the same request may be answered later.
    wait_seconds : float, optional
        How long the endpoint asks to wait for that.
    billed : bool
        Whether it may have cost something.
    """

    def __init__(
        self,
        sentence: str,
        *,
        retry: bool = False,
        wait_seconds: float | None = None,
        billed: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry = retry
        self.wait_seconds = wait_seconds
        self.billed = billed
