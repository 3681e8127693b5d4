"""``python -m scripts.images [NAME …]``: build images, those of the three services by default."""

from __future__ import annotations

import argparse
import os
import sys

from scripts.images.builder import IMAGES, SERVING, NotBuilt, builder_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="make images", description="Build the images.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(IMAGES)}")
    names = parser.parse_args().names or SERVING
    unknown = [name for name in names if name not in IMAGES]
    if unknown:
        parser.error(f"there is no image {', '.join(unknown)}; there are {', '.join(IMAGES)}")
    try:
        builder = builder_of(os.environ)
        for name in names:
            builder.build(IMAGES[name])
    except NotBuilt as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
