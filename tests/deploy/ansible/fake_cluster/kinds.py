"""The kinds that the server knows, as its discovery tells them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One resource of one version of an API group; `group` is empty for the core."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    subresources: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def verbs(self) -> list[str]:
        if self.kind == "SelfSubjectAccessReview":
            return ["create"]
        return ["create", "delete", "get", "list", "patch", "update", "watch"]


BUILT_IN = (
    Kind("", "v1", "namespaces", "Namespace", namespaced=False),
    Kind("", "v1", "nodes", "Node", namespaced=False),
    Kind("", "v1", "configmaps", "ConfigMap"),
    Kind("", "v1", "secrets", "Secret"),
    Kind("", "v1", "serviceaccounts", "ServiceAccount"),
    Kind("", "v1", "services", "Service"),
    Kind("", "v1", "pods", "Pod", subresources=("log",)),
    Kind("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
    Kind("", "v1", "resourcequotas", "ResourceQuota"),
    Kind("", "v1", "limitranges", "LimitRange"),
    Kind("apps", "v1", "deployments", "Deployment"),
    Kind("apps", "v1", "statefulsets", "StatefulSet"),
    Kind("apps", "v1", "daemonsets", "DaemonSet"),
    Kind("batch", "v1", "jobs", "Job"),
    Kind("batch", "v1", "cronjobs", "CronJob"),
    Kind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    Kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
    Kind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
    Kind("networking.k8s.io", "v1", "ingresses", "Ingress"),
    Kind("storage.k8s.io", "v1", "storageclasses", "StorageClass", namespaced=False),
    Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
    Kind("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", namespaced=False),
    Kind("rbac.authorization.k8s.io", "v1", "roles", "Role"),
    Kind("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
    Kind("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", namespaced=False),
    Kind(
        "rbac.authorization.k8s.io",
        "v1",
        "clusterrolebindings",
        "ClusterRoleBinding",
        namespaced=False,
    ),
    Kind(
        "authorization.k8s.io",
        "v1",
        "selfsubjectaccessreviews",
        "SelfSubjectAccessReview",
        namespaced=False,
    ),
)

EXTENSIONS = (
    Kind("ray.io", "v1", "rayclusters", "RayCluster"),
    Kind("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject"),
    Kind("keda.sh", "v1alpha1", "triggerauthentications", "TriggerAuthentication"),
    Kind("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"),
    Kind("monitoring.coreos.com", "v1", "podmonitors", "PodMonitor"),
    Kind("monitoring.coreos.com", "v1", "prometheusrules", "PrometheusRule"),
)
"""What the operators of the components bring; a cluster without them does not know it."""


def group_list(kinds: tuple[Kind, ...]) -> dict[str, object]:
    """Answer of ``/apis``."""
    versions: dict[str, list[dict[str, str]]] = {}
    for kind in kinds:
        if kind.group:
            entry = {"groupVersion": kind.api_version, "version": kind.version}
            known = versions.setdefault(kind.group, [])
            if entry not in known:
                known.append(entry)
    groups = [
        {"name": name, "versions": found, "preferredVersion": found[0]}
        for name, found in versions.items()
    ]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def resource_list(kinds: tuple[Kind, ...], api_version: str) -> dict[str, object] | None:
    """Answer of ``/api/v1`` or ``/apis/GROUP/VERSION``; None where there is no such group."""
    rows: list[dict[str, object]] = []
    for kind in kinds:
        if kind.api_version != api_version:
            continue
        common = {"namespaced": kind.namespaced, "kind": kind.kind}
        row = {"name": kind.plural, "singularName": kind.kind.lower(), "verbs": kind.verbs}
        rows.append(common | row)
        rows += [
            common | {"name": f"{kind.plural}/{name}", "singularName": "", "verbs": ["get"]}
            for name in kind.subresources
        ]
    if not rows:
        return None
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": api_version,
        "resources": rows,
    }
