"""Ports, from the process to whoever asks it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tests.deploy.kubernetes.objects import (
    NAMESPACE,
    Object,
    Pod,
    Rendering,
    called,
    image_name,
    selects,
)
from tests.deploy.kubernetes.repository import Repository

PUBLISHED = {
    "backend": (80, 3000, 30007),
    "frontend": (80, 5173, 30008),
    "model": (4000, 4000, 30009),
}
"""Port of the Service, of the container, of each node: those of the original."""

NODE_PORT_RANGE = range(30000, 32768)


def containers_listen_where_they_say(rendering: Rendering, repository: Repository) -> list[str]:
    """Ports of containers are those that the services' settings and images name."""
    default = {name: names.defaults for name, names in repository.settings.items()}
    listens = {
        "backend": [default["backend"]["port"]],
        "frontend": [repository.page_port, repository.page_metrics_port],
        "model": [default["model"]["port"]],
        "worker": [default["model"]["worker_port"]],
    }
    found = []
    for pod in rendering.pods:
        names = [p["name"] for c in pod.containers for p in c.get("ports", [])]
        if len(names) != len(set(names)):
            found.append(f"{pod.owner} has two ports of one name.")
        if pod.name not in listens:
            continue
        (container,) = [c for c in pod.spec["containers"] if c["name"] == pod.name]
        ports = [port["containerPort"] for port in container.get("ports", [])]
        if ports != listens[pod.name]:
            found.append(f"{pod.owner} declares {ports}, but listens on {listens[pod.name]}.")
        if not set(ports) <= repository.images[image_name(container).partition("-")[0]].exposed:
            found.append(f"{pod.owner} declares {ports}, which its image does not expose.")
    return found


def services_reach_containers(rendering: Rendering, _: Repository) -> list[str]:
    """Each port of a Service is one of all pods behind it, and those of old are kept."""
    found = []
    for one in rendering.of("Service"):
        for port in one["spec"]["ports"]:
            found += [
                f"{called(one)} sends to a port that {pod.owner} has not."
                for pod in _pods_behind(rendering, one)
                if resolve(pod, port.get("targetPort", port["port"])) is None
            ]
    for name, (port_number, target, _) in PUBLISHED.items():
        service = rendering.get("Service", name)
        (port,) = service["spec"]["ports"]
        behind = {resolve(p, port["targetPort"]) for p in _pods_behind(rendering, service)}
        if (port["port"], behind) != (port_number, {target}):
            found.append(f"Service/{name} maps {port['port']} to {behind}.")
    return found


def node_ports_are_as_given(rendering: Rendering, _: Repository) -> list[str]:
    """The three of the original, where nodes are open; in production none."""
    given = {}
    for one in rendering.of("Service"):
        for port in one["spec"]["ports"]:
            if "nodePort" in port:
                if port["nodePort"] in given.values():
                    return [f"Two Services have the NodePort {port['nodePort']}."]
                if port["nodePort"] not in NODE_PORT_RANGE:
                    return [f"{called(one)}: {port['nodePort']} is outside of the range."]
                given[one["metadata"]["name"]] = port["nodePort"]
    wanted = {name: ports[2] for name, ports in PUBLISHED.items()}
    if rendering.overlay == "production":
        wanted = {}
        found = [
            f"{called(one)} is of the type {one['spec']['type']}."
            for one in rendering.of("Service")
            if one["spec"].get("type", "ClusterIP") != "ClusterIP"
        ]
        if found:
            return found
    return [] if given == wanted else [f"NodePorts are {given}, wanted are {wanted}."]


