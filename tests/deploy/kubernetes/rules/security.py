"""What a pod may do: as little as it can."""

from __future__ import annotations

from tests.deploy.kubernetes.objects import (
    NAMESPACE,
    Object,
    Pod,
    Rendering,
    called,
    image_name,
)
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules.variables import NEEDED_SECRETS

POSTGRES_USER = (999, 999)
"""Of docker.io/library/postgres on Debian: who owns what the image brings, `postgres`."""


def namespace_is_restricted(rendering: Rendering, _: Repository) -> list[str]:
    """The cluster itself refuses pods that want more than `restricted` allows."""
    labels = rendering.get("Namespace", NAMESPACE)["metadata"].get("labels", {})
    if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
        return ["The namespace does not enforce the standard `restricted`."]
    if not labels.get("pod-security.kubernetes.io/enforce-version", "").startswith("v1."):
        return ["The namespace does not say which version of the standard it enforces."]
    return []


def pods_are_restricted(rendering: Rendering, _: Repository) -> list[str]:
    """The standard `restricted`, and a root file system that is only read."""
    found = []
    for pod in rendering.pods:
        found += [f"{pod.owner}: {fault}." for fault in _faults_of_pod(pod)]
        for container in pod.containers:
            found += [
                f"{pod.owner}, {container['name']}: {fault}."
                for fault in _faults_of_container(container)
            ]
    return found


def _faults_of_pod(pod: Pod) -> list[str]:
    context = pod.spec.get("securityContext", {})
    faults = [
        f"it shares {key} with its node"
        for key in ("hostNetwork", "hostPID", "hostIPC")
        if pod.spec.get(key)
    ]
    if context.get("runAsNonRoot") is not True:
        faults.append("it may run as root")
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        faults.append("it has no seccomp profile of the runtime")
    faults += [
        f"the volume {name} is of a kind that is not allowed"
        for name, volume in pod.volumes.items()
        if not set(volume) - {"name"}
        <= {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}
    ]
    if set(context) & {"sysctls", "seLinuxOptions", "supplementalGroups"}:
        faults.append("it asks for more than a user")
    return faults


def _faults_of_container(container: Object) -> list[str]:
    context = container.get("securityContext", {})
    faults = []
    if context.get("allowPrivilegeEscalation") is not False:
        faults.append("it may gain privileges")
    if context.get("readOnlyRootFilesystem") is not True:
        faults.append("its root file system can be written")
    if context.get("capabilities") != {"drop": ["ALL"]}:
        faults.append("it keeps capabilities")
    if set(context) - {"allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"}:
        faults.append("it says for itself what its pod says for all")
    if any("hostPort" in port for port in container.get("ports", [])):
        faults.append("it takes a port of its node")
    return faults


def users_are_those_of_the_images(rendering: Rendering, repository: Repository) -> list[str]:
    """UID and GID are those that the Dockerfile says, and own what volumes hold."""
    found = []
    for pod in rendering.pods:
        context = pod.spec.get("securityContext", {})
        runs_as = (context.get("runAsUser"), context.get("runAsGroup"))
        if context.get("fsGroup") != context.get("runAsGroup"):
            found.append(f"{pod.owner} runs as another group than its volumes belong to.")
        for container in pod.containers:
            name = image_name(container)
            stem = name.partition("-")[0]
            if name == "postgres":
                user = POSTGRES_USER
            elif stem in repository.images:
                user = repository.images[stem].user
            else:
                found.append(f"{pod.owner} runs {name}, an image that is not ours.")
                continue
            if runs_as != user:
                found.append(f"{pod.owner} runs as {runs_as}, its image as {user}.")
    return found


def nobody_has_a_token(rendering: Rendering, _: Repository) -> list[str]:
    """Neither accounts nor pods mount one for the cluster's API, and nobody has rights there."""
    found = [
        f"{called(one)} hands out tokens."
        for one in rendering.of("ServiceAccount")
        if one.get("automountServiceAccountToken") is not False
    ]
    found += [
        f"{pod.owner} mounts a token."
        for pod in rendering.pods
        if pod.spec.get("automountServiceAccountToken") is not False
    ]
    found += [
        f"{called(one)} gives rights."
        for one in rendering.objects
        if one["apiVersion"].startswith("rbac.authorization.k8s.io")
    ]
    return found


def nothing_secret_is_written_down(rendering: Rendering, repository: Repository) -> list[str]:
    """No Secret is rendered, none comes by the environment, and no ConfigMap holds one's value."""
    secret = {name for names in repository.settings.values() for name in names.secret}
    secret |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "POSTGRES_PASSWORD"}
    found = [f"{called(one)} is rendered." for one in rendering.of("Secret")]
    for pod, container in rendering.containers():
        found += [
            f"{pod.owner} is given {name} by its environment."
            for name in sorted(set(rendering.variables(container)) & secret)
        ]
    return found


def services_insist_on_secrets(rendering: Rendering, _: Repository) -> list[str]:
    """Whatever is given secrets runs as production: tokens are asked, placeholders refused."""
    return [
        f"{pod.owner} runs in the environment {value}."
        for pod, container in rendering.containers()
        if pod.name in NEEDED_SECRETS
        and container in pod.spec["containers"]
        and (value := rendering.variables(container).get("BELLWETHER_ENVIRONMENT")) != "production"
    ]


def images_are_what_was_meant(rendering: Rendering, _: Repository) -> list[str]:
    """In production by digest and of one registry; on a minikube built there, and never pulled."""
    found = []
    for pod, container in rendering.containers():
        image: str = container["image"]
        name, _, digest = image.partition("@")
        if rendering.overlay == "production":
            if len(digest) != len("sha256:") + 64 or set(digest[7:]) == {"0"}:
                found.append(f"{pod.owner} runs {image}, which names no content.")
            if not name.startswith("registry.example.org/"):
                found.append(f"{pod.owner} runs {image}, of another registry than was released to.")
        elif rendering.overlay == "minikube" and image_name(container) != "postgres":
            if container.get("imagePullPolicy") != "Never":
                found.append(f"{pod.owner} may pull {image} from where anybody may have put it.")
            if not image.startswith("bellwether/") or not image.endswith(":dev"):
                found.append(f"{pod.owner} runs {image}, which is not built here.")
    return found
