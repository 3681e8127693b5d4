"""Where the public data that some tests read lies; it is no part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

_DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"


def market_data_folder() -> Path:
    """The folder that ``BELLWETHER_DATA`` names; by default ``../shared/data``."""
    return Path(os.environ.get("BELLWETHER_DATA") or _DEFAULT).resolve()
