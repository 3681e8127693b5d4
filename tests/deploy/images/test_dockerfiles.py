"""The Dockerfiles keep the rules, and each rule finds what is planted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.deploy.images.dockerfile import RULES, Rule, read_dockerfile

ROOT = Path(__file__).resolve().parents[3]
HADOLINT = ROOT / ".venv-deploy/bin/hadolint"
FILES = ("model_service/Dockerfile", "backend_service/Dockerfile", "frontend/Dockerfile")
LINT_SECONDS = 60

MISTAKES = {
    "bases_are_arguments": [
        ("FROM ${BASE_IMAGE} AS python", "FROM docker.io/library/debian:12 AS python"),
        ("debian:12.12-slim", "debian:latest"),
    ],
    "nobody_is_root": [("USER 10001:10001\nEXPOSE", "EXPOSE"), ("USER 10001:10001", "USER 0:0")],
    "packages_come_alone": [
        ("--no-install-recommends ca-certificates", "ca-certificates"),
        ("&& rm -rf /var/lib/apt/lists/* /var", "&& rm -rf /var"),
        (
            "pip install --no-cache-dir --no-compile --quiet --constraint",
            "pip install --no-compile --quiet --constraint",
        ),
    ],
    "versions_are_the_projects": [("--constraint constraints.txt", "")],
    "nothing_that_builds_is_served": [("ca-certificates python3 ", "ca-certificates gcc python3 ")],
    "the_image_says_what_it_is": [
        ("org.opencontainers.image.licenses", "licenses"),
        ("HEALTHCHECK", "# HEALTHCHECK"),
    ],
    "commands_are_lists": [('CMD ["python", "-m", "backend_service"]', "CMD python -m backend")],
    "nothing_is_fetched": [("COPY constraints.txt", "ADD constraints.txt")],
}
"""By rule: what is replaced by what in the gateway's Dockerfile."""


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_dockerfile_keeps_a_rule(path: str, rule: Rule) -> None:
    assert rule(read_dockerfile(path, (ROOT / path).read_text())) == []


def test_a_mistake_is_planted_for_every_rule() -> None:
    assert set(MISTAKES) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_planted_mistakes_are_found(rule: Rule) -> None:
    path = "backend_service/Dockerfile"
    text = (ROOT / path).read_text()
    for good, bad in MISTAKES[rule.__name__]:
        assert good in text, f"`{good}` is not there to be replaced"
        assert rule(read_dockerfile(path, text.replace(good, bad))), f"`{bad}` was not found"


def lint(text: str) -> subprocess.CompletedProcess[str]:
    """What hadolint says of a Dockerfile."""
    return subprocess.run(
        [str(HADOLINT), "--no-color", "--failure-threshold", "style", "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=LINT_SECONDS,
    )


@pytest.mark.parametrize("path", FILES)
def test_hadolint_has_nothing_to_say(path: str) -> None:
    said = lint((ROOT / path).read_text())
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("RUN cd /srv && ls", "DL3003"),
        ("RUN sudo ls", "DL3004"),
        ("RUN apt-get update && apt-get install -y nginx", "DL3008"),
        ("CMD nginx", "DL3025"),
    ],
)
def test_hadolint_finds_what_is_planted(planted: str, rule: str) -> None:
    said = lint(f"{(ROOT / FILES[1]).read_text()}\n{planted}\n")
    assert said.returncode != 0
    assert rule in said.stdout
