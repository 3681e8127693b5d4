"""Volumes: what is kept, what is shared, and what is gone with the pod."""

from __future__ import annotations

from tests.deploy.kubernetes.objects import Rendering, called
from tests.deploy.kubernetes.repository import Repository

READERS = {("backend", "dataset"), ("model", "sentiment")}
"""Who mounts a shared claim without writing to it."""


def volumes_and_mounts_agree(rendering: Rendering, _: Repository) -> list[str]:
    """Each volume is mounted, each mount has its volume, and no place is taken twice."""
    found = []
    for pod in rendering.pods:
        templates = set()
        for one in rendering.of("StatefulSet"):
            if one["metadata"]["name"] == pod.name:
                claims = one["spec"].get("volumeClaimTemplates", [])
                templates = {claim["metadata"]["name"] for claim in claims}
        given = set(pod.volumes) | templates
        mounted = set()
        for container in pod.containers:
            mounts = container.get("volumeMounts", [])
            mounted |= {mount["name"] for mount in mounts}
            paths = [mount["mountPath"] for mount in mounts]
            if len(paths) != len(set(paths)):
                found.append(f"{pod.owner}, {container['name']} mounts two volumes in one place.")
        for name in sorted(given ^ mounted):
            what = "is not mounted" if name in given else "is no volume"
            found.append(f"{pod.owner}: {name} {what}.")
    return found


def scratch_space_is_bounded(rendering: Rendering, _: Repository) -> list[str]:
    """An emptyDir has a limit, and whatever has a read-only root has a /tmp."""
    found = []
    for pod in rendering.pods:
        for name, volume in pod.volumes.items():
            if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
                found.append(f"{pod.owner}: {name} may fill its node.")
        for container in pod.containers:
            paths = {mount["mountPath"] for mount in container.get("volumeMounts", [])}
            if "/tmp" not in paths:  # noqa: S108 - the container's
                found.append(f"{pod.owner}, {container['name']} can write nowhere.")
    return found


def shared_claims_can_be_shared(rendering: Rendering, _: Repository) -> list[str]:
    """A claim of several pods is ReadWriteMany and of a class that the overlay names."""
    found = []
    for one in rendering.of("PersistentVolumeClaim"):
        name = one["metadata"]["name"]
        if one["spec"]["accessModes"] != ["ReadWriteMany"]:
            found.append(f"{called(one)} cannot be mounted on several nodes.")
        storage_class = one["spec"].get("storageClassName")
        wanted = {"minikube": "standard", "production": "shared", None: None}[rendering.overlay]
        if storage_class != wanted:
            found.append(f"{called(one)} is of the class {storage_class}.")
        for pod in rendering.pods:
            for volume, content in pod.volumes.items():
                if content.get("persistentVolumeClaim", {}).get("claimName") != name:
                    continue
                reads = all(
                    mount.get("readOnly", False)
                    for container in pod.containers
                    for mount in container.get("volumeMounts", [])
                    if mount["name"] == volume
                )
                if reads != ((pod.name, name) in READERS):
                    found.append(f"{pod.owner} {'only reads' if reads else 'may write'} {name}.")
    return found


def state_survives_pods(rendering: Rendering, _: Repository) -> list[str]:
    """Whoever makes and whoever serves artefacts shares them: by a claim, or in a bucket."""
    found = []
    has_bucket = "s3" in rendering.components
    makers = [pod for pod in rendering.pods if pod.name in ("model", "worker")]
    makers += [pod for pod in rendering.pods if pod.kind == "RayCluster"]
    for pod in makers:
        container = pod.spec["containers"][0]
        variables = rendering.variables(container)
        mounts = {m["mountPath"]: m["name"] for m in container.get("volumeMounts", [])}
        volume = pod.volumes.get(mounts.get("/var/lib/bellwether/artefacts", ""), {})
        has_claim = "persistentVolumeClaim" in volume
        if has_claim == has_bucket:
            found.append(f"{pod.owner} has {'both' if has_claim else 'neither'} bucket and claim.")
        if has_bucket:
            if not str(variables.get("MODEL_ARTEFACTS_URL")).startswith("s3://"):
                found.append(f"{pod.owner} does not know of the bucket.")
            keys = str(variables.get("AWS_SHARED_CREDENTIALS_FILE"))
            if keys.rpartition("/")[0] not in mounts:
                found.append(f"{pod.owner} has no keys of the bucket.")
    for one in rendering.of("StatefulSet"):
        if one["metadata"]["name"] == "postgres":
            retention = one["spec"].get("persistentVolumeClaimRetentionPolicy", {})
            if set(retention.values()) != {"Retain"}:
                found.append(f"{called(one)} takes its data along when it is removed.")
    return found
