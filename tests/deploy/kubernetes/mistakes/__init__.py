"""Mistakes that are planted into rendered manifests, each of which a rule has to report."""

from __future__ import annotations

from tests.deploy.kubernetes.mistakes import (
    of_monitoring,
    of_network,
    of_ports,
    of_references,
    of_scaling,
    of_security,
)
from tests.deploy.kubernetes.mistakes.planting import Mistake

MISTAKES: tuple[Mistake, ...] = (
    *of_references.MISTAKES,
    *of_ports.MISTAKES,
    *of_network.MISTAKES,
    *of_monitoring.MISTAKES,
    *of_scaling.MISTAKES,
    *of_security.MISTAKES,
)
