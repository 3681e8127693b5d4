"""Rules that docker-compose.yml has to keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.deploy.kubernetes.repository import Repository

Compose = Mapping[str, Any]
Rule = Callable[[Compose, Repository], list[str]]

PUBLISHED = {"server": 3000, "client": 5173, "model": 4000}
"""Ports of the system that Bellwether follows."""

OURS = {"server": "backend", "client": "frontend", "model": "model", "worker": "model"}
"""Which service runs which image."""

PROFILES = ("elk", "monitoring", "ci")
"""Services of these are not started unless they are asked for."""

_READ_BY_POSTGRES = {"POSTGRES_PASSWORD", "BACKEND_DB_PASSWORD", "MODEL_DB_PASSWORD"}
_VARIABLE = re.compile(r"\$\{(\w+)(:?[-?])?([^}]*)\}")


def ports_are_the_originals(compose: Compose, _: Repository) -> list[str]:
    """Published are the three ports, on this machine alone unless somebody says otherwise."""
    found = []
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            address, _outer, inner = re.split(r":(?![^{]*\})", port)
            if PUBLISHED.get(name) != int(inner):
                found.append(f"{name} publishes {inner}.")
            if address != "${PUBLISH_ON:-127.0.0.1}":
                found.append(f"{name} publishes on {address}.")
    missing = [name for name in PUBLISHED if not compose["services"].get(name, {}).get("ports")]
    return found + [f"{name} publishes nothing." for name in missing]


def services_are_confined(compose: Compose, _: Repository) -> list[str]:
    """Read-only root, no capabilities, no new privileges; memory and processes are limited."""
    found = []
    for name, service in compose["services"].items():
        if name in OURS:
            if service.get("read_only") is not True:
                found.append(f"{name} may write to its root.")
            if service.get("cap_drop") != ["ALL"]:
                found.append(f"{name} keeps capabilities.")
            if "no-new-privileges:true" not in service.get("security_opt", []):
                found.append(f"{name} may gain privileges.")
        if "mem_limit" not in service or "pids_limit" not in service:
            found.append(f"{name} has no limits.")
        if service.get("privileged"):
            found.append(f"{name} is privileged.")
        if service.get("networks") != ["app-network"]:
            found.append(f"{name} is not on app-network alone.")
    return found


def services_come_back(compose: Compose, _: Repository) -> list[str]:
    """What dies is started again, what is ended has time, and logs do not grow for ever."""
    found = []
    for name, service in compose["services"].items():
        if service.get("restart") != "unless-stopped":
            found.append(f"{name} is not started again.")
        if service.get("stop_grace_period") != "25s":
            found.append(f"{name} may be killed before it has ended.")
        if "max-size" not in service.get("logging", {}).get("options", {}):
            found.append(f"{name}'s log grows for ever.")
    return found


def services_wait_for_health(compose: Compose, _: Repository) -> list[str]:
    """Each has a health check, and is waited for until it is healthy."""
    found = []
    for name, service in compose["services"].items():
        if "healthcheck" not in service:
            found.append(f"{name} has no health check.")
        needs = service.get("depends_on", {})
        found += [
            f"{name} does not wait until {needed} is healthy."
            for needed, how in needs.items()
            if how.get("condition") != "service_healthy"
        ]
    wanted = {"client": {"server"}, "server": {"postgres", "model"}, "worker": {"postgres"}}
    found += [
        f"{name} does not wait for {needed}."
        for name, all_needed in wanted.items()
        for needed in all_needed - set(compose["services"][name].get("depends_on", {}))
    ]
    return found


def variables_are_read(compose: Compose, repository: Repository) -> list[str]:
    """Every variable of a container is one that its program reads."""
    found = []
    for name, service in compose["services"].items():
        image = OURS.get(name)
        known = set(_READ_BY_POSTGRES)
        if image == "frontend":
            known = set(repository.page_variables)
        elif image:
            known = set(repository.settings[image].all)
        unknown = set(service.get("environment", {})) - known
        found += [f"{name}: nobody reads {variable}." for variable in sorted(unknown)]
    return found


def secrets_come_from_outside(compose: Compose, repository: Repository) -> list[str]:
    """No secret stands in the file; those that are needed are asked for by name."""
    found = []
    for name, service in compose["services"].items():
        image = OURS.get(name)
        secret = set(_READ_BY_POSTGRES)
        if image in repository.settings:
            secret |= repository.settings[image].secret
        for variable, value in service.get("environment", {}).items():
            if variable not in secret:
                continue
            parts = _VARIABLE.findall(str(value))
            if not parts or any(default and how != ":?" for _name, how, default in parts):
                found.append(f"{name}: {variable} stands in the file.")
    return found


def state_is_kept(compose: Compose, _: Repository) -> list[str]:
    """Volumes are named, and the dataset is shared by gateway and model service."""
    services = compose["services"]
    found = [
        f"{name} keeps {volume.split(':')[0]}, which is no named volume."
        for name, service in services.items()
        for volume in service.get("volumes", [])
        if volume.split(":")[0] not in compose["volumes"] and not volume.endswith(":ro")
    ]
    place = "shared-dataset:/var/lib/bellwether/dataset"
    found += [
        f"{name} does not see the shared dataset."
        for name in ("server", "model")
        if place not in services[name].get("volumes", [])
    ]
    if services["worker"].get("volumes") != services["model"].get("volumes"):
        found.append("The worker and the model service keep different things.")
    return found


RULES: tuple[Rule, ...] = (
    ports_are_the_originals,
    services_are_confined,
    services_come_back,
    services_wait_for_health,
    variables_are_read,
    secrets_come_from_outside,
    state_is_kept,
)
