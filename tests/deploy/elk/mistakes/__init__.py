"""Mistakes of the profile elk, each with the rule that has to report it."""

from __future__ import annotations

from tests.deploy.elk.mistakes import of_charts, of_containers, of_index, of_pipeline

MISTAKES = (
    *of_index.MISTAKES,
    *of_charts.MISTAKES,
    *of_pipeline.MISTAKES,
    *of_containers.MISTAKES,
)
