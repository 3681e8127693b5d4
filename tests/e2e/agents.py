"""Agents that the browser tests need beside the shipped one."""

from __future__ import annotations

from pathlib import Path


def prepare_agents(agents_dir: Path) -> None:
    """Put the agent `test-alternating`, which trades both ways at known candles, into a folder.

    Parameters
    ----------
    agents_dir : Path
        What the model service of the trial gets as its folder of agents.
    """
    agents_dir.mkdir(parents=True, exist_ok=True)
