"""``make test-pipelines``: every step of the four pipelines, for real, in a clean clone.

What runs are the `sh` steps of the Jenkinsfiles as Groovy gives them, in their order, with the
variables that Jenkins would set. In the place of what is not at hand stand

- for the cluster: the API server of tests/deploy/ansible, over TLS, which the real playbook of
  `make deploy-release` and `make rollback` speaks to;
- for the registry: Debian's ``docker-registry`` on this machine, with a password, where that is on
  the path; `make push` is left out without it;
- for the deployed platform: the services of the clone.

``SMALL=1`` takes a few tests of each suite and few training steps. ``ONLY`` is a regular expression
of steps. ``CONTAINER``, ``CONTAINER_FLAGS``, ``BASE_IMAGE`` and ``NODE_IMAGE`` are as for
`make images`; images and pushes are left out where there is no engine.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .running import PIPELINES, ROOT, read_pipeline, run_pipelines
from .scenarios import SCENARIOS
from .stand_ins import REGISTRY_PASSWORD, REGISTRY_USER, SITE_PASSWORD, cluster, platform, registry

STEP_SECONDS = 3_600
FEW_TESTS = "ledger or problem or test_images or test_dockerfiles"
"""What is taken of the suites where a few tests of each are enough."""

SMALL = {"STEPS": "300", "SELFTEST": "quick", "PYTEST_ADDOPTS": f"-k '{FEW_TESTS}'"}


@dataclass
class Rehearsal:
    """A clone, and what its steps came to."""

    clone: Path
    environment: dict[str, str]
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    failed: bool = False

    def run(self, job: str, script: str, variables: dict[str, str]) -> bool:
        """Run a step as Jenkins does: in a shell that stops at the first failure."""
        started = time.monotonic()
        print(f"\n=== {job}: {script}", flush=True)
        result = subprocess.run(
            ["/bin/sh", "-xe", "-c", script],
            cwd=self.clone,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            timeout=STEP_SECONDS,
        )
        seconds = time.monotonic() - started
        passed = result.returncode == 0
        self.rows.append((job, script, f"{seconds:.0f} s" if passed else "FAILED"))
        self.failed |= not passed
        return passed

    def leave_out(self, job: str, script: str, why: str) -> None:
        self.rows.append((job, script, f"left out: {why}"))


def main() -> int:
    only = re.compile(os.environ.get("ONLY", ""))
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="bellwether-ci-")))
        clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True, timeout=600)
        rehearsal = Rehearsal(clone, environment_of(clone))
        engine = shutil.which(os.environ.get("CONTAINER", "")) or shutil.which("podman")
        there = held.enter_context(registry(folder))
        for job, script in steps(folder):
            variables = variables_of(job)
            if not only.search(script):
                rehearsal.leave_out(job, script, "not asked for")
                continue
            if script.startswith(("make images", "make push")):
                if engine is None or (there is None and "push" in script):
                    rehearsal.leave_out(job, script, "no container engine, or no registry")
                    continue
                variables |= {"CONTAINER": os.environ.get("CONTAINER") or "podman"}
            if there is not None:
                variables |= {"REGISTRY": there.address, **there.environment}
            if script.startswith("make push"):
                variables |= {
                    "REGISTRY_USER": REGISTRY_USER,
                    "REGISTRY_PASSWORD": REGISTRY_PASSWORD,
                }
            if not rehearse(rehearsal, job, script, variables, folder, held):
                break
    report(rehearsal)
    return 1 if rehearsal.failed else 0


def rehearse(
    rehearsal: Rehearsal,
    job: str,
    script: str,
    variables: dict[str, str],
    folder: Path,
    held: contextlib.ExitStack,
) -> bool:
    """One step, with what it has to find; the deploy also fails once, and is gone back from."""
    if script.startswith("make smoke"):
        with platform(rehearsal.clone, folder / "state") as origin:
            return rehearsal.run(job, script, {**variables, "SMOKE_URL": origin})
    if not script.startswith("make deploy-release"):
        return rehearsal.run(job, script, variables)
    pushed = sorted((rehearsal.clone / "var/ci/release").glob("*.json"))
    if len(pushed) != len(PIPELINES) - 1:
        rehearsal.leave_out(job, script, "nothing was pushed")
        return True
    there = held.enter_context(cluster(folder))
    bound = {
        "VAULT_PASSWORD": SITE_PASSWORD,
        "KUBECONFIG": str(there.kubeconfig),
        "SITE_FILE": str(there.site),
        "ANSIBLE_VAULT_PASSWORD_FILE": "deploy/ansible/vault-password-from-environment.sh",
    }
    done = rehearsal.run(job, script, {**variables, **bound})
    # Once more, and as if its smoke test had failed: what ran before, the same version, runs on.
    done = done and rehearsal.run(job, script, {**variables, **bound})
    return done and rehearsal.run(
        job, 'make rollback INVENTORY="$INVENTORY"', {**variables, **bound}
    )


def environment_of(clone: Path) -> dict[str, str]:
    """What an agent gives to each step."""
    small = SMALL if os.environ.get("SMALL") else {}
    taken = {name: it for name, it in os.environ.items() if not name.startswith(("PYTEST", "MAKE"))}
    # Another set-up's environment must not be found first.
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "RESULTS", "REPORTS", "ONLY", "SMALL"):
        taken.pop(name, None)
    return {**taken, "CI": "true", "WORKSPACE": str(clone), **small}


def steps(folder: Path) -> Iterator[tuple[str, str]]:
    """The `sh` steps of all four, where nothing fails; a new build begins with what it copied."""
    texts = [(job, read_pipeline(job)) for job in PIPELINES]
    for pipeline in run_pipelines(texts, {"good": SCENARIOS["good"]}, folder):
        for script in pipeline.good.shell:
            yield pipeline.job, script


def variables_of(job: str) -> dict[str, str]:
    """The parameters of a job, as Jenkins sets them."""
    variables = {"JOB_NAME": job, "NAMESPACE": "rehearsal", "EXTRA_TAGS": "", "BRANCH": "main"}
    return {**variables, "INVENTORY": "production", "DATASET": "", "SEED": "0"}


def report(rehearsal: Rehearsal) -> None:
    """A table of what was run, for docs/pipelines.md."""
    print("\n| job | step | |\n|---|---|---|")
    for job, script, outcome in rehearsal.rows:
        print(f"| {job} | `{script}` | {outcome} |")


if __name__ == "__main__":
    sys.exit(main())
