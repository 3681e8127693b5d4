"""Where the benchmarks find what is not theirs: the only module here that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path

MODEL_SERVICE = Path(__file__).resolve().parents[1]
REPOSITORY = MODEL_SERVICE.parent
PEERS = Path(__file__).resolve().parent / "peers"
PEER_PYTHON = REPOSITORY / ".venv-bench" / "bin" / "python"
AGENT_CONFIG = MODEL_SERVICE / "src" / "model_service" / "shipped_configs" / "default_agent.toml"
FIRST_AGENT_CONFIG = MODEL_SERVICE / "benchmarks" / "first_agent.toml"


def market_data_folder() -> Path:
    """The folder that ``BELLWETHER_DATA`` names; by default ``../shared/data``."""
    default = REPOSITORY.parent / "shared" / "data"
    return Path(os.environ.get("BELLWETHER_DATA") or default).resolve()


def with_environment(**values: str) -> dict[str, str]:
    """The environment of this process with other values beside it, for a child."""
    return {**os.environ, **values}
