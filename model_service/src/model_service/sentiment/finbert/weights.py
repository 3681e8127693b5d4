"""What there is of a model: an export, weights on this machine, or a hub that has them."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import huggingface_hub
from huggingface_hub import constants

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.exported import (
    CONFIG,
    export_folder,
    file_sha256,
    is_local,
    read_export,
)

WEIGHT_FILES: Final = ("model.safetensors", "pytorch_model.bin")
"""The first that is there is used."""

TOKENIZER_FILES: Final = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
)
"""Those that are there are used."""

_EXPORT_PACKAGES: Final = ("torch", "transformers", "onnx")


def find_export(export_dir: Path, source: str) -> Path | None:
    """A ready export of `source`, every file verified.

    Parameters
    ----------
    export_dir : Path
        Where exports are kept; need not exist.
    source : str
        A name on the hub such as ``ProsusAI/finbert``, or a local folder. The export of a folder
        counts as long as it was made from the files that are in the folder now.

    Returns
    -------
    Path or None
        For `FinbertEngine.load`.
    """
    try:
        export = read_export(export_folder(export_dir, source))
        folder = Path(source).expanduser()
        # A folder that was deleted since is no reason to do without its export.
        comparable = is_local(source) and _has_weights(folder)
        stale = comparable and source_sha256(folder) != export.source_sha256
    except (SentimentUnavailable, OSError):
        return None
    return None if stale else export.folder


def weights_at_hand(source: str) -> bool:
    """Whether a local folder or the hub's local cache holds the files of `source`."""
    if is_local(source):
        return _has_weights(Path(source).expanduser())
    return cached_snapshot(source) is not None


def cached_snapshot(source: str) -> Path | None:
    """The folder of the hub's local cache that holds `source`, weights included."""
    found = huggingface_hub.try_to_load_from_cache(source, CONFIG)
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    return folder if _has_weights(folder) else None


def reach_hub(source: str, timeout_seconds: float, *, endpoint: str | None = None) -> str | None:
    """Whether the weights of `source` can be fetched and exported now.

    Parameters
    ----------
    source : str
    timeout_seconds : float
        Kept whatever the network does, names that are never resolved included.
    endpoint : str, optional
        Address of the hub; that of `huggingface_hub` where it is left out.

    Returns
    -------
    str or None
        None if they can, else the reason in one sentence.
    """
    if is_local(source):
        return f"{Path(source).name} is a folder without the files of a model."
    missing = missing_packages()
    if missing:
        return f"{' and '.join(missing)} to export them with are not installed."
    if huggingface_hub.is_offline_mode():
        return "The hub is switched off by HF_HUB_OFFLINE."
    hub = (endpoint or constants.ENDPOINT).rstrip("/")
    answers: list[str | None] = []
    asking = threading.Thread(
        target=lambda: answers.append(_ask(hub, source, timeout_seconds)), daemon=True
    )
    asking.start()
    asking.join(timeout_seconds)
    return answers[0] if answers else f"{hub} did not answer within {timeout_seconds:g} s."


def missing_packages() -> Sequence[str]:
    """The packages of the extra ``finbert`` that are not installed."""
    return [name for name in _EXPORT_PACKAGES if importlib.util.find_spec(name) is None]


def model_files(folder: Path) -> list[Path]:
    """The files of a model that decide its scores: configuration, weights and tokenizer."""
    weights = next((folder / name for name in WEIGHT_FILES if (folder / name).is_file()), None)
    names = (CONFIG, *TOKENIZER_FILES)
    files = [folder / name for name in names if (folder / name).is_file()]
    return files if weights is None else [*files, weights]


def source_sha256(folder: Path) -> str:
    """Digest of names and contents of the files of a model."""
    digest = hashlib.sha256()
    for file in model_files(folder):
        digest.update(f"{file.name}\0{file_sha256(file)}\n".encode())
    return digest.hexdigest()


def _has_weights(folder: Path) -> bool:
    names = {file.name for file in model_files(folder)}
    return (
        CONFIG in names
        and not names.isdisjoint(WEIGHT_FILES)
        and not names.isdisjoint(TOKENIZER_FILES)
    )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: the file is there, wherever it lies."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


def _ask(hub: str, source: str, timeout_seconds: float) -> str | None:
    url = f"{hub}/{source}/resolve/main/{CONFIG}"
    if not url.startswith(("https://", "http://")):
        return f"{hub} is no address of a hub."
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 (the scheme is checked)
    try:
        opener = urllib.request.build_opener(_NoRedirect())
        opener.open(request, timeout=timeout_seconds).close()
    except urllib.error.HTTPError as error:
        error.close()
        if 300 <= error.code < 400:
            return None
        if error.code in (401, 403, 404):
            return f"{hub} has no model {source}, or shows it to nobody (HTTP {error.code})."
        return f"{hub} answers HTTP {error.code}."
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return f"{hub} cannot be reached: {str(reason).rstrip('.') or type(error).__name__}."
    return None
