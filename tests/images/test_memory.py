"""The model service with a FinBERT of full size in the gibibyte that the original gave it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.images.builder import IMAGES, Builder
from tests.figures import Record
from tests.images.engine import podman
from tests.images.memory import memory_of
from tests.images.platform import ROOT, free_port

MEMORY = "1g"
LIMIT_MIB = 1024
READY_SECONDS = 20.0
"""What was asked for; the test waits longer, so that a missed target is a figure too."""
LONGEST_WAIT_SECONDS = 90.0
EXPORT_SECONDS = 1200.0
ROUNDS = 30
"""Of each kind of request; two at a time."""


@pytest.fixture(scope="module")
def sentiment_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export of a BERT of FinBERT's size, readable by the container's user."""
    folder = tmp_path_factory.mktemp("bert")
    script = Path(__file__).with_name("large_bert.py")
    path = os.pathsep.join((str(ROOT / "model_service"), str(ROOT)))
    subprocess.run(
        [sys.executable, str(script), str(folder)],
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        timeout=EXPORT_SECONDS,
    )
    shutil.rmtree(folder / "bert")
    exports = folder / "exports"
    for entry in (folder, exports, *exports.rglob("*")):
        entry.chmod(0o755 if entry.is_dir() else 0o644)
    return exports


class Model:
    """A container of the model service alone."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._url = f"http://127.0.0.1:{port}"

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON of an answer; whatever is no 200 raises."""
        if body is None:
            answer = httpx.get(self._url + path, timeout=60)
        else:
            answer = httpx.post(self._url + path, json=body, timeout=60)
        return answer.raise_for_status().json()

    def wait_until_ready(self) -> float:
        started = time.monotonic()
        while True:
            try:
                self.ask("/readyz")
                return time.monotonic() - started
            except httpx.HTTPError:
                assert time.monotonic() - started < LONGEST_WAIT_SECONDS, self._log()
                time.sleep(0.1)

    def wait_for_finbert(self) -> None:
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while self.ask("/readyz")["sentiment"]["chosen"] != "finbert":
            assert time.monotonic() < deadline, self.ask("/readyz")["sentiment"]
            time.sleep(0.2)

    def _log(self) -> str:
        return podman("logs", "--tail", "30", self.name)


@pytest.fixture
def model(images: Builder, sentiment_folder: Path) -> Iterator[Model]:
    name, port = f"bellwether-model-{os.getpid()}", free_port()
    podman(
        *("run", "--detach", "--name", name, "--read-only", "--cap-drop", "ALL"),
        *("--tmpfs", "/tmp:mode=1777,size=256m"),  # noqa: S108 - the container's own
        *("--memory", MEMORY, "--memory-swap", MEMORY),
        *("--publish", f"127.0.0.1:{port}:4000"),
        *("--volume", f"{sentiment_folder}:/var/lib/bellwether/sentiment:ro"),
        # Looks are counted before anything is answered, in a file that has to be writable.
        *("--volume", "/var/lib/bellwether/state"),
        # The export is kept under the name of what it was made of.
        *("--env", f"FINBERT_MODEL={sentiment_folder.parent / 'bert'}"),
        images.reference(IMAGES["model"]),
    )
    try:
        yield Model(name, port)
    finally:
        podman("rm", "--force", "--volumes", "--time", "5", name)


def test_a_finbert_of_full_size_is_served_in_one_gibibyte(model: Model, figures: Record) -> None:
    ready = model.wait_until_ready()
    model.wait_for_finbert()
    idle = memory_of(model.name)
    simulated = model.ask("/simulate?symbol=SIM&seed=3&start=2012-01-01&end=2017-12-31&interval=1d")
    candles = simulated["candles"]

    def predict(number: int) -> None:
        body = {"symbol": "SIM", "candles": candles, "costs": {"commission_bps": 10 + number}}
        assert model.ask("/predict", body)["decisions"]["action"]

    def score(number: int) -> None:
        texts = [f"Profit of company {number}-{text} rose by {text} % in May" for text in range(64)]
        answer = model.ask("/sentiment", {"texts": texts, "engine": "finbert"})
        assert answer["engine"] == "finbert"
        assert len(answer["scores"]) == len(texts)

    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work, number) for number in range(ROUNDS) for work in (predict, score)]
        for one in done:
            one.result(timeout=300)
    loaded = memory_of(model.name)
    figures(
        ready_seconds=round(ready, 1),
        ready_seconds_target=READY_SECONDS,
        idle=idle.figures(),
        loaded=loaded.figures(),
        requests=2 * ROUNDS,
        load_seconds=round(time.monotonic() - started, 1),
    )
    assert loaded.limit == LIMIT_MIB
    assert loaded.kills == 0
    assert loaded.anonymous < loaded.limit
