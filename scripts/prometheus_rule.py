"""Put the rules of ``observability/prometheus/rules`` into the object that a cluster wants.

``python -m scripts.prometheus_rule`` writes it; with ``--check`` it says whether it is what it
would write. promtool, Prometheus and its tests read the plain files; kustomize cannot make an
object of them, so that this one is generated and committed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "observability/prometheus/rules"
TARGET = ROOT / "deploy/k8s/components/monitoring/rules.yaml"

_HEADING = "# Written by `python -m scripts.prometheus_rule`, never by hand.\n"


def main() -> int:
    """Exit status 1 where the object is not as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    wanted = render(RULES)
    if not parser.parse_args().check:
        TARGET.write_text(wanted, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != wanted:
        print(
            f"{TARGET.name} is not what `python -m scripts.prometheus_rule` writes.",
            file=sys.stderr,
        )
        return 1
    return 0


def groups(folder: Path) -> list[dict[str, Any]]:
    """All groups of rules, file by file."""
    return [
        group
        for path in sorted(folder.glob("*.yml"))
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    ]


def render(folder: Path) -> str:
    """Text of the object."""
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "bellwether", "namespace": "bellwether"},
        "spec": {"groups": groups(folder)},
    }
    return _HEADING + yaml.safe_dump(rule, sort_keys=False, width=100, allow_unicode=True)


if __name__ == "__main__":
    sys.exit(main())
