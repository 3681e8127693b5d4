"""The services and the worker as programs of a stack, and what is said once they are ready."""

from __future__ import annotations

import json
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.stack.programs import Program
from scripts.stack.settings import Settings
from scripts.stack.supervise import REPOSITORY

_PYTHON_ENVIRONMENT = {"PYTHONUNBUFFERED": "1"}


def services(settings: Settings) -> tuple[Program, Program, Program, Program]:
    """Model service, worker, gateway and page, wired to each other on 127.0.0.1."""
    computing = {
        **_PYTHON_ENVIRONMENT,
        "MODEL_HOST": "127.0.0.1",
        "MODEL_DATASET_DIR": str(settings.dataset_dir),
        "MODEL_AGENTS_DIR": str(settings.agents_dir),
        "MODEL_ARTEFACTS_URL": settings.artefacts_url,
        "MODEL_EVALUATIONS_DIR": str(settings.evaluations_dir),
        "MODEL_SENTIMENT_DIR": str(settings.sentiment_dir),
        "MODEL_STATE_DIR": str(settings.state_dir / "model_service"),
        # TensorFlow greets on stderr at every start otherwise.
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    model = Program(
        name="model_service",
        title="model service",
        command=(sys.executable, "-m", "model_service.app"),
        directory=REPOSITORY,
        environment={**computing, "MODEL_PORT": str(settings.model_port)},
        port=settings.model_port,
        port_variable="MODEL_PORT",
        ready_path="/readyz",
    )
    worker = Program(
        name="worker",
        title="worker",
        command=(sys.executable, "-m", "model_service.worker"),
        directory=REPOSITORY,
        environment={
            **computing,
            "MODEL_WORKER_PORT": str(settings.worker_port),
            # The same at every start: so it takes its own work up again at once.
            "MODEL_WORKER_ID": "main",
        },
        port=settings.worker_port,
        port_variable="MODEL_WORKER_PORT",
        ready_path="/readyz",
    )
    gateway = Program(
        name="backend_service",
        title="gateway",
        command=(sys.executable, "-m", "backend_service"),
        directory=REPOSITORY,
        environment={
            **_PYTHON_ENVIRONMENT,
            "BACKEND_HOST": "127.0.0.1",
            "BACKEND_PORT": str(settings.backend_port),
            # Less than what the keeper allows, so that requests under way can end.
            "BACKEND_SHUTDOWN_SECONDS": "5",
            "BACKEND_MODEL_URL": model.url,
            "BACKEND_DATASET_DIR": str(settings.dataset_dir),
            "DATABASE_URL": settings.database_url,
        },
        port=settings.backend_port,
        port_variable="BACKEND_PORT",
        ready_path="/readyz",
    )
    # Vite's own script, not npx: a signal to npx leaves its child holding the port.
    vite = ("node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--strictPort")
    page = Program(
        name="frontend",
        title="page",
        command=(shutil.which("node") or "node", *vite, "--port", str(settings.frontend_port)),
        directory=REPOSITORY / "frontend",
        environment={"FRONTEND_PORT": str(settings.frontend_port), "BACKEND_URL": gateway.url},
        port=settings.frontend_port,
        port_variable="FRONTEND_PORT",
        ready_path="/",
    )
    return model, worker, gateway, page


def prepare_folders(settings: Settings) -> None:
    """Create the folders that the services expect."""
    for folder in (
        settings.state_dir,
        settings.dataset_dir,
        settings.agents_dir,
        settings.evaluations_dir,
    ):
        folder.mkdir(parents=True, exist_ok=True)
    if "://" not in settings.artefacts_url:
        Path(settings.artefacts_url).mkdir(parents=True, exist_ok=True)


def announcement(settings: Settings, programs: Sequence[Program]) -> str:
    """Address, what is served, and how to stop."""
    model, worker, gateway, page = programs
    files = sorted(path.name for path in settings.dataset_dir.glob("*.csv"))
    return "\n".join(
        [
            "",
            f"  Bellwether   {page.url}",
            "",
            f"  gateway      {gateway.url}/docs",
            f"  model        {model.url} · {_agents(model)}",
            f"  worker       {worker.url}/healthz",
            f"  dataset      {settings.dataset_dir} · {len(files)} CSV files",
            f"  logs         {settings.layout.log_dir}",
            "",
            "  Ctrl-C stops everything. This is no investment advice.",
            "",
        ]
    )


def _agents(model: Program) -> str:
    """The agents that the model service serves, in words."""
    try:
        # The scheme and the host are fixed by `Program.url`.
        with urllib.request.urlopen(f"{model.url}/agents", timeout=5) as answer:  # noqa: S310
            agents: list[dict[str, Any]] = json.load(answer)["agents"]
    except (urllib.error.URLError, OSError, ValueError, KeyError) as error:
        return f"its agents could not be listed ({error})"
    names = [f"{agent['id']}{' (default)' if agent['is_default'] else ''}" for agent in agents]
    return f"agents: {', '.join(names) or 'none'}"
