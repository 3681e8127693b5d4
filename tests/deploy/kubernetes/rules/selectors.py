"""Who names whom by labels or by name: every reference has to find what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.deploy.kubernetes.objects import (
    NAMESPACE,
    Object,
    Pod,
    Rendering,
    called,
    is_namespaced,
    selects,
)
from tests.deploy.kubernetes.repository import Repository

OUTSIDE_SECRETS: Mapping[str, frozenset[str]] = {
    "bellwether": frozenset(
        {
            "database_url",
            "model_database_url",
            "model_service_token",
            "newsapi_key",
            "openai_api_key",
        }
    ),
    "bellwether-postgres": frozenset({"postgres_password", "backend_password", "model_password"}),
    "bellwether-ray": frozenset({"token"}),
    "bellwether-s3": frozenset({"credentials"}),
    "bellwether-tls": frozenset({"tls.crt", "tls.key"}),
    "bellwether-registry": frozenset({".dockerconfigjson"}),
}
"""Secrets that a deploy makes, with their keys; none is in the repository."""

DASHBOARD_LABEL = "grafana_dashboard"
"""Grafana, in another namespace, takes every ConfigMap that has it."""


def workloads_select_their_pods(rendering: Rendering, _: Repository) -> list[str]:
    """The selector of each workload matches its own pods and no other's, by name and component."""
    found = []
    for one in (*rendering.of("Deployment"), *rendering.of("StatefulSet")):
        selector = one["spec"]["selector"]
        if set(selector.get("matchLabels", {})) != {
            "app.kubernetes.io/name",
            "app.kubernetes.io/component",
        }:
            found.append(f"{called(one)} does not select by name and component.")
        matched = [pod.owner for pod in rendering.pods if selects(selector, pod.labels)]
        if matched != [f"{one['kind']}/{one['metadata']['name']}"]:
            found.append(f"{called(one)} selects the pods of {matched}.")
    return found


def selectors_find_pods(rendering: Rendering, _: Repository) -> list[str]:
    """What picks pods by labels picks some: services, budgets, policies, monitors, spreads."""
    found = [
        f"{called(one)} selects no pod: {selector}."
        for one, selector in _selectors(rendering)
        if not any(selects(selector, pod.labels) for pod in rendering.pods)
    ]
    for pod in rendering.pods:
        found += [
            f"{pod.owner} spreads pods that are not its own."
            for spread in pod.spec.get("topologySpreadConstraints", [])
            if not selects(spread["labelSelector"], pod.labels)
        ]
    for one in rendering.of("ServiceMonitor"):
        services = rendering.of("Service")
        selector = one["spec"]["selector"]
        if not any(selects(selector, s["metadata"].get("labels", {})) for s in services):
            found.append(f"{called(one)} selects no Service.")
    return found


def _selectors(rendering: Rendering) -> Iterator[tuple[Object, Mapping[str, Any]]]:
    for one in rendering.of("Service"):
        yield one, {"matchLabels": one["spec"]["selector"]}
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        for one in rendering.of(kind):
            yield one, one["spec"]["selector"]
    for one in rendering.of("NetworkPolicy"):
        yield one, one["spec"]["podSelector"]
        for rule in (*one["spec"].get("ingress", []), *one["spec"].get("egress", [])):
            for peer in (*rule.get("from", []), *rule.get("to", [])):
                if "podSelector" in peer and "namespaceSelector" not in peer:
                    yield one, peer["podSelector"]


