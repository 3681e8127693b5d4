"""What is needed from the system; where it is missing that is a failure and no reason to skip."""

from __future__ import annotations

import shutil


def find_groovy() -> str:
    path = shutil.which("groovy")
    assert path is not None, (
        "groovy and a Java runtime are needed (Debian: groovy, default-jre-headless)"
    )
    return path
