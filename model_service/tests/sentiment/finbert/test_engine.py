"""The engine answers as torch does, and the same in any company."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import LABELS, Score
from model_service.sentiment.finbert.engine import FinbertEngine
from model_service.sentiment.finbert.exported import MODEL

SAME_LABELS = 0.99


def texts_of(held_out: list[dict[str, Any]]) -> list[str]:
    return [line["text"] for line in held_out]


def fp32_label(line: dict[str, Any]) -> str:
    return max(LABELS, key=lambda label: float(line["fp32"][label]))


def test_the_small_bert_has_learned_its_grammar(held_out: list[dict[str, Any]]) -> None:
    assert len(held_out) >= 500
    right = [fp32_label(line) == line["label"] for line in held_out]
    assert np.mean(right) >= 0.97
    for label in LABELS:
        assert sum(line["label"] == label for line in held_out) > 50


def test_labels_are_those_of_fp32(engine: FinbertEngine, held_out: list[dict[str, Any]]) -> None:
    scores = engine.score(texts_of(held_out))
    same = [score.label == fp32_label(line) for score, line in zip(scores, held_out, strict=True)]
    assert np.mean(same) >= SAME_LABELS
    differences = [
        abs(getattr(score, label) - line["fp32"][label])
        for score, line in zip(scores, held_out, strict=True)
        for label in LABELS
    ]
    assert np.mean(differences) < 0.01


def test_probabilities_add_up(engine: FinbertEngine) -> None:
    for score in engine.score(["Net profit rose sharply", "x", "🙂", "ربح", "a. " * 2_000]):
        assert score.positive + score.negative + score.neutral == pytest.approx(1.0, abs=1e-12)
        assert min(score.positive, score.negative, score.neutral) >= 0.0


def test_a_score_is_the_same_bits_in_any_company(
    engine: FinbertEngine, export: Path, held_out: list[dict[str, Any]]
) -> None:
    texts = texts_of(held_out)[:60]
    company = ["Profit " * 500, "!", "Sales of Nokia " * 9]
    alone = [engine.score([text])[0] for text in texts]
    assert engine.score(texts) == alone
    assert engine.score([*company, *reversed(texts)])[len(company) :] == alone[::-1]
    assert engine.score(texts[:7]) == alone[:7]
    assert FinbertEngine.load(export, threads=1).score(texts) == alone


def test_equal_texts_have_one_score(engine: FinbertEngine) -> None:
    first, other, second = engine.score(["Sales fell", "Sales rose", "Sales fell"])
    assert first == second != other


def test_nothing_in_nothing_out(engine: FinbertEngine) -> None:
    assert engine.score([]) == []


def test_a_long_text_is_the_mean_of_its_parts_by_length(engine: FinbertEngine) -> None:
    good = "Net profit rose sharply in the quarter. " * 60
    bad = "Net loss grew sharply in the quarter. " * 20
    # Sentences go into chunks of 510 tokens; 7 words and a full stop, some of them in pieces.
    (whole,) = engine.score([good + bad])
    (up,), (down,) = engine.score([good[:400]]), engine.score([bad[:380]])
    assert up.label == "positive"
    assert down.label == "negative"
    assert down.score < whole.score < up.score


def test_a_text_without_tokens_has_a_score(engine: FinbertEngine) -> None:
    assert isinstance(engine.score(["\u200b\u200b"])[0], Score)


def test_half_a_surrogate_pair_is_a_text(engine: FinbertEngine) -> None:
    assert isinstance(engine.score(["profit \ud83d rose"])[0], Score)


def test_threads_do_not_disturb_each_other(
    engine: FinbertEngine, held_out: list[dict[str, Any]]
) -> None:
    texts = texts_of(held_out)[:200]
    expected = engine.score(texts)
    parts = [texts[start::4] for start in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(engine.score, parts))
    assert found == [expected[start::4] for start in range(4)]


def test_the_version_names_weights_and_quantisation(engine: FinbertEngine) -> None:
    assert engine.name == "finbert"
    assert engine.version.startswith("small-bert@sha256-")
    assert engine.version.endswith("+int8-rows-1")
    assert "/" not in engine.version


def test_an_export_that_was_changed_is_refused(export: Path, tmp_path: Path) -> None:
    for file in export.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / MODEL).open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"x" * 8)
    with pytest.raises(SentimentUnavailable, match=r"model\.int8\.onnx of the export"):
        FinbertEngine.load(tmp_path, threads=1)


def test_no_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SentimentUnavailable, match="no export"):
        FinbertEngine.load(tmp_path / "none", threads=1)


def test_serving_needs_neither_torch_nor_transformers(export: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from model_service.sentiment.finbert.engine import FinbertEngine\n"
        "from model_service.sentiment.finbert import export, weights\n"
        "engine = FinbertEngine.load(Path(sys.argv[1]), threads=1)\n"
        "assert engine.score(['Net profit rose sharply'])[0].label == 'positive'\n"
        "heavy = {'torch', 'transformers', 'onnx', 'tensorflow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    command = [sys.executable, "-c", code, str(export)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