def references_resolve(rendering: Rendering, _: Repository) -> list[str]:
    """Accounts, ConfigMaps, claims, Secrets and their keys are there, or come from outside."""
    found = []
    for pod in rendering.pods:
        account = pod.spec.get("serviceAccountName")
        if account not in rendering.names("ServiceAccount"):
            found.append(f"{pod.owner} runs as {account}, an account that is not here.")
        for kind, name, key in _references(pod):
            if kind == "Secret":
                if name not in OUTSIDE_SECRETS:
                    found.append(f"{pod.owner} reads Secret/{name}, which no deploy makes.")
                elif key is not None and key not in OUTSIDE_SECRETS[name]:
                    found.append(f"{pod.owner} reads {key} of Secret/{name}, which has none.")
            elif name not in rendering.names(kind):
                found.append(f"{pod.owner} needs {kind}/{name}, which is not here.")
    found += [
        f"{called(one)} names Secret/{name}, which no deploy makes."
        for one in rendering.objects
        for name, key in _secrets_of(one)
        if name not in OUTSIDE_SECRETS or (key is not None and key not in OUTSIDE_SECRETS[name])
    ]
    for one in rendering.of("Ingress"):
        for rule in one["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                name = path["backend"]["service"]["name"]
                if name not in rendering.names("Service"):
                    found.append(f"{called(one)} hands on to Service/{name}, which is not here.")
    for one in rendering.of("StatefulSet"):
        if one["spec"]["serviceName"] not in rendering.names("Service"):
            found.append(f"{called(one)} is named by a Service that is not here.")
    return found


def nothing_is_left_over(rendering: Rendering, _: Repository) -> list[str]:
    """Every account, ConfigMap and claim is used by a pod; dashboards are found by their label."""
    used = {(kind, name) for pod in rendering.pods for kind, name, _ in _references(pod)}
    used |= {("ServiceAccount", str(pod.spec.get("serviceAccountName"))) for pod in rendering.pods}
    return [
        f"Nobody uses {called(one)}."
        for kind in ("ServiceAccount", "ConfigMap", "PersistentVolumeClaim")
        for one in rendering.of(kind)
        if (kind, one["metadata"]["name"]) not in used
        and DASHBOARD_LABEL not in one["metadata"].get("labels", {})
    ]


def _references(pod: Pod) -> Iterator[tuple[str, str, str | None]]:
    for volume in pod.volumes.values():
        yield from _references_of_volume(volume)
    for container in pod.containers:
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                yield "ConfigMap", source["configMapRef"]["name"], None
            if "secretRef" in source:
                yield "Secret", source["secretRef"]["name"], None
        for entry in container.get("env", []):
            origin = entry.get("valueFrom", {})
            if "secretKeyRef" in origin:
                yield "Secret", origin["secretKeyRef"]["name"], origin["secretKeyRef"]["key"]
            if "configMapKeyRef" in origin:
                yield "ConfigMap", origin["configMapKeyRef"]["name"], None


def _references_of_volume(volume: Object) -> Iterator[tuple[str, str, str | None]]:
    if "persistentVolumeClaim" in volume:
        yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"], None
    if "configMap" in volume:
        yield "ConfigMap", volume["configMap"]["name"], None
    if "secret" in volume:
        yield "Secret", volume["secret"]["secretName"], None
    for source in volume.get("projected", {}).get("sources", []):
        secret = source.get("secret")
        if secret:
            for item in secret.get("items", [{"key": None}]):
                yield "Secret", secret["name"], item["key"]


def _secrets_of(one: Object) -> Iterator[tuple[str, str | None]]:
    """Secrets that something other than a pod names."""
    spec = one.get("spec", {})
    for entry in one.get("imagePullSecrets", []):
        yield entry["name"], None
    if one["kind"] == "Ingress":
        for entry in spec.get("tls", []):
            yield entry["secretName"], None
    if one["kind"] == "TriggerAuthentication":
        for entry in spec["secretTargetRef"]:
            yield entry["name"], entry["key"]
    if one["kind"] == "ServiceMonitor":
        for endpoint in spec["endpoints"]:
            credentials = endpoint.get("authorization", {}).get("credentials")
            if credentials:
                yield credentials["name"], credentials["key"]


def names_are_unique(rendering: Rendering, _: Repository) -> list[str]:
    """All is in the one namespace, which is here, and nothing is there twice."""
    found = []
    seen = set()
    for one in rendering.objects:
        key = (one["apiVersion"], one["kind"], one["metadata"]["name"])
        if key in seen:
            found.append(f"{called(one)} is there twice.")
        seen.add(key)
        if is_namespaced(one) and one["metadata"].get("namespace") != NAMESPACE:
            found.append(f"{called(one)} is not in the namespace {NAMESPACE}.")
    if NAMESPACE not in rendering.names("Namespace"):
        found.append(f"There is no namespace {NAMESPACE}.")
    return found
