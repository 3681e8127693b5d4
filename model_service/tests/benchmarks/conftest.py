"""The benchmarks are no part of the installed package: they are found beside its sources."""

import sys
from pathlib import Path

MODEL_SERVICE = Path(__file__).resolve().parents[2]

if str(MODEL_SERVICE) not in sys.path:
    sys.path.append(str(MODEL_SERVICE))