def addresses_lead_to_services(rendering: Rendering, _: Repository) -> list[str]:
    """URLs in the environment name a Service and its port; nginx is given a full name."""
    found = []
    for pod, container in rendering.containers():
        for name, value in rendering.variables(container).items():
            if name in ("BACKEND_URL", "BACKEND_MODEL_URL") and value is not None:
                url = urlsplit(value)
                host, port = url.hostname or "", url.port or 80
                service, _, domain = host.partition(".")
                wanted = f"{NAMESPACE}.svc.cluster.local" if name == "BACKEND_URL" else ""
                if domain != wanted or port not in _ports_of_service(rendering, service):
                    found.append(f"{pod.owner} looks for {value} by {name}: nobody is there.")
            if name == "RAY_ADDRESS" and value not in _ray_heads(rendering):
                found.append(f"{pod.owner} looks for {value} by {name}: nobody is there.")
    for one in rendering.of("Ingress"):
        for rule in one["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                names = _port_names_of_service(rendering, service["name"])
                if service["port"].get("name") not in names:
                    found.append(f"{called(one)} hands on to a port that is not there.")
    return found


def ray_commands_agree(rendering: Rendering, repository: Repository) -> list[str]:
    """Ports, addresses and version of Ray are said in several places, and the same in all."""
    found = []
    for one in rendering.of("RayCluster"):
        if one["spec"]["rayVersion"] != repository.ray_version:
            found.append(f"{called(one)} is of Ray {one['spec']['rayVersion']}.")
        if one["metadata"]["annotations"].get("ray.io/overwrite-container-cmd") != "true":
            found.append(f"{called(one)} has its commands replaced by those of KubeRay.")
        head = one["spec"]["headGroupSpec"]
        groups = [head, *one["spec"]["workerGroupSpecs"]]
        for group in groups:
            options = _options(group["template"]["spec"]["containers"][0])
            for key, value in group["rayStartParams"].items():
                if options.get(key) != value:
                    found.append(f"{called(one)}: {key} is {value} here, {options.get(key)} there.")
    heads = _ray_heads(rendering)
    nodes = [
        (pod, container, _options(container))
        for pod, container in rendering.containers()
        if container.get("command", [])[:2] == ["ray", "start"]
    ]
    for pod, container, options in nodes:
        if "head" not in options and options.get("address") not in heads:
            found.append(f"{pod.owner} joins {options.get('address')}, where there is no head.")
        if int(options["node-manager-port"]) not in {
            port["containerPort"] for port in container["ports"]
        }:
            found.append(f"{pod.owner} does not declare the port of its node.")
    pinned = {
        tuple(options[key] for key in (
            "node-manager-port", "object-manager-port", "min-worker-port", "max-worker-port",
        ))
        for _, _, options in nodes
    }  # fmt: skip
    if len(pinned) > 1:
        found.append(f"Ray's nodes listen on different ports: {sorted(pinned)}.")
    return found


def policies_open_ports_that_listen(rendering: Rendering, _: Repository) -> list[str]:
    """What a NetworkPolicy lets in is a port of the pods that it selects."""
    found = []
    for one in rendering.of("NetworkPolicy"):
        for rule in one["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                if "endPort" in port:
                    continue  # Ray's: `ray_commands_agree` and the arrows look at them.
                for pod in rendering.pods:
                    if not selects(one["spec"]["podSelector"], pod.labels):
                        continue
                    if port["port"] not in pod.ports().values():
                        found.append(f"{called(one)} opens {port['port']}, not of {pod.owner}.")
    return found


def resolve(pod: Pod, port: int | str) -> int | None:
    """Number of a port that is given by name or number; None where the pod has no such port."""
    ports = pod.ports()
    if isinstance(port, str):
        return ports.get(port)
    return port if port in ports.values() else None


def _pods_behind(rendering: Rendering, service: Object) -> list[Pod]:
    selector = {"matchLabels": service["spec"]["selector"]}
    return [pod for pod in rendering.pods if selects(selector, pod.labels)]


def _ports_of_service(rendering: Rendering, name: str) -> set[int]:
    return {
        port["port"]
        for one in rendering.of("Service")
        if one["metadata"]["name"] == name
        for port in one["spec"]["ports"]
    }


def _port_names_of_service(rendering: Rendering, name: str) -> set[str]:
    return {
        port["name"]
        for one in rendering.of("Service")
        if one["metadata"]["name"] == name
        for port in one["spec"]["ports"]
    }


def _ray_heads(rendering: Rendering) -> set[str]:
    """KubeRay makes a Service for the head of each cluster, called after it."""
    return {
        f"{one['metadata']['name']}-head-svc:{one['spec']['headGroupSpec']['rayStartParams']['port']}"
        for one in rendering.of("RayCluster")
    }


def _options(container: Object) -> dict[str, str]:
    options = {}
    for argument in container["command"]:
        match = re.fullmatch(r"--([a-z-]+)(?:=(.*))?", argument)
        if match:
            options[match[1]] = match[2] or ""
    return options
