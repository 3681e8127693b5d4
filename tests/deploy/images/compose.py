"""Rules that docker-compose.yml has to keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.deploy.images.profiles import GUESTS
from tests.deploy.kubernetes.repository import Repository

Compose = Mapping[str, Any]
Rule = Callable[[Compose, Repository], list[str]]

PUBLISHED = {"server": 3000, "client": 5173, "model": 4000}
"""Ports of the system that Bellwether follows."""

OURS = {"server": "backend", "client": "frontend", "model": "model", "worker": "model"}
"""Which service runs which image."""

_READ_BY_POSTGRES = {"POSTGRES_PASSWORD", "BACKEND_DB_PASSWORD", "MODEL_DB_PASSWORD"}
_VARIABLE = re.compile(r"\$\{(\w+)(:?[-?])?([^}]*)\}")
_SECRET = re.compile(r"\w*(?:PASSWORD|KEY|TOKEN|SECRET)$")


def ports_are_the_originals(compose: Compose, _: Repository) -> list[str]:
    """Published are the three ports, on this machine alone unless somebody says otherwise.

    Those of profiles stay on this machine: whoever shows the page to others does not mean to show
    them the logs as well, nor to take log lines from everybody.
    """
    found = []
    for name, service in compose["services"].items():
        allowed = GUESTS[name].ports if name in GUESTS else {PUBLISHED.get(name)}
        wanted = "127.0.0.1" if name in GUESTS else "${PUBLISH_ON:-127.0.0.1}"
        for port in service.get("ports", []):
            address, _outer, inner = re.split(r":(?![^{]*\})", port)
            if int(inner) not in allowed:
                found.append(f"{name} publishes {inner}.")
            if address != wanted:
                found.append(f"{name} publishes on {address}.")
    missing = [name for name in PUBLISHED if not compose["services"].get(name, {}).get("ports")]
    return found + [f"{name} publishes nothing." for name in missing]


def services_are_confined(compose: Compose, _: Repository) -> list[str]:
    """Read-only root, no capabilities, no new privileges; memory and processes are limited.

    Other people's images of a profile may write to their root, but none of them is root without a
    reason, and nobody has Docker's socket, with which anybody is root of the machine.
    """
    found = []
    for name, service in compose["services"].items():
        if name in OURS and service.get("read_only") is not True:
            found.append(f"{name} may write to its root.")
        is_root = str(service.get("user", "0")).split(":")[0] in ("0", "root")
        if name in GUESTS and is_root and not GUESTS[name].root_because:
            found.append(f"{name} runs as root.")
        if any("docker.sock" in volume for volume in service.get("volumes", [])):
            found.append(f"{name} has Docker's socket, and with it the machine.")
        is_held = name not in GUESTS or not GUESTS[name].privileged_because
        if is_held and (name in OURS or name in GUESTS):
            if service.get("cap_drop") != ["ALL"]:
                found.append(f"{name} keeps capabilities.")
            if "no-new-privileges:true" not in service.get("security_opt", []):
                found.append(f"{name} may gain privileges.")
        if "mem_limit" not in service or "pids_limit" not in service:
            found.append(f"{name} has no limits.")
        if service.get("privileged") and is_held:
            found.append(f"{name} is privileged.")
        network = GUESTS[name].network if name in GUESTS else "app-network"
        if service.get("networks") != [network]:
            found.append(f"{name} is not on {network} alone.")
    return found


def services_come_back(compose: Compose, _: Repository) -> list[str]:
    """What dies is started again, what is ended has time, and logs do not grow for ever."""
    found = []
    for name, service in compose["services"].items():
        once = name in GUESTS and GUESTS[name].once
        if service.get("restart") != ("no" if once else "unless-stopped"):
            found.append(f"{name} is {'started' if once else 'not started'} again.")
        if service.get("stop_grace_period") != "25s":
            found.append(f"{name} may be killed before it has ended.")
        if "max-size" not in service.get("logging", {}).get("options", {}):
            found.append(f"{name}'s log grows for ever.")
    return found


def services_wait_for_health(compose: Compose, _: Repository) -> list[str]:
    """Each has a health check, and is waited for until it is healthy; what ends, until its end."""
    found = []
    once = {name for name, guest in GUESTS.items() if guest.once}
    for name, service in compose["services"].items():
        if "healthcheck" not in service and name not in once:
            found.append(f"{name} has no health check.")
        for needed, how in service.get("depends_on", {}).items():
            end = "service_completed_successfully" if needed in once else "service_healthy"
            if how.get("condition") != end:
                found.append(f"{name} does not wait until {needed} is there.")
    wanted = {
        "client": {"server"},
        "server": {"postgres", "model"},
        "worker": {"postgres"},
        "elasticsearch": {"elk-certificates"},
        "kibana": {"elasticsearch"},
        "logstash": {"elk-setup"},
        "alloy": {"loki"},
        "grafana": {"prometheus", "loki"},
        "jenkins-agent": {"jenkins", "jenkins-docker"},
    }
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
        elif name in GUESTS:
            known = set(GUESTS[name].variables)
        unknown = set(service.get("environment", {})) - known
        found += [f"{name}: nobody reads {variable}." for variable in sorted(unknown)]
    return found


def secrets_come_from_outside(compose: Compose, repository: Repository) -> list[str]:
    """No secret stands in the file; those that are needed are asked for by name.

    Those of a profile may be empty, since the whole file is read also where the profile is not
    asked for; what is started by it refuses them then.
    """
    found = []
    for name, service in compose["services"].items():
        image = OURS.get(name)
        secret = set(_READ_BY_POSTGRES)
        if image in repository.settings:
            secret |= repository.settings[image].secret
        if name in GUESTS:
            secret |= {one for one in GUESTS[name].variables if _SECRET.match(one)}
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


def profiles_are_asked_for(compose: Compose, _: Repository) -> list[str]:
    """The platform starts without its profiles, and each guest is of its profile alone."""
    services = compose["services"]
    found = [
        f"{name} is of the profiles {service.get('profiles', [])}."
        for name, service in services.items()
        if service.get("profiles", []) != ([GUESTS[name].profile] if name in GUESTS else [])
    ]
    found += [
        f"{name} waits for {needed}, which is not there without its profile."
        for name, service in services.items()
        for needed in service.get("depends_on", {})
        if needed in GUESTS and name not in GUESTS
    ]
    return found + [f"{name} is not there." for name in GUESTS if name not in services]


RULES: tuple[Rule, ...] = (
    profiles_are_asked_for,
    ports_are_the_originals,
    services_are_confined,
    services_come_back,
    services_wait_for_health,
    variables_are_read,
    secrets_come_from_outside,
    state_is_kept,
)
