"""The files of a model in a local folder: given, cached, or fetched from the hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.exported import CONFIG, is_local
from model_service.sentiment.finbert.weights import (
    TOKENIZER_FILES,
    WEIGHT_FILES,
    cached_snapshot,
    weights_at_hand,
)

_HUB_SECONDS = 10.0


@dataclass(frozen=True)
class Snapshot:
    """The files of a model at one revision; None where it was given as a folder."""

    folder: Path
    revision: str | None


def fetch(source: str, endpoint: str | None, tell: Callable[[str], None]) -> Snapshot:
    """The files of a model; what the hub's cache holds is not asked for again.

    Raises
    ------
    SentimentUnavailable
        If there is no such model or the hub cannot be reached.
    """
    if is_local(source):
        folder = Path(source).expanduser()
        if not weights_at_hand(source):
            raise SentimentUnavailable(
                f"{folder.name} holds no model: {CONFIG}, {' or '.join(WEIGHT_FILES)} and "
                "vocab.txt or tokenizer.json are needed."
            )
        return Snapshot(folder, None)
    cached = cached_snapshot(source)
    if cached is not None:
        return Snapshot(cached, cached.name)
    tell(f"Fetching {source}")
    try:
        info = huggingface_hub.HfApi(endpoint=endpoint).model_info(source, timeout=_HUB_SECONDS)
        offered = {file.rfilename for file in info.siblings or ()}
        weights = next((name for name in WEIGHT_FILES if name in offered), None)
        if weights is None or CONFIG not in offered:
            raise SentimentUnavailable(
                f"{source} on the hub has no {CONFIG} with {' or '.join(WEIGHT_FILES)}."
            )
        wanted = [name for name in (CONFIG, *TOKENIZER_FILES) if name in offered]
        # By its branch: what is fetched by its commit is not found again in the cache by name.
        folder = huggingface_hub.snapshot_download(
            source,
            allow_patterns=[*wanted, weights],
            endpoint=endpoint,
            etag_timeout=_HUB_SECONDS,
        )
    except HfHubHTTPError as error:
        code = getattr(error.response, "status_code", "an error")
        raise SentimentUnavailable(f"The hub answers {code} for {source}.") from error
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise SentimentUnavailable(
            f"{source} cannot be fetched from the hub: {str(error).splitlines()[0]}."
        ) from error
    # The cache names the folder of a snapshot after its commit.
    return Snapshot(Path(folder), Path(folder).name)
