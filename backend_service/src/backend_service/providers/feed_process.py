"""Feeds read in a process of their own, which can be ended.

A parser of whatever strangers send meets documents that it would read for hours, some of them
inside a single search of a regular expression, during which no other thread of its process runs
(feedparser looks for an e-mail address in an author that way). A thread cannot be ended, and a
process can.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from typing import Final

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.feed_documents import read_feed
from backend_service.providers.news import NewsItem

_MEMORY: Final = 2 * 1024**3
"""Bytes of address space of the process."""
_CPU_SECONDS: Final = 60
"""It ends by itself after so long, whatever became of the one who waits for it."""


async def read_feed_apart(
    document: bytes, content_type: str, url: str, now: datetime
) -> tuple[NewsItem, ...]:
    """What :func:`~backend_service.providers.feed_documents.read_feed` says of the same.

    The process ends when the caller stops waiting, which has to be bounded.

    Raises
    ------
    ProviderBadAnswer
        It is no feed, or one that is dangerous to read.
    """
    asked = {"content_type": content_type, "url": url, "now": now.isoformat()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "backend_service.providers.feed_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        answer, _ = await process.communicate(json.dumps(asked).encode() + b"\n" + document)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ProviderBadAnswer("The feed takes more time or memory to read than it may.")
    told = json.loads(answer)
    if "refusal" in told:
        raise ProviderBadAnswer(told["refusal"])
    return tuple(
        NewsItem(headline, datetime.fromisoformat(published_at), precision, source, link)
        for headline, published_at, precision, source, link in told["items"]
    )


def main() -> None:
    """Read a question and a document from standard input; write the answer as JSON."""
    _limit_resources()
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        items = read_feed(
            sys.stdin.buffer.read(),
            asked["content_type"],
            asked["url"],
            datetime.fromisoformat(asked["now"]),
        )
    except ProviderBadAnswer as error:
        sys.stdout.write(json.dumps({"refusal": error.detail}))
        return
    told = [
        (item.headline, item.published_at.isoformat(), item.precision, item.source, item.url)
        for item in items
    ]
    sys.stdout.write(json.dumps({"items": told}))


def _limit_resources() -> None:
    if sys.platform == "win32":  # it has no such limits
        return
    import resource

    for kind, limit in ((resource.RLIMIT_CPU, _CPU_SECONDS), (resource.RLIMIT_AS, _MEMORY)):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main()
