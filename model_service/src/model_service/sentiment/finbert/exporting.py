"""The exporting process: fetch, trace, quantise, verify.

``python -m model_service.sentiment.finbert.exporting SOURCE FOLDER [--endpoint URL]`` writes JSON
lines: ``{"doing": sentence}`` while it works, at the end ``{"done": true}`` or ``{"refused":
sentence}``. Only `export.export_in_child` starts it.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.exported import (
    CONFIG,
    MODEL,
    TOKENIZER,
    model_name,
    write_manifest,
)

Tell = Callable[[str], None]

AGREEMENT: Final = 0.05
"""Largest mean difference of probabilities from fp32 on the sentences below."""

SENTENCES: Final = (
    "Operating profit rose to EUR 13.1 mn from EUR 8.7 mn in the same quarter a year ago.",
    "Quarterly loss widened as demand for steel fell sharply.",
    "The annual general meeting will be held in Helsinki on 4 May.",
    "Shares drop 5% after the bank cuts its forecast.",
    "The company said it has signed a five-year contract worth Rs 1,200 crore.",
    "Regulator opens an inquiry into the accounts of the lender.",
    "Dividend unchanged.",
    "Net sales increased by 12 percent, but margins shrank because of higher costs of energy.",
    "Board appoints a new chief financial officer from within the group.",
    "Plant shut down after a fire; output to resume next week.",
    "Oil.",
    "The airline carried 1.2 million passengers in June, 3% fewer than a year before, while "
    "freight volumes were flat and the load factor went up by two points to 81 percent.",
)

_LAST_TRACE_DIFFERENCE = 1e-3
_PR_SET_PDEATHSIG = 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="exporting")
    parser.add_argument("source")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--endpoint", default=None)
    arguments = parser.parse_args()
    _end_with_parent()
    # Libraries print: what they print goes nowhere near the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)

    def answer(**line: object) -> None:
        answers.write(json.dumps(line) + "\n")

    try:
        export(
            arguments.source,
            arguments.folder,
            endpoint=arguments.endpoint,
            tell=lambda sentence: answer(doing=sentence),
        )
    except SentimentUnavailable as error:
        answer(refused=error.detail)
        return 1
    except Exception as error:  # whatever the libraries raise, the parent gets one sentence
        first = (str(error).splitlines() or [""])[0][:300]
        answer(refused=f"Exporting failed with {type(error).__name__}: {first}")
        return 1
    answer(done=True)
    return 0


def export(source: str, folder: Path, *, endpoint: str | None, tell: Tell) -> None:
    """Write the export of `source` into an empty folder.

    Raises
    ------
    SentimentUnavailable
        If there is no such model, it is no sentiment model, or the export departs from it.
    """
    from model_service.sentiment.finbert.fetching import fetch
    from model_service.sentiment.finbert.quantise import quantise
    from model_service.sentiment.finbert.weights import source_sha256

    snapshot = fetch(source, endpoint, tell)
    tell("Loading the weights")
    from model_service.sentiment.finbert.torch_model import load_model, trace

    name = model_name(source)
    model = load_model(snapshot.folder, name)
    traced = folder / "model.fp32.onnx"
    tell("Tracing to ONNX")
    trace(model, traced)
    tell("Quantising to int8")
    quantise(traced, folder / MODEL)
    (folder / TOKENIZER).write_text(model.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    (folder / CONFIG).write_text(model.model.config.to_json_string(), encoding="utf-8")
    content = {
        "name": name,
        "revision": snapshot.revision,
        "source_sha256": source_sha256(snapshot.folder),
        "labels": list(model.labels),
        "tokens": {
            "before": list(model.frame.before),
            "after": list(model.frame.after),
            "padding": model.frame.padding,
            "longest": model.frame.longest,
        },
        "made_with": {
            package: version(package)
            for package in ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")
        },
    }
    write_manifest(folder, content)
    tell("Comparing with torch")
    write_manifest(folder, {**content, "differences": _verify(model, folder, traced)})
    traced.unlink()


def _verify(model: object, folder: Path, traced: Path) -> dict[str, float]:
    """Differences of probabilities from torch: of the trace, and of what will serve."""
    import numpy as np
    import onnxruntime

    from model_service.sentiment.engine import LABELS
    from model_service.sentiment.finbert.engine import FinbertEngine
    from model_service.sentiment.finbert.exported import read_export
    from model_service.sentiment.finbert.tokens import Tokens
    from model_service.sentiment.finbert.torch_model import TorchModel

    if not isinstance(model, TorchModel):
        raise TypeError("not a model of torch")
    wanted = model.probabilities(SENTENCES)
    session = onnxruntime.InferenceSession(str(traced), providers=["CPUExecutionProvider"])
    exact = FinbertEngine(read_export(folder), session, Tokens(folder / TOKENIZER))
    differences = []
    for engine in (exact, FinbertEngine.load(folder, threads=1)):
        scores = engine.score(SENTENCES)
        found = np.array([[getattr(score, label) for label in LABELS] for score in scores])
        differences.append(np.abs(found - wanted))
    if differences[0].max() > _LAST_TRACE_DIFFERENCE:
        raise SentimentUnavailable(
            f"The ONNX model departs from torch by {differences[0].max():.4f} in a probability."
        )
    if differences[1].mean() > AGREEMENT:
        raise SentimentUnavailable(
            f"The int8 model departs from torch by {differences[1].mean():.3f} in a probability "
            f"on average, and {AGREEMENT:g} is allowed."
        )
    return {
        "fp32_max": float(differences[0].max()),
        "int8_max": float(differences[1].max()),
        "int8_mean": float(differences[1].mean()),
    }


def _end_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends (prctl(2)); nothing elsewhere."""
    if sys.platform.startswith("linux"):
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
