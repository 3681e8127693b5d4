"""An export on disk: a folder whose files are those that its manifest names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import LABELS, Label
from model_service.sentiment.finbert.labels import read_labels
from model_service.sentiment.finbert.tokens import TokenFrame

SCHEMA_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
MODEL: Final = "model.int8.onnx"
TOKENIZER: Final = "tokenizer.json"
CONFIG: Final = "config.json"
FILES: Final = (MODEL, TOKENIZER, CONFIG)
QUANTISATION: Final = "int8-rows-1"
"""How the weights were quantised; another way is another name, and another engine version."""


@dataclass(frozen=True)
class Export:
    """A verified export.

    Attributes
    ----------
    folder : Path
    name : str
        Of the model: its name on the hub, or that of its folder.
    revision : str or None
        Commit on the hub.
    source_sha256 : str
        Digest of the files that it was made from.
    labels : tuple of str
        In the order of the outputs.
    frame : TokenFrame
    """

    folder: Path
    name: str
    revision: str | None
    source_sha256: str
    labels: tuple[Label, ...]
    frame: TokenFrame

    @property
    def version(self) -> str:
        """What fixes the scores: weights and quantisation."""
        weights = self.revision or f"sha256-{self.source_sha256}"
        prefix = "sha256-" if self.revision is None else ""
        return f"{self.name}@{weights[: len(prefix) + 12]}+{QUANTISATION}"


def export_folder(export_dir: Path, source: str) -> Path:
    """Where the export of a source lies; sources that are not the same never share a folder."""
    local = Path(source).expanduser()
    exact = str(local.resolve()) if is_local(source) else source
    readable = re.sub(r"[^A-Za-z0-9._-]+", "--", model_name(source))[:60].strip(".-") or "model"
    return export_dir / f"{readable}-{hashlib.sha256(exact.encode()).hexdigest()[:10]}"


def is_local(source: str) -> bool:
    """Whether a source is a folder here and no name on the hub."""
    return (
        Path(source).expanduser().is_dir()
        or re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", source) is None
    )


def model_name(source: str) -> str:
    """What a source is called where its path is nobody's business."""
    return Path(source).expanduser().resolve().name if is_local(source) else source


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest of a folder whose files are complete."""
    complete = {
        **content,
        "schema_version": SCHEMA_VERSION,
        "quantisation": QUANTISATION,
        "files": {name: file_sha256(folder / name) for name in FILES},
    }
    text = json.dumps(complete, indent=2, sort_keys=True, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_export(folder: Path) -> Export:
    """The export in a folder, every file checked against the manifest.

    Raises
    ------
    SentimentUnavailable
        If there is none, it was made in another way than this code reads, or a file is not the one
        that was written.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        made = (manifest["schema_version"], manifest["quantisation"])
        if made != (SCHEMA_VERSION, QUANTISATION):
            raise SentimentUnavailable(
                f"The export {folder.name} is of schema {made[0]} and {made[1]}, this service "
                f"reads schema {SCHEMA_VERSION} and {QUANTISATION}: export again."
            )
        for name in FILES:
            if file_sha256(folder / name) != manifest["files"][name]:
                raise SentimentUnavailable(
                    f"{name} of the export {folder.name} is not the file of its manifest: "
                    "export again."
                )
        return _describe(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SentimentUnavailable(
            f"There is no export that can be read in {folder.name}."
        ) from error


def file_sha256(file: Path) -> str:
    """SHA-256 of a file, which may be large."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _describe(folder: Path, manifest: Mapping[str, Any]) -> Export:
    tokens = manifest["tokens"]
    frame = TokenFrame(
        tuple(map(int, tokens["before"])),
        tuple(map(int, tokens["after"])),
        int(tokens["padding"]),
        int(tokens["longest"]),
    )
    if frame.room < 1:
        raise ValueError("no room for a token")
    labels = manifest["labels"]
    if len(labels) != len(LABELS):
        raise ValueError("not three labels")
    revision = manifest["revision"]
    return Export(
        folder,
        str(manifest["name"]),
        None if revision is None else str(revision),
        str(manifest["source_sha256"]),
        read_labels(dict(enumerate(labels)), folder.name),
        frame,
    )
