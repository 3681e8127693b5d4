"""A trained classifier as a folder: weights, words, lexicon and a manifest with their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors.numpy import load, save

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import LABELS
from model_service.sentiment.lite.classifier import LinearModel
from model_service.sentiment.lite.features import FeatureSpace
from model_service.sentiment.lite.lexicon import parse_lexicon
from model_service.sentiment.lite.signals import RULES_VERSION
from model_service.sentiment.lite.vocabulary import Vocabulary

SCHEMA_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
WEIGHTS: Final = "model.safetensors"
WORDS: Final = "words.txt"
LEXICON: Final = "lexicon.txt"
FILES: Final = (WEIGHTS, WORDS, LEXICON)


@dataclass(frozen=True)
class TrainedModel:
    """Features and their weights."""

    space: FeatureSpace
    model: LinearModel


def write_model(
    folder: Path, trained: TrainedModel, lexicon_text: str, facts: Mapping[str, Any]
) -> None:
    """Write the folder; its bytes depend on the model and the facts alone.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    trained : TrainedModel
    lexicon_text : str
        The lexicon that the vocabulary was made with.
    facts : mapping
        What the manifest says besides: data, counts, seed, figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        "keys": trained.space.known,
        "weights": trained.model.weights,
        "bias": trained.model.bias,
    }
    contents = {
        WEIGHTS: save(arrays),
        WORDS: "".join(f"{word}\n" for word in trained.space.vocabulary.further).encode(),
        LEXICON: lexicon_text.encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "engine": "lite",
        "rules_version": RULES_VERSION,
        "labels": list(LABELS),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        **facts,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_model(folder: Path) -> tuple[TrainedModel, str]:
    """The model of a folder, and the version that names its scores.

    Raises
    ------
    SentimentUnavailable
        Where a file is missing, altered, or of another form of these rules.
    """
    try:
        manifest_bytes = (folder / MANIFEST).read_bytes()
        manifest = json.loads(manifest_bytes)
        contents = {name: (folder / name).read_bytes() for name in FILES}
        hashes = {name: str(manifest["files"][name]) for name in FILES}
        form = (manifest["schema_version"], manifest["rules_version"], manifest["labels"])
    except OSError as error:
        raise SentimentUnavailable(f"A file of the lite engine cannot be read: {error}.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SentimentUnavailable(f"{folder / MANIFEST} is not a manifest: {error!r}.") from None
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != hashes[name]:
            raise SentimentUnavailable(f"{folder / name} does not match the hash in its manifest.")
    if form != (SCHEMA_VERSION, RULES_VERSION, list(LABELS)):
        raise SentimentUnavailable(
            f"{folder} was trained for other rules than these; train it again with"
            " 'bellwether sentiment train-lite'."
        )
    try:
        arrays = load(contents[WEIGHTS])
        keys, weights, bias = arrays["keys"], arrays["weights"], arrays["bias"]
    except (safetensors.SafetensorError, KeyError) as error:
        raise SentimentUnavailable(f"{folder / WEIGHTS} cannot be read: {error}.") from None
    if weights.shape != (keys.size, len(LABELS)) or bias.shape != (len(LABELS),):
        raise SentimentUnavailable(f"{folder / WEIGHTS} has arrays of the wrong shape.")
    vocabulary = Vocabulary(
        parse_lexicon(contents[LEXICON].decode()), contents[WORDS].decode().split("\n")[:-1]
    )
    space = FeatureSpace(vocabulary, keys.astype(np.int64))
    version = f"lite-{hashlib.sha256(manifest_bytes).hexdigest()[:12]}"
    return TrainedModel(space, LinearModel(weights, bias)), version
