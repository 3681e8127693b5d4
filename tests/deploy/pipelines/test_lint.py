"""npm-groovy-lint has nothing to say about what Jenkins runs, and finds what is planted."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from .running import PIPELINES, ROOT

FOLDER = ROOT / "deploy/jenkins/lint"
LINT = FOLDER / "node_modules/.bin/npm-groovy-lint"
LINT_SECONDS = 110

FILES = (
    *PIPELINES.values(),
    "deploy/jenkins/controller/jobs.groovy",
    "deploy/jenkins/controller/agent-secret.groovy",
)

PLANTED = {
    "NglParseError": ("stages {", "stages"),
    "TrailingWhitespace": ("timestamps()", "timestamps() "),
    "UnnecessarySemicolon": ("timestamps()", "timestamps();"),
    "UnnecessaryGString": ("sh 'make smoke'", 'sh "make smoke"'),
    "NoTabCharacter": ("        timestamps()", "\ttimestamps()"),
    "UnusedVariable": ("if (fileExists('var/ci/before.json')) {", "def unused = 1\n{"),
    "LineLength": ("sh 'make smoke'", f"sh 'make smoke {'X' * 120}'"),
}
"""By rule of the linter: what is replaced by what in the last pipeline."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Rules that are broken, by file; all files in one run, since each starts a JVM."""
    folder = tmp_path_factory.mktemp("lint")
    sources = {path: (ROOT / path).read_text() for path in FILES}
    for rule, (good, bad) in PLANTED.items():
        text = sources["Jenkinsfile"]
        assert good in text, f"`{good}` is not there to be replaced"
        sources[f"planted/{rule}/Jenkinsfile"] = text.replace(good, bad, 1)
    for path, text in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    assert LINT.exists(), "`make validate` installs the linter"
    command = [
        *(str(LINT), "--noserver", "--no-insight", "--failon", "none", "--output", "json"),
        *("--config", str(FOLDER), *sources),
    ]
    said = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=LINT_SECONDS,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    files = json.loads(said.stdout[said.stdout.index("{") :])["files"]
    # It brings a Java runtime along where it finds none, into the home folder.
    assert not (folder / ".java-caller").exists()
    return {
        Path(path).resolve().relative_to(folder.resolve()).as_posix(): [
            error["rule"] for error in report["errors"]
        ]
        for path, report in files.items()
    }


@pytest.mark.parametrize("path", FILES)
def test_the_linter_has_nothing_to_say(path: str, found: dict[str, list[str]]) -> None:
    assert found.get(path, []) == []


@pytest.mark.parametrize("rule", PLANTED)
def test_the_linter_finds_what_is_planted(rule: str, found: dict[str, list[str]]) -> None:
    assert rule in found.get(f"planted/{rule}/Jenkinsfile", [])
