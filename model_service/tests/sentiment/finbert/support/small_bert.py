"""Build and train a small BERT, and write it as FinBERT's repository is written.

``python small_bert.py FOLDER`` trains on headlines of a small grammar, in which the sentiment
follows from two words together (a loss that falls is good news), and writes ``config.json``,
``pytorch_model.bin``, ``vocab.txt`` and ``tokenizer_config.json``. ``held_out.json`` beside them
has headlines that were not trained on, with their labels and what fp32 torch answers.

A process of its own: TensorFlow is loaded in the one that tests run in.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import NamedTuple

import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

# Neither the order of FinBERT nor that of the service, and in any case.
LABELS = ("Neutral", "POSITIVE", "negative")

FIRMS = ("Nokia", "Infosys", "Tata", "Shell", "Kone", "Boeing", "Wipro", "Stora", "Metso")
GOOD = ("profit", "sales", "revenue", "margin", "earnings", "orders", "dividend", "output")
BAD = ("loss", "debt", "costs", "complaints", "delays", "impairments", "defaults", "churn")
UP = ("rose", "grew", "jumped", "climbed", "increased", "surged", "widened", "doubled")
DOWN = ("fell", "shrank", "dropped", "declined", "decreased", "slid", "narrowed", "halved")
FLAT = ("was unchanged", "stayed flat", "is reported on", "will be discussed on", "was published")
TIMES = ("in May", "in the quarter", "this year", "on Monday", "in the first half", "last week")
AMOUNTS = ("by 4 %", "by 13 mn", "sharply", "slightly", "to EUR 9 mn", "to 120 crore", "again")
WORDS = ("s", "net", "operating", "total", "of", "at")
HELD_OUT = 600
SEED = 7
STEPS = 220


class Headline(NamedTuple):
    text: str
    label: int


def make_headline(draw: random.Random) -> Headline:
    """A headline of the grammar; uneven shares, as words that always balance teach slowly."""
    firm, when = draw.choice(FIRMS), draw.choice(TIMES)
    what = draw.choice(GOOD if draw.random() < 0.75 else BAD)
    subject = f"{draw.choice(('', 'net ', 'operating ', 'total '))}{what}"
    if draw.random() < 0.3:
        change, label = draw.choice(FLAT), "neutral"
    else:
        rises = draw.random() < 0.6
        change = f"{draw.choice(UP if rises else DOWN)} {draw.choice(AMOUNTS)}"
        label = "positive" if rises == (what in GOOD) else "negative"
    text = draw.choice(
        (
            f"{firm}'s {subject} {change} {when}",
            f"{subject.capitalize()} of {firm} {change} {when}",
            f"{when.capitalize()}, {subject} {change} at {firm}",
            f"{firm}: {subject} {change}",
        )
    )
    return Headline(text, [name.lower() for name in LABELS].index(label))


def write_tokenizer(folder: Path) -> None:
    """A WordPiece vocabulary in the order of BERT's; one word in three only in pieces."""
    phrases = [*FIRMS, *GOOD, *BAD, *UP, *DOWN, *FLAT, *TIMES, *AMOUNTS, *WORDS]
    words = sorted({word for phrase in phrases for word in phrase.lower().split()})
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    whole = [word for place, word in enumerate(words) if place % 3 or len(word) < 5]
    pieces = [part for word in words for part in (word[:3], f"##{word[3:]}") if len(word) > 3]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    entries = [*special, *".,:'%", *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = dict.fromkeys([*entries, *whole, *pieces])
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    settings = {"do_lower_case": True, "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    draw = random.Random(SEED)  # noqa: S311
    write_tokenizer(folder)
    config = BertConfig(
        vocab_size=len((folder / "vocab.txt").read_text().split()),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=256,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.1,
        id2label=dict(enumerate(LABELS)),
        label2id={name: place for place, name in enumerate(LABELS)},
        architectures=["BertForSequenceClassification"],
    )
    config.save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    held_out: dict[str, int] = {}
    while len(held_out) < HELD_OUT:
        held_out.update([make_headline(draw)])
    model = BertForSequenceClassification(config)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(STEPS):
        batch = [
            one for one in (make_headline(draw) for _ in range(80)) if one.text not in held_out
        ]
        inputs = tokenizer([one.text for one in batch], padding=True, return_tensors="pt")
        loss = model(**inputs, labels=torch.tensor([one.label for one in batch])).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    with torch.inference_mode():
        inputs = tokenizer(list(held_out), padding=True, return_tensors="pt")
        answers = torch.softmax(model(**inputs).logits, dim=1).tolist()
    names = [name.lower() for name in LABELS]
    lines = [
        {
            "text": text,
            "label": names[label],
            "fp32": dict(zip(names, answer, strict=True)),
        }
        for (text, label), answer in zip(held_out.items(), answers, strict=True)
    ]
    (folder / "held_out.json").write_text(json.dumps(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
