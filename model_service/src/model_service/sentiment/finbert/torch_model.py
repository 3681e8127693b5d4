"""A published model in torch: loaded as it is written, asked, and traced to ONNX.

Imports `torch` and `transformers`, and is therefore imported by the exporting process alone.
"""

from __future__ import annotations

import pickle  # for its error alone
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import LABELS, Label
from model_service.sentiment.finbert.engine import ATTENTION_MASK, INPUT_IDS, LOGITS
from model_service.sentiment.finbert.labels import read_labels
from model_service.sentiment.finbert.tokens import TokenFrame

OPSET = 18
_LONGEST = 512
_PROBE = "profit rose"


@dataclass(frozen=True)
class TorchModel:
    """A loaded classifier with its tokenizer."""

    model: Any
    tokenizer: Any
    labels: tuple[Label, ...]
    frame: TokenFrame

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities in fp32, in the order of `LABELS`, shape (texts, labels); one by one."""
        columns = [self.labels.index(label) for label in LABELS]
        rows = []
        with torch.inference_mode():
            for text in texts:
                inputs = self.tokenizer(
                    text, truncation=True, max_length=self.frame.longest, return_tensors="pt"
                )
                logits = self.model(**inputs).logits[0, columns].double()
                rows.append(torch.softmax(logits, dim=0).numpy())
        return np.array(rows)


def load_model(folder: Path, name: str) -> TorchModel:
    """The classifier in a folder; its weights are never unpickled beyond tensors.

    Raises
    ------
    SentimentUnavailable
        If it is no classifier of positive, negative and neutral, or not all of its weights are
        there.
    """
    transformers.logging.set_verbosity_error()
    config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    labels = read_labels(config.id2label, name)
    # Attention written out: what replaces it may hide its weights from quantisation.
    try:
        model, loading = transformers.AutoModelForSequenceClassification.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            weights_only=True,
            trust_remote_code=False,
            attn_implementation="eager",
            dtype=torch.float32,
            output_loading_info=True,
        )
    except pickle.UnpicklingError as error:
        raise SentimentUnavailable(
            f"The weights of {name} cannot be read as tensors, and nothing else is unpickled."
        ) from error
    missing = sorted([*loading["missing_keys"], *map(str, loading["mismatched_keys"])])
    if missing:
        raise SentimentUnavailable(
            f"{name} lacks weights of a classifier: {', '.join(missing[:3])}"
            f"{' …' if len(missing) > 3 else ''}."
        )
    tokenizer = transformers.AutoTokenizer.from_pretrained(
        folder, local_files_only=True, use_fast=True, trust_remote_code=False
    )
    if not tokenizer.is_fast:
        raise SentimentUnavailable(f"The tokenizer of {name} cannot be written as tokenizer.json.")
    return TorchModel(model.eval(), tokenizer, labels, _read_frame(tokenizer, config, name))


def trace(model: TorchModel, file: Path) -> None:
    """Write the model as fp32 ONNX: token ids and mask in, logits out; any batch, any length."""

    class Logits(torch.nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.inner(input_ids=ids, attention_mask=mask).logits

    # The wrapper starts in training mode, and export would switch the model inside to it.
    traced = Logits(model.model).eval()
    ids = torch.randint(0, model.model.config.vocab_size, (2, min(12, model.frame.longest)))
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            traced,
            (ids, torch.ones_like(ids)),
            str(file),
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT_IDS, ATTENTION_MASK],
            output_names=[LOGITS],
            dynamic_axes={
                INPUT_IDS: {0: "chunks", 1: "tokens"},
                ATTENTION_MASK: {0: "chunks", 1: "tokens"},
                LOGITS: {0: "chunks"},
            },
        )


def _read_frame(tokenizer: Any, config: Any, name: str) -> TokenFrame:
    bare = list(tokenizer(_PROBE, add_special_tokens=False)["input_ids"])
    framed = list(tokenizer(_PROBE)["input_ids"])
    starts = [
        start
        for start in range(len(framed) - len(bare) + 1)
        if framed[start : start + len(bare)] == bare
    ]
    if not bare or not starts or tokenizer.pad_token_id is None:
        raise SentimentUnavailable(f"The tokenizer of {name} frames texts in an unknown way.")
    positions = int(getattr(config, "max_position_embeddings", _LONGEST))
    return TokenFrame(
        before=tuple(framed[: starts[0]]),
        after=tuple(framed[starts[0] + len(bare) :]),
        padding=int(tokenizer.pad_token_id),
        longest=min(_LONGEST, int(tokenizer.model_max_length), positions),
    )
