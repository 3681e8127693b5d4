"""Run the benchmarks: JSON lines on standard output, sentences on the error stream.

python -m benchmarks [NAME ...] [--quick] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measurement import say
from benchmarks.settings import market_data_folder


def run_training(data: Path, *, quick: bool) -> None:
    from benchmarks import training

    training.run(data, quick=quick)


def run_validation(data: Path, *, quick: bool) -> None:
    from benchmarks import validation

    validation.run(data, quick=quick)


def run_ledger(data: Path, *, quick: bool) -> None:  # noqa: ARG001
    from benchmarks import ledger

    ledger.run(quick=quick)


def run_predict(data: Path, *, quick: bool) -> None:
    from benchmarks import predict

    predict.run(data, quick=quick)


def run_bootstrap(data: Path, *, quick: bool) -> None:  # noqa: ARG001
    from benchmarks import bootstrap

    bootstrap.run(quick=quick)


def run_evaluation(data: Path, *, quick: bool) -> None:  # noqa: ARG001
    from benchmarks import evaluation

    evaluation.run(quick=quick)


def run_sentiment(data: Path, *, quick: bool) -> None:
    from benchmarks import sentiment

    sentiment.run(data, quick=quick)


def run_lite(data: Path, *, quick: bool) -> None:
    from benchmarks import lite

    lite.run(data, quick=quick)


def run_finbert(data: Path, *, quick: bool) -> None:
    from benchmarks import finbert

    finbert.run(data, quick=quick)


def run_experiments(data: Path, *, quick: bool) -> None:  # noqa: ARG001
    from benchmarks import experiments

    experiments.run(quick=quick)


# Each imports what it needs when it runs: TensorFlow is slow to import, and not all need it.
BENCHMARKS: dict[str, Callable[..., None]] = {
    "training": run_training,
    "validation": run_validation,
    "ledger": run_ledger,
    "predict": run_predict,
    "bootstrap": run_bootstrap,
    "evaluation": run_evaluation,
    "sentiment": run_sentiment,
    "lite": run_lite,
    "finbert": run_finbert,
    "experiments": run_experiments,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure the model service.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes and no peers: does everything still run?"
    )
    parser.add_argument("--data", type=Path, default=None, help="folder of real candles")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
    data = arguments.data or market_data_folder()
    started = time.monotonic()
    for name in arguments.names or BENCHMARKS:
        BENCHMARKS[name](data, quick=arguments.quick)
    say(f"All measured in {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
