"""The plain loop over headlines: batches of 10 in their order, padded, fp32 torch.

Also makes what is measured: a BERT of random weights, written as FinBERT's repository is. Runs in
the environment of the services, in a process of its own: torch and TensorFlow are not mixed.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from protocol import answer_commands
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig
from transformers import BertForSequenceClassification as Classifier

BATCH = 10
VOCABULARY = 30_522
LABELS = ("positive", "negative", "neutral")
TINY = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

_loaded: dict[str, Any] = {}


def build(folder: str, headlines: list[str], tiny: bool) -> dict[str, Any]:
    """Write a BERT of FinBERT's shape, or a tiny one, whose words are those of the headlines."""
    torch.manual_seed(0)
    words = Counter(
        word for text in headlines for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]", text.lower())
    )
    pieces = [*LETTERS, *(f"##{letter}" for letter in LETTERS)]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # As in English at large, the rarer half of the words is not in the vocabulary as a whole.
    common = [word for word, _ in words.most_common(len(words) // 2)]
    vocabulary = list(dict.fromkeys([*special, *pieces, *common]))
    vocabulary += [f"[unused{place}]" for place in range(VOCABULARY - len(vocabulary))]
    path = Path(folder)
    path.mkdir(parents=True)
    (path / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    settings = {"do_lower_case": True, "model_max_length": 512}
    (path / "tokenizer_config.json").write_text(json.dumps(settings))
    shape = {**TINY, "intermediate_size": 64} if tiny else {}
    config = BertConfig(
        vocab_size=len(vocabulary),
        id2label=dict(enumerate(LABELS)),
        label2id={name: place for place, name in enumerate(LABELS)},
        **shape,
    )
    config.save_pretrained(path)
    model = Classifier(config)
    torch.save(model.state_dict(), path / "pytorch_model.bin")
    return {"parameters": sum(part.numel() for part in model.parameters())}


def load(folder: str, threads: int) -> dict[str, Any]:
    torch.set_num_threads(threads)
    _loaded["model"] = AutoModelForSequenceClassification.from_pretrained(
        folder, local_files_only=True
    ).eval()
    _loaded["tokenizer"] = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return {}


def run(headlines: list[str]) -> dict[str, Any]:
    """Seconds by the clock and of the processor, and the mean number of tokens."""
    tokens = 0
    started, processor = time.perf_counter(), time.process_time()
    with torch.no_grad():
        for first in range(0, len(headlines), BATCH):
            inputs = _loaded["tokenizer"](
                headlines[first : first + BATCH],
                padding=True,
                truncation=True,
                max_length=512,
                return_tensors="pt",
            )
            torch.softmax(_loaded["model"](**inputs).logits, dim=1)
            tokens += int(inputs["attention_mask"].sum())
    return {
        "seconds": time.perf_counter() - started,
        "processor_seconds": time.process_time() - processor,
        "tokens": tokens / len(headlines),
    }


if __name__ == "__main__":
    answer_commands({"build": build, "load": load, "run": run})
