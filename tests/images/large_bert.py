"""``python large_bert.py FOLDER``: an export of a BERT of FinBERT's size with random weights.

How much memory it takes does not depend on what the weights say. Runs with the benchmarks of the
model service on its path, which know how such a model is built.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.peer import Peer

from model_service.sentiment.finbert.export import export_in_child

EXPORT_SECONDS = 900.0
_WORDS = ("profit rose in May", "sales fell by 4 %", "shares slid after weak demand", "orders grew")


def main(folder: Path) -> None:
    with Peer("finbert_loop.py", Path(sys.executable)) as builder:
        builder.ask("build", folder=str(folder / "bert"), headlines=list(_WORDS), tiny=False)
    export_in_child(str(folder / "bert"), folder / "exports", timeout_seconds=EXPORT_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
