"""How a patch changes an object: RFC 7396, and server-side apply with what a manager owned."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
ItemKey = Callable[[Json], Any]

KEYED_BY_NAME = {"containers", "initContainers", "ephemeralContainers", "env", "volumes"}
KEYED_BY = {
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
}


def merge_patch(target: Any, patch: Any) -> Any:
    """JSON merge patch: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def apply(live: Json, owned: Json, wanted: Json) -> Json:
    """Server-side apply: `owned` is what the same manager applied the last time.

    What it owned and no longer wants goes, what it wants is set, all else stays.
    """
    result = copy.deepcopy(live)
    _remove(result, owned, wanted)
    _set(result, wanted)
    return result


def item_key(name: str, items: list[Any]) -> ItemKey | None:
    """What identifies an item of a list; None where the list is one value."""
    if not all(isinstance(item, dict) for item in items):
        return None
    if name in KEYED_BY_NAME and all("name" in item for item in items):
        return lambda item: item["name"]
    if name in KEYED_BY:
        return lambda item: item.get(KEYED_BY[name])
    if name == "ports" and all("containerPort" in item for item in items):
        return lambda item: (item["containerPort"], item.get("protocol", "TCP"))
    if name == "ports" and all("targetPort" in item or "nodePort" in item for item in items):
        return lambda item: (item.get("port"), item.get("protocol", "TCP"))
    if name == "topologySpreadConstraints":
        return lambda item: (item.get("topologyKey"), item.get("whenUnsatisfiable"))
    return None


def _remove(live: Json, owned: Json, wanted: Json) -> None:
    for name, value in owned.items():
        if name not in live:
            continue
        if name not in wanted:
            del live[name]
        elif isinstance(value, dict) and isinstance(wanted[name], dict):
            if isinstance(live[name], dict):
                _remove(live[name], value, wanted[name])
        elif isinstance(value, list) and isinstance(wanted[name], list):
            key = item_key(name, value + wanted[name])
            if key is not None:
                _remove_items(live[name], value, wanted[name], key)


def _remove_items(live: list[Json], owned: list[Json], wanted: list[Json], key: ItemKey) -> None:
    kept = {key(item): item for item in wanted}
    before = {key(item): item for item in owned}
    live[:] = [item for item in live if key(item) not in before or key(item) in kept]
    for item in live:
        if key(item) in before:
            _remove(item, before[key(item)], kept[key(item)])


def _set(live: Json, wanted: Json) -> None:
    for name, value in wanted.items():
        if value is None:
            continue
        if isinstance(value, dict) and isinstance(live.get(name), dict):
            _set(live[name], value)
        elif isinstance(value, list) and isinstance(live.get(name), list):
            key = item_key(name, value + live[name])
            if key is None:
                live[name] = copy.deepcopy(value)
            else:
                live[name] = _merged_items(live[name], value, key)
        else:
            live[name] = copy.deepcopy(value)


def _merged_items(live: list[Json], wanted: list[Json], key: ItemKey) -> list[Json]:
    present = {key(item): item for item in live}
    result = []
    for item in wanted:
        merged = copy.deepcopy(present.get(key(item), {}))
        _set(merged, item)
        result.append(merged)
    chosen = {key(item) for item in wanted}
    return result + [item for item in live if key(item) not in chosen]
