"""Mistakes about what pods may do, what they are told, and what they run."""

from __future__ import annotations

from dataclasses import replace

from tests.deploy.kubernetes.mistakes.planting import (
    CONTAINER,
    POD,
    RAY_CONTAINER,
    RAY_HEAD,
    Mistake,
    add,
    append,
    drop,
    nothing,
    put,
)
from tests.deploy.kubernetes.repository import Image, Repository
from tests.deploy.kubernetes.rules import security, variables

_CONTEXT = (*CONTAINER, "securityContext")
_SOURCES = (*POD, "volumes", 2, "projected", "sources")


def _run_as(user: tuple[int, int], image: str) -> object:
    def change(repository: Repository) -> Repository:
        old = repository.images[image]
        new = Image(user, old.exposed, old.variables)
        return replace(repository, images={**repository.images, image: new})

    return change


MISTAKES = (
    Mistake(
        security.namespace_is_restricted,
        "does not enforce the standard",
        put(
            *("Namespace/bellwether", "metadata", "labels", "pod-security.kubernetes.io/enforce"),
            value="baseline",
        ),
    ),
    Mistake(
        security.namespace_is_restricted,
        "does not say which version",
        put(
            *("Namespace/bellwether", "metadata", "labels"),
            "pod-security.kubernetes.io/enforce-version",
            value="latest",
        ),
    ),
    *(
        Mistake(security.pods_are_restricted, says, change)
        for says, change in (
            (
                "Deployment/model: it shares hostNetwork",
                put("Deployment/model", *POD, "hostNetwork", value=True),
            ),
            (
                "Deployment/model: it may run as root",
                drop("Deployment/model", *POD, "securityContext", "runAsNonRoot"),
            ),
            (
                "StatefulSet/worker: it has no seccomp profile",
                put(
                    *("StatefulSet/worker", *POD, "securityContext", "seccompProfile", "type"),
                    value="Unconfined",
                ),
            ),
            (
                "the volume node is of a kind that is not allowed",
                append(
                    *("Deployment/backend", *POD, "volumes"),
                    value={"name": "node", "hostPath": {"path": "/"}},
                ),
            ),
            (
                "it asks for more than a user",
                put("Deployment/backend", *POD, "securityContext", "sysctls", value=[]),
            ),
            (
                "Job/migrate-model, migrate: it may gain privileges",
                drop("Job/migrate-model", *_CONTEXT, "allowPrivilegeEscalation"),
            ),
            (
                "StatefulSet/postgres, postgres: its root file system can be written",
                put("StatefulSet/postgres", *_CONTEXT, "readOnlyRootFilesystem", value=False),
            ),
            (
                "Deployment/frontend, frontend: it keeps capabilities",
                put("Deployment/frontend", *_CONTEXT, "capabilities", "add", value=["NET_RAW"]),
            ),
            (
                "it says for itself what its pod says for all",
                put("Deployment/frontend", *_CONTEXT, "runAsUser", value=0),
            ),
            (
                "it takes a port of its node",
                put("Deployment/frontend", *CONTAINER, "ports", 0, "hostPort", value=80),
            ),
        )
    ),
    Mistake(
        security.pods_are_restricted,
        "RayCluster/ray-head, ray-head: it keeps capabilities",
        drop("RayCluster/ray", *RAY_CONTAINER, "securityContext", "capabilities"),
        components=("ray",),
    ),
    Mistake(
        security.pods_are_restricted,
        "StatefulSet/worker, ray-node: it may gain privileges",
        drop("StatefulSet/worker", *POD, "initContainers", 0, "securityContext"),
        components=("ray",),
    ),
    Mistake(
        security.users_are_those_of_the_images,
        "Deployment/frontend runs as (101, 10001), its image as (10001, 10001)",
        put("Deployment/frontend", *POD, "securityContext", "runAsUser", value=101),
    ),
    Mistake(
        security.users_are_those_of_the_images,
        "Deployment/frontend runs as (10001, 10001), its image as (101, 101)",
        nothing,
        elsewhere=_run_as((101, 101), "frontend"),
    ),
    Mistake(
        security.users_are_those_of_the_images,
        "StatefulSet/postgres runs as another group than its volumes belong to",
        drop("StatefulSet/postgres", *POD, "securityContext", "fsGroup"),
    ),
    Mistake(
        security.users_are_those_of_the_images,
        "runs busybox, an image that is not ours",
        put("Job/migrate-model", *CONTAINER, "image", value="busybox:1"),
    ),
    Mistake(
        security.nobody_has_a_token,
        "ServiceAccount/model hands out tokens",
        drop("ServiceAccount/model", "automountServiceAccountToken"),
    ),
    Mistake(
        security.nobody_has_a_token,
        "Deployment/model mounts a token",
        drop("Deployment/model", *POD, "automountServiceAccountToken"),
    ),
    Mistake(
        security.nobody_has_a_token,
        "RayCluster/ray-head mounts a token",
        drop("RayCluster/ray", *RAY_HEAD, "automountServiceAccountToken"),
        components=("ray",),
    ),
    Mistake(
        security.nobody_has_a_token,
        "Role/all gives rights",
        add(
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "Role",
                "metadata": {"name": "all", "namespace": "bellwether"},
            }
        ),
    ),
    Mistake(
        security.nothing_secret_is_written_down,
        "Secret/bellwether is rendered",
        add({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bellwether"}}),
    ),
    Mistake(
        security.nothing_secret_is_written_down,
        "is given MODEL_SERVICE_TOKEN by its environment",
        put("ConfigMap/bellwether-model", "data", "MODEL_SERVICE_TOKEN", value="x"),
    ),
    Mistake(
        security.nothing_secret_is_written_down,
        "Deployment/backend is given DATABASE_URL by its environment",
        put("ConfigMap/bellwether-backend", "data", "DATABASE_URL", value="postgresql://u:p@h/d"),
    ),
    Mistake(
        security.services_insist_on_secrets,
        "Deployment/model runs in the environment development",
        put("ConfigMap/bellwether", "data", "BELLWETHER_ENVIRONMENT", value="development"),
    ),
    Mistake(
        security.services_insist_on_secrets,
        "StatefulSet/worker runs in the environment None",
        drop("StatefulSet/worker", *CONTAINER, "envFrom"),
        components=("ray",),
    ),
    Mistake(
        security.images_are_what_was_meant,
        "which names no content",
        put("Deployment/model", *CONTAINER, "image", value="registry.example.org/b/model:1.0"),
        overlay="production",
    ),
    Mistake(
        security.images_are_what_was_meant,
        "which names no content",
        put("Deployment/model", *CONTAINER, "image", value=f"b/model@sha256:{'0' * 64}"),
        overlay="production",
    ),
    Mistake(
        security.images_are_what_was_meant,
        "of another registry than was released to",
        put("Deployment/model", *CONTAINER, "image", value=f"b/model@sha256:{'5e' * 32}"),
        overlay="production",
    ),
    Mistake(
        security.images_are_what_was_meant,
        "may pull bellwether/backend:dev from where anybody may have put it",
        put("Deployment/backend", *CONTAINER, "imagePullPolicy", value="IfNotPresent"),
    ),
    Mistake(
        security.images_are_what_was_meant,
        "which is not built here",
        put("Deployment/backend", *CONTAINER, "image", value="bellwether/backend:latest"),
    ),
    Mistake(
        variables.variables_are_known,
        "Deployment/model, model: nobody reads MODEL_SENTIMENT_ENGIN",
        put("ConfigMap/bellwether-model", "data", "MODEL_SENTIMENT_ENGIN", value="lite"),
    ),
    Mistake(
        variables.variables_are_known,
        "Deployment/frontend, frontend: nobody reads GATEWAY_URL",
        put("ConfigMap/bellwether-frontend", "data", "GATEWAY_URL", value="http://x"),
    ),
    Mistake(
        variables.variables_are_known,
        "StatefulSet/postgres, postgres: nobody reads POSTGRES_PASSWORD_FIL",
        put(*("StatefulSet/postgres", *CONTAINER, "env", 2, "name"), value="POSTGRES_PASSWORD_FIL"),
    ),
    Mistake(
        variables.secrets_are_where_they_are_looked_for,
        "Deployment/model, model is given ['model_database_url']",
        drop("Deployment/model", *_SOURCES, 0, "secret", "items", 1),
    ),
    Mistake(
        variables.secrets_are_where_they_are_looked_for,
        "Deployment/model, model may be given ['model_service_token', 'openai_api_key']",
        append(
            *("Deployment/model", *_SOURCES, 1, "secret", "items"),
            value={"key": "model_service_token", "path": "model_service_token"},
        ),
    ),
    Mistake(
        variables.secrets_are_where_they_are_looked_for,
        "looks for secrets in /run/secrets;",
        put("ConfigMap/bellwether", "data", "SECRETS_DIR", value="/run/secrets"),
    ),
    Mistake(
        variables.secrets_are_where_they_are_looked_for,
        "Deployment/model is given database.url, which no setting is called",
        put(
            *("Deployment/model", *_SOURCES, 0, "secret", "items", 0, "path"), value="database.url"
        ),
    ),
    Mistake(
        variables.secret_files_are_for_one_user,
        "Deployment/model: anybody may read secrets",
        put("Deployment/model", *POD, "volumes", 2, "projected", "defaultMode", value=0o644),
    ),
    Mistake(
        variables.secret_files_are_for_one_user,
        "StatefulSet/postgres: secrets may be written",
        drop("StatefulSet/postgres", *CONTAINER, "volumeMounts", 2, "readOnly"),
    ),
    Mistake(
        variables.ray_asks_for_a_token,
        "StatefulSet/worker, ray-node speaks to Ray without a token",
        put("StatefulSet/worker", *POD, "initContainers", 0, "env", 0, "value", value="disabled"),
        components=("ray",),
    ),
    Mistake(
        variables.ray_asks_for_a_token,
        "RayCluster/ray-head, ray-head has no token of Ray",
        drop("RayCluster/ray", *RAY_CONTAINER, "volumeMounts", 3),
        components=("ray",),
    ),
    Mistake(
        variables.service_links_are_off,
        "Deployment/model is given a variable for each Service",
        drop("Deployment/model", *POD, "enableServiceLinks"),
    ),
)
