"""An agent as it is kept: a manifest and weights, the manifest with the hash of the weights."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from model_service.errors import ArtefactNotFound, CorruptAgent

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"

Weights = Sequence[NDArray[np.float32]]

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MOMENT = re.compile(rf"({_ID.pattern})@(0|[1-9][0-9]{{0,8}})")


@dataclass(frozen=True)
class StoredAgent:
    """An agent as it is kept.

    Attributes
    ----------
    id : str
        Name of what holds its files.
    manifest : mapping
        Plain values, as in ``manifest.json``.
    agent_hash : str
        SHA-256 of the manifest file, which holds the hash of the weights.
    load_weights : callable
        Content of the file of weights; raises `OSError` or `ArtefactNotFound` without one.
    """

    id: str
    manifest: Mapping[str, Any]
    agent_hash: str
    load_weights: Callable[[], bytes]

    def weights(self) -> list[NDArray[np.float32]]:
        """The weights in the order in which they were saved.

        Raises
        ------
        CorruptAgent
            If the file is missing, unreadable or not the one that the manifest names.
        ArtefactStoreUnavailable
            If it is in an artefact store that cannot be read now.
        """
        try:
            content = self.load_weights()
        except (OSError, ArtefactNotFound) as error:
            raise CorruptAgent(f"The weights of agent {self.id} cannot be read.") from error
        if hashlib.sha256(content).hexdigest() != self.manifest["files"][WEIGHTS]:
            raise CorruptAgent(f"The weights of agent {self.id} are not those of its manifest.")
        try:
            arrays = load(content)
            return [arrays[str(position)] for position in range(len(arrays))]
        except (SafetensorError, KeyError) as error:
            raise CorruptAgent(f"The weights of agent {self.id} cannot be read.") from error


def is_agent_id(text: str) -> bool:
    """Whether an agent may have this id; a moment of its training has another."""
    return _ID.fullmatch(text) is not None


def split_moment(text: str) -> tuple[str, int] | None:
    """Agent id and step of ``ID@STEP``, None for anything else."""
    found = _MOMENT.fullmatch(text)
    return None if found is None else (found[1], int(found[2]))


def encode_agent(manifest: Mapping[str, Any], weights: Weights) -> tuple[bytes, bytes]:
    """Content of the manifest, completed by schema version and hash, and of the weights."""
    content = save(
        {str(position): np.ascontiguousarray(array) for position, array in enumerate(weights)}
    )
    complete = {
        **manifest,
        "schema_version": SCHEMA_VERSION,
        "files": {WEIGHTS: hashlib.sha256(content).hexdigest()},
    }
    text = json.dumps(complete, indent=2, sort_keys=True, allow_nan=False) + "\n"
    return text.encode(), content


def parse_agent(agent_id: str, content: bytes, load_weights: Callable[[], bytes]) -> StoredAgent:
    """The agent of a manifest's content.

    Raises
    ------
    CorruptAgent
        If it is not a manifest of this schema.
    """
    try:
        manifest = json.loads(content)
        version = manifest["schema_version"]
        known = isinstance(manifest["files"][WEIGHTS], str)
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptAgent(f"The manifest of agent {agent_id} cannot be read.") from error
    if version != SCHEMA_VERSION or not known:
        raise CorruptAgent(
            f"The manifest of agent {agent_id} has schema version {version}, "
            f"this service reads {SCHEMA_VERSION}."
        )
    return StoredAgent(agent_id, manifest, hashlib.sha256(content).hexdigest(), load_weights)
