"""Objects with versions, generations and owners of fields, and a record of what changed."""

from __future__ import annotations

import base64
import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .defaults import fill_defaults
from .immutable import refuse_forbidden_change
from .kinds import Kind
from .merging import apply, merge_patch
from .refusals import Refused, not_found

Json = dict[str, Any]
Key = tuple[str, str, str]
"""Kind, namespace (empty for what has none) and name."""


@dataclass
class Entry:
    """An object and what each field manager applied the last time."""

    kind: Kind
    body: Json
    applied: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One write that changed something; `body` is the object after it, or before its removal."""

    verb: str
    kind: str
    name: str
    body: Json


class Store:
    """All objects of the cluster. Not thread-safe: the server holds a lock around it."""

    def __init__(self) -> None:
        self.entries: dict[Key, Entry] = {}
        self.changes: list[Change] = []
        self.written: Callable[[Entry], None] = lambda _entry: None
        """Told of every object that was created or changed."""
        self._version = 1000

    def find(self, kind: str, name: str, namespace: str = "") -> Json | None:
        entry = self.entries.get((kind, namespace, name))
        return None if entry is None else entry.body

    def get(self, kind: Kind, namespace: str, name: str) -> Json:
        body = self.find(kind.kind, name, namespace)
        if body is None:
            raise not_found(_resource(kind), name)
        return body

    def all(self, kind: Kind, namespace: str) -> list[Json]:
        return [
            entry.body
            for (name, space, _), entry in sorted(self.entries.items())
            if name == kind.kind and namespace in ("", space)
        ]

    def create(self, kind: Kind, namespace: str, body: Json, dry_run: bool) -> Json:
        name = body["metadata"]["name"]
        if (kind.kind, namespace, name) in self.entries:
            raise Refused(409, "AlreadyExists", f'{_resource(kind)} "{name}" already exists')
        return self._add(Entry(kind, copy.deepcopy(body)), namespace, name, dry_run)

    def replace(self, kind: Kind, namespace: str, name: str, body: Json, dry_run: bool) -> Json:
        live = self.get(kind, namespace, name)
        changed = copy.deepcopy(body)
        changed["metadata"] = _kept_metadata(live) | changed["metadata"]
        if "status" in live:
            changed["status"] = live["status"]
        return self._change(self.entries[kind.kind, namespace, name], changed, dry_run)

    def merge(self, kind: Kind, namespace: str, name: str, patch: Json, dry_run: bool) -> Json:
        live = self.get(kind, namespace, name)
        entry = self.entries[kind.kind, namespace, name]
        return self._change(entry, merge_patch(live, patch), dry_run)

    def apply(
        self, kind: Kind, namespace: str, name: str, wanted: Json, manager: str, dry_run: bool
    ) -> Json:
        entry = self.entries.get((kind.kind, namespace, name))
        if entry is None:
            made = Entry(kind, copy.deepcopy(wanted), {manager: copy.deepcopy(wanted)})
            return self._add(made, namespace, name, dry_run)
        body = apply(entry.body, entry.applied.get(manager, {}), wanted)
        result = self._change(entry, body, dry_run)
        if not dry_run:
            entry.applied[manager] = copy.deepcopy(wanted)
        return result

    def delete(self, kind: Kind, namespace: str, name: str, dry_run: bool) -> Json:
        body = self.get(kind, namespace, name)
        if not dry_run:
            del self.entries[kind.kind, namespace, name]
            self.changes.append(Change("delete", kind.kind, name, body))
        return body

    def set_status(self, entry: Entry, status: Json) -> None:
        """What controllers do: a status is no change of what was asked for."""
        if entry.body.get("status") != status:
            entry.body["status"] = status
            entry.body["metadata"]["resourceVersion"] = self._next_version()

    def _add(self, entry: Entry, namespace: str, name: str, dry_run: bool) -> Json:
        body = entry.body
        if entry.kind.namespaced:
            if ("Namespace", "", namespace) not in self.entries:
                raise not_found("namespaces", namespace)
            body["metadata"]["namespace"] = namespace
        if entry.kind.kind == "Secret":
            _encode(body)
        fill_defaults(body)
        body["metadata"] |= {
            "uid": str(uuid.uuid4()),
            "generation": 1,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [{"manager": manager} for manager in entry.applied],
            "resourceVersion": "0" if dry_run else self._next_version(),
        }
        if not dry_run:
            self.entries[entry.kind.kind, namespace, name] = entry
            self.changes.append(Change("create", entry.kind.kind, name, copy.deepcopy(body)))
            self.written(entry)
        return body

    def _change(self, entry: Entry, body: Json, dry_run: bool) -> Json:
        if entry.kind.kind == "Secret":
            _encode(body)
        fill_defaults(body)
        refuse_forbidden_change(entry.body, body)
        if body == entry.body:
            return entry.body
        if body.get("spec") != entry.body.get("spec"):
            body["metadata"]["generation"] = entry.body["metadata"]["generation"] + 1
        if dry_run:
            return body
        body["metadata"]["resourceVersion"] = self._next_version()
        entry.body = body
        name = body["metadata"]["name"]
        self.changes.append(Change("update", entry.kind.kind, name, copy.deepcopy(body)))
        self.written(entry)
        return entry.body

    def _next_version(self) -> str:
        self._version += 1
        return str(self._version)


def _resource(kind: Kind) -> str:
    return f"{kind.plural}.{kind.group}" if kind.group else kind.plural


def _kept_metadata(live: Json) -> Json:
    kept = ("uid", "generation", "creationTimestamp", "managedFields", "resourceVersion")
    return {name: live["metadata"][name] for name in kept}


def _encode(secret: Json) -> None:
    """`stringData` is written only: the server keeps it as `data`."""
    for name, text in secret.pop("stringData", {}).items():
        secret.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()
