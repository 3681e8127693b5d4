"""Holds objects against Kubernetes' schemas; run by the Python that has kubernetes-validate.

Reads a JSON list of objects, and writes a list of sentences for each object that is at fault, by
its index.
"""

import json
import sys

import kubernetes_validate


def main() -> None:
    """Check every object against every version that the arguments name."""
    found: dict[int, list[str]] = {}
    for index, one in enumerate(json.load(sys.stdin)):
        for version in sys.argv[1:]:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except (
                kubernetes_validate.ValidationError,
                kubernetes_validate.SchemaNotFoundError,
            ) as error:
                path = ".".join(str(step) for step in getattr(error, "path", ()))
                found.setdefault(index, []).append(f"{version}: {path}: {error.message[:300]}")
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
