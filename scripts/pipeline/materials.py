"""``python -m scripts.pipeline.materials NAME …``: bills of materials (CycloneDX) of images.

Python's packages of an image are those that pip takes for the requirements that its Dockerfile
reads, under constraints.txt: the same versions as in ``.venv``, without what only tests need. The
page is bundled, so its bill is that of npm without what only its development needs. Packages of
Debian are those of the base and stand in the image itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from scripts.pipeline.step import ROOT, StepFailed, exit_status, results_folder, run_read, run_shown

SERVICES = {
    "model": ("bellwether-model-service[s3]", "model_service/pyproject.toml"),
    "backend": ("bellwether-backend-service", "backend_service/pyproject.toml"),
}
"""What the images of the two Python services install, as their Dockerfiles do."""

NAMES = (*SERVICES, "frontend")
BILL_SECONDS = 300
PAGE = ROOT / "frontend"
DEVELOPMENT = "cdx:npm:package:development"


def write_bill(name: str, environment: Mapping[str, str]) -> Path:
    """The bill of one image.

    Raises
    ------
    StepFailed
    """
    if name not in NAMES:
        raise StepFailed(f"There is no bill of {name}; there are {', '.join(NAMES)}.")
    folder = results_folder(environment) / "sbom"
    folder.mkdir(parents=True, exist_ok=True)
    bill = folder / f"{name}.cdx.json"
    if name == "frontend":
        npm = shutil.which("npm") or "npm"
        whole = run_read([npm, "sbom", "--sbom-format", "cyclonedx"], BILL_SECONDS, PAGE)
        bill.write_text(json.dumps(without_development(json.loads(whole)), indent=2) + "\n")
    else:
        requirement, project = SERVICES[name]
        _describe(closure([requirement]), ROOT / project, bill)
    print(f"{bill.relative_to(results_folder(environment))} written")
    return bill


def without_development(bill: dict[str, Any]) -> dict[str, Any]:
    """A bill of npm without what only development needs.

    npm's own ``--omit dev`` leaves out too much: whatever a development package asks for as well,
    such as React.
    """
    kept = [
        component
        for component in bill["components"]
        if not any(one["name"] == DEVELOPMENT for one in component.get("properties", ()))
    ]
    there = {component["bom-ref"] for component in (bill["metadata"]["component"], *kept)}
    dependencies = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in there]}
        for one in bill["dependencies"]
        if one["ref"] in there
    ]
    return {**bill, "components": kept, "dependencies": dependencies}


def _describe(packages: Mapping[str, str], project: Path, bill: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "requirements.txt"
        own = re.compile(r"bellwether-")
        lines = [f"{one}=={it}\n" for one, it in packages.items() if not own.match(one)]
        pinned.write_text("".join(lines))
        command = [
            *(str(ROOT / ".venv/bin/cyclonedx-py"), "requirements", str(pinned)),
            *("--pyproject", str(project), "--output-reproducible"),
            *("--of", "JSON", "--output-file", str(bill)),
        ]
        run_shown(command, BILL_SECONDS)


def closure(requirements: Iterable[str]) -> dict[str, str]:
    """Names and versions of all that some requirements bring along here, sorted.

    Raises
    ------
    StepFailed
        Where a package that is needed is not installed.
    """
    versions: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        extras = frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found = distribution(wanted.name)
        except PackageNotFoundError:
            raise StepFailed(f"{wanted.name} is not installed; `make setup` does it.") from None
        versions[name] = found.version
        for text in found.requires or ():
            needed = Requirement(text)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)
            ):
                waiting.append(needed)
    return dict(sorted(versions.items()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sbom")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES

    def write_all() -> None:
        for name in names:
            write_bill(name, os.environ)

    return exit_status(write_all)


if __name__ == "__main__":
    sys.exit(main())
