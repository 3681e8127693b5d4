"""Runs Jenkinsfiles with stub steps under Groovy, many in one JVM."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .tools import find_groovy

ROOT = Path(__file__).resolve().parents[3]
STUBS = Path(__file__).parent / "groovy"
RUN_SECONDS = 110

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {"var/ci/release/commit": f"{COMMIT}\n", "var/ci/release/branch": "main\n"}
"""What the first stage leaves, or what the build before left."""

PIPELINES = {
    "model": "model_service/Jenkinsfile",
    "backend": "backend_service/Jenkinsfile",
    "frontend": "frontend/Jenkinsfile",
    "final-project": "Jenkinsfile",
}
"""Jobs, in the order of the chain."""


@dataclass(frozen=True)
class Scenario:
    """What happens to a build.

    Attributes
    ----------
    fails, aborts : str
        A regular expression; a `sh` step that it matches fails, or is aborted.
    makes : mapping
        By regular expression of `sh` steps, files that they leave, also where they fail.
    """

    params: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=lambda: dict(FILES))
    fails: str = ""
    aborts: str = ""
    makes: dict[str, list[str]] = field(
        default_factory=lambda: {"make deploy-release": ["var/ci/before.json"]}
    )


@dataclass(frozen=True)
class Build:
    """What a build did."""

    error: str
    form: list[str] = field(default_factory=list)
    result: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    structure: dict[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == "step"]

    def named(self, name: str) -> list[dict[str, Any]]:
        """The steps of one kind."""
        return [step for step in self.steps if step["name"] == name]

    @property
    def stages(self) -> list[str]:
        """Names of the stages that ran."""
        return [event["name"] for event in self.events if event["kind"] == "stage"]

    @property
    def shell(self) -> list[str]:
        """Scripts of the `sh` steps."""
        return [step["arguments"] for step in self.named("sh")]


@dataclass(frozen=True)
class Pipeline:
    """A Jenkinsfile, and its builds by the name of what happened to them."""

    job: str
    text: str
    builds: Mapping[str, Build]

    @property
    def good(self) -> Build:
        return self.builds["good"]


def run_pipelines(
    texts: Sequence[tuple[str, str]], scenarios: Mapping[str, Scenario], folder: Path
) -> list[Pipeline]:
    """Put each pair of a job and its Jenkinsfile through all scenarios."""
    told = {name: vars(scenario) for name, scenario in scenarios.items()}
    asked = [{"text": text, "scenarios": told} for _job, text in texts]
    answers = run_groovy("run.groovy", asked, folder)
    return [
        Pipeline(job, text, {name: Build(**{"error": "", **it}) for name, it in answer.items()})
        for (job, text), answer in zip(texts, answers, strict=True)
    ]


def run_groovy(script: str, asked: list[Any], folder: Path) -> list[Any]:
    """Have a script of the stubs answer each question, in one JVM."""
    questions, answers = folder / "asked.json", folder / "answers.json"
    questions.write_text(json.dumps(asked))
    said = subprocess.run(
        [find_groovy(), "-cp", str(STUBS), str(STUBS / script), str(questions), str(answers)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    answered: list[Any] = json.loads(answers.read_text())
    return answered


def read_pipeline(job: str) -> str:
    return (ROOT / PIPELINES[job]).read_text()
