"""Write the gateway's contract: ``python -m backend_service.export_openapi [--check]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson

from backend_service.app import create_app
from backend_service.settings import Settings

CONTRACT = Path(__file__).resolve().parents[3] / "contracts" / "backend.openapi.json"


def render_openapi() -> str:
    """The contract's text; the same for the same code."""
    document = create_app(Settings(database_url="sqlite://"), providers=()).openapi()
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document, option=options).decode()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m backend_service.export_openapi")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 on drift")
    parser.add_argument("--output", type=Path, default=CONTRACT)
    arguments = parser.parse_args()
    output: Path = arguments.output
    text = render_openapi()
    if not arguments.check:
        output.write_text(text, encoding="utf-8")
        return 0
    if output.is_file() and output.read_text(encoding="utf-8") == text:
        return 0
    print(f"{output.name} differs from the code: run {parser.prog}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
