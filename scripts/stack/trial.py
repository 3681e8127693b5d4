"""The real services on free ports with a folder of their own, for tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from scripts.stack.bellwether import services
from scripts.stack.foreground import START_SECONDS
from scripts.stack.ports import free_ports
from scripts.stack.programs import Program
from scripts.stack.settings import Settings
from scripts.stack.supervise import REPOSITORY, STOP_SECONDS
from scripts.stack.wait import is_ready


@dataclass(frozen=True, slots=True)
class Trial:
    """A running trial: where its services answer and where it keeps its files."""

    model_url: str
    gateway_url: str
    page_url: str
    settings: Settings


@contextlib.contextmanager
def trial_stack(
    state_dir: Path, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Trial]:
    """Run ``python -m scripts.stack`` on free ports below `state_dir`, and stop it at the end.

    Agents put into ``state_dir / "agents"`` beforehand are served. `environment` is added to
    that of this process.

    Raises
    ------
    RuntimeError
        With the launcher's output, where the stack did not become ready.
    """
    model_port, worker_port, backend_port, frontend_port = free_ports(4)
    settings = Settings(
        model_port=model_port,
        worker_port=worker_port,
        backend_port=backend_port,
        frontend_port=frontend_port,
        state_dir=state_dir,
        agents_dir=state_dir / "agents",
        dataset_dir=state_dir / "dataset",
        artefacts_url=str(state_dir / "artefacts"),
        evaluations_dir=state_dir / "evaluations",
        sentiment_dir=state_dir / "sentiment",
        database_url=f"sqlite+aiosqlite:///{state_dir / 'backend_service.db'}",
    )
    launcher_environment = {
        **os.environ,
        # A trial is the same on every machine, downloads nothing and spends nothing.
        "MODEL_SENTIMENT_ENGINE": "lite",
        "MODEL_SENTIMENT_EXPORT": "0",
        "OPENAI_API_KEY": "",
        **environment,
        "MODEL_PORT": str(model_port),
        "MODEL_WORKER_PORT": str(worker_port),
        "BACKEND_PORT": str(backend_port),
        "FRONTEND_PORT": str(frontend_port),
        "BELLWETHER_STATE_DIR": str(settings.state_dir),
        "MODEL_AGENTS_DIR": str(settings.agents_dir),
        "MODEL_DATASET_DIR": str(settings.dataset_dir),
        "MODEL_ARTEFACTS_URL": settings.artefacts_url,
        "MODEL_EVALUATIONS_DIR": str(settings.evaluations_dir),
        "MODEL_SENTIMENT_DIR": str(settings.sentiment_dir),
        "DATABASE_URL": settings.database_url,
    }
    state_dir.mkdir(parents=True, exist_ok=True)
    output = state_dir / "launcher-output"
    with output.open("wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "scripts.stack", "--tied"],
            cwd=REPOSITORY,
            env=launcher_environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    model, worker, gateway, page = services(settings)
    try:
        _wait_until_ready(launcher, (model, worker, gateway, page), output)
        yield Trial(model.url, gateway.url, page.url, settings)
    finally:
        launcher.terminate()
        launcher.wait(timeout=STOP_SECONDS + 5)


def _wait_until_ready(
    launcher: subprocess.Popen[bytes], programs: Sequence[Program], output: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(is_ready(program) for program in programs):
        if launcher.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The services did not become ready:\n{output.read_text()}")
        time.sleep(0.2)
