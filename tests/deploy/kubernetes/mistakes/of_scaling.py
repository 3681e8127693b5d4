"""Mistakes about numbers, sizes and volumes."""

from __future__ import annotations

from tests.deploy.kubernetes.mistakes.planting import (
    CONTAINER,
    POD,
    Mistake,
    append,
    drop,
    put,
    remove,
)
from tests.deploy.kubernetes.objects import Rendering
from tests.deploy.kubernetes.rules import scaling, storage

_TRIGGER = ("spec", "triggers", 0, "metadata")
_RESOURCES = (*CONTAINER, "resources")


def _rule_twice(rendering: Rendering) -> None:
    second = Rendering.copy(rendering).get("HorizontalPodAutoscaler", "model")
    second["metadata"]["name"] = "model-again"
    rendering.objects.append(second)


MISTAKES = (
    Mistake(
        scaling.autoscalers_can_act,
        "Deployment/backend sets the number that HorizontalPodAutoscaler/backend rules",
        put("Deployment/backend", "spec", "replicas", value=1),
    ),
    Mistake(
        scaling.autoscalers_can_act,
        "rules Deployment/server, which is not here",
        put("HorizontalPodAutoscaler/backend", "spec", "scaleTargetRef", "name", value="server"),
    ),
    Mistake(
        scaling.autoscalers_can_act,
        "rules Deployment/backend, which is not here",
        put(
            *("HorizontalPodAutoscaler/backend", "spec", "scaleTargetRef", "apiVersion"),
            value="apps/v1beta1",
        ),
    ),
    Mistake(
        scaling.autoscalers_can_act,
        "Deployment/model has no CPU request to measure by",
        drop("Deployment/model", *_RESOURCES, "requests", "cpu"),
    ),
    Mistake(
        scaling.autoscalers_can_act,
        "HorizontalPodAutoscaler/model-again and HorizontalPodAutoscaler/model rule the same",
        _rule_twice,
    ),
    Mistake(
        scaling.autoscalers_can_act,
        "StatefulSet/worker sets the number that ScaledObject/worker rules",
        put("StatefulSet/worker", "spec", "replicas", value=2),
        components=("keda",),
    ),
    Mistake(
        scaling.autoscalers_can_act,
        "Nobody says how many there are of StatefulSet/worker",
        drop("StatefulSet/worker", "spec", "replicas"),
    ),
    Mistake(
        scaling.autoscalers_are_as_given,
        "HorizontalPodAutoscaler/frontend: 1 to 50",
        put("HorizontalPodAutoscaler/frontend", "spec", "maxReplicas", value=50),
    ),
    Mistake(
        scaling.autoscalers_are_as_given,
        "HorizontalPodAutoscaler/frontend: 1 to 5",
        put("HorizontalPodAutoscaler/frontend", "spec", "minReplicas", value=1),
        overlay="production",
    ),
    Mistake(
        scaling.autoscalers_are_as_given,
        "HorizontalPodAutoscaler/model goes by",
        put(
            *("HorizontalPodAutoscaler/model", "spec", "metrics", 0, "resource", "target"),
            "averageUtilization",
            value=80,
        ),
    ),
    Mistake(
        scaling.autoscalers_are_as_given,
        "does not say how fast it scales",
        drop("HorizontalPodAutoscaler/model", "spec", "behavior"),
    ),
    Mistake(
        scaling.autoscalers_are_as_given,
        "scales down as hastily as up",
        put(
            *("HorizontalPodAutoscaler/model", "spec", "behavior", "scaleDown"),
            "stabilizationWindowSeconds",
            value=0,
        ),
    ),
    Mistake(
        scaling.workers_follow_the_queue,
        "may take all workers away",
        put("ScaledObject/worker", "spec", "minReplicaCount", value=0),
        components=("keda",),
    ),
    Mistake(
        scaling.workers_follow_the_queue,
        "no such column: status",
        put("ScaledObject/worker", *_TRIGGER, "query", value="SELECT count(status) FROM units"),
        components=("keda",),
    ),
    Mistake(
        scaling.workers_follow_the_queue,
        "of one unit in each state it counts 5",
        put("ScaledObject/worker", *_TRIGGER, "query", value="SELECT count(*) FROM units"),
        components=("keda",),
    ),
    Mistake(
        scaling.workers_follow_the_queue,
        "counts on other workers than there are (1 slots)",
        put("ScaledObject/worker", *_TRIGGER, "targetQueryValue", value="2"),
        components=("keda",),
    ),
    Mistake(
        scaling.workers_follow_the_queue,
        "counts on other workers than there are (4 slots)",
        put("ScaledObject/worker", *_TRIGGER, "targetQueryValue", value="1"),
        components=("ray", "keda"),
    ),
    Mistake(
        scaling.drains_are_never_held_up,
        "PodDisruptionBudget/backend may keep a node from being drained for ever",
        put("PodDisruptionBudget/backend", "spec", "minAvailable", value=1),
    ),
    Mistake(
        scaling.drains_are_never_held_up,
        "PodDisruptionBudget/postgres may keep a node from being drained for ever",
        put("PodDisruptionBudget/postgres", "spec", "maxUnavailable", value=0),
    ),
    Mistake(
        scaling.drains_are_never_held_up,
        "keeps a node for pods that do not work anyway",
        drop("PodDisruptionBudget/model", "spec", "unhealthyPodEvictionPolicy"),
    ),
    Mistake(
        scaling.drains_are_never_held_up,
        "StatefulSet/worker has 0 budgets of disruption",
        remove("PodDisruptionBudget/worker"),
    ),
    Mistake(
        scaling.pods_are_spread,
        "Deployment/backend is spread over []",
        drop("Deployment/backend", *POD, "topologySpreadConstraints"),
    ),
    Mistake(
        scaling.pods_are_spread,
        "Deployment/backend stays away where it cannot be spread",
        put(
            *("Deployment/backend", *POD, "topologySpreadConstraints", 0, "whenUnsatisfiable"),
            value="DoNotSchedule",
        ),
    ),
    Mistake(
        scaling.pods_are_spread,
        "There are several of StatefulSet/postgres",
        put("StatefulSet/postgres", "spec", "replicas", value=2),
    ),
    Mistake(
        scaling.resources_are_asked_for,
        "Job/migrate-model, migrate does not request CPU and memory",
        drop("Job/migrate-model", *_RESOURCES, "requests", "memory"),
    ),
    Mistake(
        scaling.resources_are_asked_for,
        "StatefulSet/worker, ray-node does not request CPU and memory",
        drop("StatefulSet/worker", *POD, "initContainers", 0, "resources", "requests"),
        components=("ray",),
    ),
    Mistake(
        scaling.resources_are_asked_for,
        "may take all memory of its node",
        drop("StatefulSet/worker", *_RESOURCES, "limits"),
    ),
    Mistake(
        scaling.resources_are_asked_for,
        "Deployment/model, model is throttled",
        put("Deployment/model", *_RESOURCES, "limits", "cpu", value="1"),
    ),
    Mistake(
        scaling.resources_are_asked_for,
        "Deployment/model, model has 1Gi to 2Gi, not the original's 1 GiB",
        put("Deployment/model", *_RESOURCES, "limits", "memory", value="2Gi"),
        overlay="production",
    ),
    Mistake(
        scaling.rollouts_keep_service,
        "Deployment/backend may answer nothing while it is rolled",
        put("Deployment/backend", "spec", "strategy", value={"type": "Recreate"}),
    ),
    Mistake(
        scaling.rollouts_keep_service,
        "Deployment/backend is given 3600 s",
        put("Deployment/backend", "spec", "progressDeadlineSeconds", value=3600),
    ),
    Mistake(
        storage.volumes_and_mounts_agree,
        "Deployment/model: state is no volume",
        drop("Deployment/model", *POD, "volumes", 3),
    ),
    Mistake(
        storage.volumes_and_mounts_agree,
        "StatefulSet/postgres: data is no volume",
        drop("StatefulSet/postgres", "spec", "volumeClaimTemplates"),
    ),
    Mistake(
        storage.volumes_and_mounts_agree,
        "Deployment/model: spare is not mounted",
        append(
            *("Deployment/model", *POD, "volumes"),
            value={"name": "spare", "emptyDir": {"sizeLimit": "1Mi"}},
        ),
    ),
    Mistake(
        storage.volumes_and_mounts_agree,
        "mounts two volumes in one place",
        put(
            "Deployment/model",
            *CONTAINER,
            "volumeMounts",
            3,
            "mountPath",
            value="/run/secrets/bellwether",
        ),
    ),
    Mistake(
        storage.scratch_space_is_bounded,
        "StatefulSet/worker: state may fill its node",
        put("StatefulSet/worker", *POD, "volumes", 2, "emptyDir", value={}),
    ),
    Mistake(
        storage.scratch_space_is_bounded,
        "Deployment/frontend, frontend can write nowhere",
        put("Deployment/frontend", *CONTAINER, "volumeMounts", 0, "mountPath", value="/scratch"),
    ),
    Mistake(
        storage.shared_claims_can_be_shared,
        "PersistentVolumeClaim/artefacts cannot be mounted on several nodes",
        put("PersistentVolumeClaim/artefacts", "spec", "accessModes", value=["ReadWriteOnce"]),
    ),
    Mistake(
        storage.shared_claims_can_be_shared,
        "PersistentVolumeClaim/dataset is of the class None",
        drop("PersistentVolumeClaim/dataset", "spec", "storageClassName"),
        overlay="production",
    ),
    Mistake(
        storage.shared_claims_can_be_shared,
        "Deployment/backend may write dataset",
        drop("Deployment/backend", *CONTAINER, "volumeMounts", 0, "readOnly"),
    ),
    Mistake(
        storage.shared_claims_can_be_shared,
        "StatefulSet/worker only reads artefacts",
        put("StatefulSet/worker", *CONTAINER, "volumeMounts", 0, "readOnly", value=True),
    ),
    Mistake(
        storage.state_survives_pods,
        "StatefulSet/worker has neither bucket and claim",
        drop("StatefulSet/worker", *CONTAINER, "volumeMounts", 0),
    ),
    Mistake(
        storage.state_survives_pods,
        "RayCluster/ray-head does not know of the bucket",
        drop(
            *("RayCluster/ray", "spec", "headGroupSpec", "template", "spec", "containers", 0),
            "envFrom",
        ),
        components=("ray", "s3"),
    ),
    Mistake(
        storage.state_survives_pods,
        "Deployment/model has no keys of the bucket",
        put(
            *("ConfigMap/bellwether-model", "data", "AWS_SHARED_CREDENTIALS_FILE"),
            value="/run/keys/credentials",
        ),
        components=("s3",),
    ),
    Mistake(
        storage.state_survives_pods,
        "StatefulSet/postgres takes its data along",
        put(
            *("StatefulSet/postgres", "spec", "persistentVolumeClaimRetentionPolicy"),
            "whenDeleted",
            value="Delete",
        ),
    ),
)
