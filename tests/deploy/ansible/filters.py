"""The playbook's own filters, loaded as Ansible loads them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

from .playbook import ANSIBLE


def load_filters() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for path in sorted((ANSIBLE / "filter_plugins").glob("*.py")):
        specification = importlib.util.spec_from_file_location(f"filters_{path.stem}", path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        filters = module.FilterModule().filters()
        assert not found.keys() & filters.keys()
        found |= filters
    return found
