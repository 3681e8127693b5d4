"""What Elasticsearch and Kibana of the tests know, and what was changed in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

DESCENDS_FROM = {"elastic": "superuser", "kibana_system": "kibana_system"}
"""Users that are there from the start, with their role."""


@dataclass
class State:
    """Shared by the two servers.

    Attributes
    ----------
    stored : dict
        From a path to what was put there.
    changes : list of str
        Paths whose content became another, in order; what is written again as it was is none.
    refusals : dict
        From the beginning of a request, ``PUT /_ilm``, to the status and answer it gets.
    kibana_polls : int
        How often Kibana says that it is starting, once it may talk to Elasticsearch.
    """

    elastic_password: str
    users: dict[str, tuple[str, str]] = field(default_factory=dict)
    stored: dict[str, Any] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refusals: dict[str, tuple[int, Json]] = field(default_factory=dict)
    health: tuple[int, Json] = (200, {"status": "yellow", "timed_out": False})
    kibana_polls: int = 2

    def __post_init__(self) -> None:
        self.users["elastic"] = (self.elastic_password, "superuser")

    def put(self, path: str, content: Any) -> bool:
        """Store something; whether it was not there before."""
        new = path not in self.stored
        if new or self.stored[path] != content:
            self.stored[path] = content
            self.changes.append(path)
        return new

    def set_user(self, name: str, password: str, role: str) -> None:
        if self.users.get(name) != (password, role):
            self.users[name] = (password, role)
            self.changes.append(f"/_security/user/{name}")

    def role_of(self, name: str, password: str) -> str | None:
        """The role of a user that logs in; None where it may not."""
        known = self.users.get(name)
        return known[1] if known and known[0] == password else None

    def refusal(self, request: str) -> tuple[int, Json] | None:
        return next(
            (answer for begin, answer in self.refusals.items() if request.startswith(begin)), None
        )
