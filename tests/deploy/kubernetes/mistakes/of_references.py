"""Mistakes about who names whom."""

from __future__ import annotations

from tests.deploy.kubernetes.mistakes.planting import (
    CONTAINER,
    POD,
    Mistake,
    add,
    append,
    drop,
    put,
    remove,
)
from tests.deploy.kubernetes.rules import selectors

_NAME = "app.kubernetes.io/name"
_LABELS = ("spec", "template", "metadata", "labels")

MISTAKES = (
    Mistake(
        selectors.workloads_select_their_pods,
        "Deployment/backend selects the pods of []",
        put("Deployment/backend", *_LABELS, _NAME, value="server"),
    ),
    Mistake(
        selectors.workloads_select_their_pods,
        "Deployment/model does not select by name and component",
        drop("Deployment/model", "spec", "selector", "matchLabels", _NAME),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "Service/backend selects no pod",
        put("Service/backend", "spec", "selector", _NAME, value="server"),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "PodDisruptionBudget/worker selects no pod",
        put("PodDisruptionBudget/worker", "spec", "selector", "matchLabels", _NAME, value="x"),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "NetworkPolicy/frontend selects no pod",
        put("NetworkPolicy/frontend", "spec", "podSelector", "matchLabels", _NAME, value="page"),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "NetworkPolicy/backend selects no pod",
        put(
            *("NetworkPolicy/backend", "spec", "egress", 0, "to", 0),
            *("podSelector", "matchLabels", _NAME),
            value="modell",
        ),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "PodMonitor/worker selects no pod",
        put("PodMonitor/worker", "spec", "selector", "matchLabels", _NAME, value="workers"),
        components=("monitoring",),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "ServiceMonitor/model selects no Service",
        drop("Service/model", "metadata", "labels"),
        components=("monitoring",),
    ),
    Mistake(
        selectors.selectors_find_pods,
        "Deployment/model spreads pods that are not its own",
        put(
            *("Deployment/model", *POD, "topologySpreadConstraints", 1),
            *("labelSelector", "matchLabels", _NAME),
            value="backend",
        ),
    ),
    Mistake(
        selectors.references_resolve,
        "Deployment/backend runs as default, an account that is not here",
        put("Deployment/backend", *POD, "serviceAccountName", value="default"),
    ),
    Mistake(
        selectors.references_resolve,
        "Deployment/model needs PersistentVolumeClaim/artefacts",
        remove("PersistentVolumeClaim/artefacts"),
    ),
    Mistake(
        selectors.references_resolve,
        "Deployment/backend needs ConfigMap/bellwether, which",
        put(
            "Deployment/backend",
            *CONTAINER,
            "envFrom",
            0,
            "configMapRef",
            "name",
            value="bellwether",
        ),
    ),
    Mistake(
        selectors.references_resolve,
        "reads Secret/tokens, which no deploy makes",
        put(
            *("Deployment/model", *POD, "volumes", 2, "projected", "sources", 0),
            *("secret", "name"),
            value="tokens",
        ),
    ),
    Mistake(
        selectors.references_resolve,
        "reads modelurl of Secret/bellwether, which has none",
        put(
            *("Deployment/model", *POD, "volumes", 2, "projected", "sources", 0),
            *("secret", "items", 0, "key"),
            value="modelurl",
        ),
    ),
    Mistake(
        selectors.references_resolve,
        "StatefulSet/postgres reads Secret/postgres, which no deploy makes",
        put("StatefulSet/postgres", *POD, "volumes", 1, "secret", "secretName", value="postgres"),
    ),
    Mistake(
        selectors.references_resolve,
        "Ingress/bellwether names Secret/certificate",
        put("Ingress/bellwether", "spec", "tls", 0, "secretName", value="certificate"),
        overlay="production",
    ),
    Mistake(
        selectors.references_resolve,
        "ServiceAccount/model names Secret/registry",
        put("ServiceAccount/model", "imagePullSecrets", 0, "name", value="registry"),
        overlay="production",
    ),
    Mistake(
        selectors.references_resolve,
        "TriggerAuthentication/model-database names Secret/bellwether",
        put(
            "TriggerAuthentication/model-database", "spec", "secretTargetRef", 0, "key", value="url"
        ),
        components=("keda",),
    ),
    Mistake(
        selectors.references_resolve,
        "ServiceMonitor/model names Secret/bellwether",
        put(
            *(
                "ServiceMonitor/model",
                "spec",
                "endpoints",
                0,
                "authorization",
                "credentials",
                "key",
            ),
            value="token",
        ),
        components=("monitoring",),
    ),
    Mistake(
        selectors.references_resolve,
        "Ingress/bellwether hands on to Service/page",
        put(
            *("Ingress/bellwether", "spec", "rules", 0, "http", "paths", 0),
            *("backend", "service", "name"),
            value="page",
        ),
        overlay="production",
    ),
    Mistake(
        selectors.references_resolve,
        "StatefulSet/worker is named by a Service that is not here",
        remove("Service/worker"),
    ),
    Mistake(
        selectors.nothing_is_left_over,
        "Nobody uses PersistentVolumeClaim/old",
        add(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "old", "namespace": "bellwether"},
            }
        ),
    ),
    Mistake(
        selectors.nothing_is_left_over,
        "Nobody uses ConfigMap/bellwether-frontend",
        drop("Deployment/frontend", *CONTAINER, "envFrom"),
    ),
    Mistake(
        selectors.nothing_is_left_over,
        "Nobody uses ServiceAccount/worker",
        put("StatefulSet/worker", *POD, "serviceAccountName", value="model"),
    ),
    Mistake(
        selectors.names_are_unique,
        "Service/backend is there twice",
        lambda rendering: rendering.objects.append(rendering.get("Service", "backend")),
    ),
    Mistake(
        selectors.names_are_unique,
        "Service/backend is not in the namespace",
        put("Service/backend", "metadata", "namespace", value="default"),
    ),
    Mistake(
        selectors.names_are_unique,
        "There is no namespace bellwether",
        remove("Namespace/bellwether"),
    ),
    Mistake(
        selectors.references_resolve,
        "Deployment/frontend reads Secret/bellwether-page, which no deploy makes",
        append(
            *("Deployment/frontend", *CONTAINER, "envFrom"),
            value={"secretRef": {"name": "bellwether-page"}},
        ),
    ),
)
