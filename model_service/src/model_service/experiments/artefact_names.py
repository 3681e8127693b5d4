"""Where an experiment's artefacts lie in the store."""

from __future__ import annotations

from collections.abc import Iterator

from model_service.artefacts.store import ArtefactStore


def checkpoint_prefix(experiment_id: str, unit: int) -> str:
    """Below it: one checkpoint for each time that the unit was begun."""
    return f"checkpoints/{experiment_id}/{unit}"


def moment_name(experiment_id: str, unit: int, step: int) -> str:
    """The weights of a unit in training, at a step."""
    return f"moments/{experiment_id}/{unit}/{step}.safetensors"


def result_name(experiment_id: str, unit: int, content_hash: str) -> str:
    """What a unit came to; a name for each content, so that nobody overwrites anything."""
    return f"results/{experiment_id}/{unit}-{content_hash[:16]}.safetensors"


def report_name(experiment_id: str) -> str:
    """The report on candles that were not learned from."""
    return f"evaluations/{experiment_id}.json"


def agents_prefix(experiment_id: str) -> str:
    """How the ids of an experiment's agents begin."""
    return f"{experiment_id}_"


def agent_id(experiment_id: str, label: str) -> str:
    """The id of an agent: of which seed, or of which unit."""
    return f"{agents_prefix(experiment_id)}{label}"


def remove_artefacts(store: ArtefactStore, experiment_id: str) -> None:
    """Remove everything that an experiment left.

    Raises
    ------
    ArtefactStoreUnavailable
    """
    for name in _names_of(store, experiment_id):
        store.remove(name)


def _names_of(store: ArtefactStore, experiment_id: str) -> Iterator[str]:
    """Names and prefixes of everything."""
    own = f"agents/{agents_prefix(experiment_id)}"
    for kind in ("checkpoints", "moments", "results"):
        yield f"{kind}/{experiment_id}"
    yield report_name(experiment_id)
    folders = {name.split("/")[1] for name in store.names("agents") if name.startswith(own)}
    yield from (f"agents/{folder}" for folder in sorted(folders))
