"""What the API server fills in, so that what is read back is never quite what was sent."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def fill_defaults(body: Json) -> None:
    """Complete an object in place."""
    spec = body.get("spec", {})
    match body["kind"]:
        case "Deployment":
            _default(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
            rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
            _default(spec, strategy={"type": "RollingUpdate", "rollingUpdate": rolling})
        case "StatefulSet":
            _default(spec, replicas=1, revisionHistoryLimit=10, podManagementPolicy="OrderedReady")
            rolling = {"partition": 0}
            _default(spec, updateStrategy={"type": "RollingUpdate", "rollingUpdate": rolling})
            kept = {"whenDeleted": "Retain", "whenScaled": "Retain"}
            _default(spec, persistentVolumeClaimRetentionPolicy=kept)
            for claim in spec.get("volumeClaimTemplates", []):
                _default(claim, apiVersion="v1", kind="PersistentVolumeClaim", status={})
                _default(claim["spec"], volumeMode="Filesystem")
                _default(claim["status"], phase="Pending")
        case "Job":
            _default(spec, backoffLimit=6, completions=1, parallelism=1, suspend=False)
            _default(spec, completionMode="NonIndexed", podReplacementPolicy="TerminatingOrFailed")
        case "Service":
            _default(spec, type="ClusterIP", sessionAffinity="None", clusterIP="10.96.0.7")
            _default(spec, ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack")
            for port in spec.get("ports", []):
                _default(port, protocol="TCP", targetPort=port["port"])
        case "NetworkPolicy":
            for rule in spec.get("ingress", []) + spec.get("egress", []):
                for port in rule.get("ports", []):
                    _default(port, protocol="TCP")
        case "PersistentVolumeClaim":
            _default(spec, volumeMode="Filesystem")
    template = spec.get("template") if isinstance(spec, dict) else None
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        _fill_pod(template["spec"])


def _fill_pod(pod: Json) -> None:
    _default(pod, restartPolicy="Always", dnsPolicy="ClusterFirst", securityContext={})
    _default(pod, schedulerName="default-scheduler", terminationGracePeriodSeconds=30)
    if "serviceAccountName" in pod:
        _default(pod, serviceAccount=pod["serviceAccountName"])
    for volume in pod.get("volumes", []):
        for source in ("configMap", "secret"):
            if source in volume:
                _default(volume[source], defaultMode=420)
    for container in pod.get("initContainers", []) + pod.get("containers", []):
        _fill_container(container)


def _fill_container(container: Json) -> None:
    _default(container, terminationMessagePath="/dev/termination-log", resources={})
    _default(container, terminationMessagePolicy="File")
    pinned = "@" in container["image"] or not container["image"].endswith(":latest")
    _default(container, imagePullPolicy="IfNotPresent" if pinned else "Always")
    for port in container.get("ports", []):
        _default(port, protocol="TCP")
    for variable in container.get("env", []):
        field = variable.get("valueFrom", {}).get("fieldRef")
        if field is not None:
            _default(field, apiVersion="v1")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if probe in container:
            _default(container[probe], timeoutSeconds=1, periodSeconds=10)
            _default(container[probe], successThreshold=1, failureThreshold=3)
            if "httpGet" in container[probe]:
                _default(container[probe]["httpGet"], scheme="HTTP", path="/")


def _default(body: Json, **values: Any) -> None:
    for name, value in values.items():
        body.setdefault(name, value)
