"""Generate both services' pydantic models from the model service's contract.

Usage
-----
``python scripts/generate_models.py``          writes both copies
``python scripts/generate_models.py --check``  fails where a copy differs from the contract

The copies are equal byte for byte; each service owns one, so that neither imports the other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "contracts" / "model_service.openapi.yaml"
COPIES = (
    ROOT / "model_service" / "src" / "model_service" / "http" / "generated.py",
    ROOT / "backend_service" / "src" / "backend_service" / "model_client" / "generated.py",
)
HEADER = '''# mypy: disable-error-code="assignment"
"""Models of contracts/model_service.openapi.yaml; never edited by hand.

Made by `python scripts/generate_models.py`.
"""
'''
# The header's first line: a nested model's default is written as the JSON value it comes from.
OPTIONS = (
    "--input-file-type=openapi",
    "--openapi-scopes=schemas",
    "--output-model-type=pydantic_v2.BaseModel",
    "--target-python-version=3.11",
    "--enum-field-as-literal=all",
    "--use-annotated",
    "--use-type-alias",
    "--use-schema-description",
    "--use-field-description",
    "--use-attribute-docstrings",
    "--collapse-root-models",
    "--strict-nullable",
    "--use-double-quotes",
    "--disable-timestamp",
    "--formatters=builtin",
)


def generate() -> str:
    """The module's text, the same for the same contract and generator version."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "generated.py"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "datamodel_code_generator",
                f"--input={CONTRACT}",
                f"--output={output}",
                f"--custom-file-header={HEADER}",
                *OPTIONS,
            ],
            check=True,
            timeout=120,
        )
        return output.read_text(encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 on drift")
    only_check: bool = parser.parse_args().check
    text = generate()
    drifted = [
        copy for copy in COPIES if not copy.is_file() or copy.read_text(encoding="utf-8") != text
    ]
    for copy in drifted:
        name = copy.relative_to(ROOT)
        if only_check:
            print(f"{name} differs from {CONTRACT.relative_to(ROOT)}: run {sys.argv[0]}")
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if only_check and drifted else 0


if __name__ == "__main__":
    raise SystemExit(main())
