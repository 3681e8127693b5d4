"""The production inventory with every component, in a namespace of another name than usual."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import SECRETS
from .fake_cluster.certificates import Certificates
from .fake_cluster.kinds import BUILT_IN, EXTENSIONS
from .fake_cluster.server import FakeCluster
from .playbook import ROOT, Outcome, Playbook

pytestmark = pytest.mark.timeout(600)

DIGEST = f"sha256:{'3' * 64}"
SITE = {
    "host": "trade.example.org",
    "ingress-class": "nginx",
    "ingress-namespace": "ingress-nginx",
    "shared-storage-class": "standard",
}
COMPONENTS = ["ray", "keda", "s3", "finbert", "monitoring"]
"""All that can be together, in the order that they ask for."""


@pytest.fixture(scope="module")
def cluster(certificates: Certificates) -> Iterator[FakeCluster]:
    with FakeCluster(certificates, kinds=BUILT_IN + EXTENSIONS) as running:
        yield running


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(asked: list[str]) -> Iterator[str]:
    """Answers as the page's server would, from the second request on."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if len(asked) > 1 else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/readyz"
        server.shutdown()


@pytest.fixture(scope="module")
def deployed(playbook: Playbook, make_vault: Callable[..., Path], page: str) -> Outcome:
    names = ("backend", "frontend", "model", "model-ray", "model-export")
    given = {
        "digests": dict.fromkeys(names, DIGEST),
        "postgres_digest": DIGEST,
        "registry": "registry.example.org/team",
        "site": SITE,
        "components": COMPONENTS,
        "namespace": "trading",
        "settings": {"bellwether-model": {"MODEL_ARTEFACTS_URL": "s3://bucket/of-the-site"}},
        "smoke_urls": [page],
    }
    without_images = {k: v for k, v in playbook.variables.items() if k != "images"}
    vault = make_vault(
        s3_credentials="[default]\naws_access_key_id=A\n",
        newsapi_key="key-Bn5Rt",
        ray_token="token-of-ray-Hv7Pq2",  # noqa: S106 - of this test
    )
    production = replace(playbook, variables=without_images, vault=vault)
    return production.run(inventory="production", **given)


def objects(cluster: FakeCluster, kind: str) -> dict[str, dict[str, Any]]:
    entries = cluster.store.entries.items()
    return {name: entry.body for (found, _, name), entry in entries if found == kind}


def test_components_are_all_that_there_are() -> None:
    """A new one has to be added here, or it is deployed by nobody before it is released."""
    folders = {path.name for path in (ROOT / "deploy/k8s/components").iterdir() if path.is_dir()}
    assert folders == {*COMPONENTS, "external-postgres"}


def test_images_come_from_the_registry_by_digest(deployed: Outcome, cluster: FakeCluster) -> None:
    workloads = objects(cluster, "Deployment") | objects(cluster, "StatefulSet")
    images = {
        name: body["spec"]["template"]["spec"]["containers"][0]["image"]
        for name, body in (workloads | objects(cluster, "Job")).items()
    }
    assert images["backend"] == f"registry.example.org/team/backend@{DIGEST}"
    assert images["worker"] == f"registry.example.org/team/model-ray@{DIGEST}"
    assert images["export-finbert"] == f"registry.example.org/team/model-export@{DIGEST}"
    assert images["postgres"] == f"docker.io/library/postgres@{DIGEST}"
    ray = objects(cluster, "RayCluster")["ray"]["spec"]["headGroupSpec"]["template"]["spec"]
    assert ray["containers"][0]["image"] == f"registry.example.org/team/model-ray@{DIGEST}"


def test_pods_by_digest_do_not_start_anew_for_a_commit(
    deployed: Outcome, cluster: FakeCluster
) -> None:
    for body in (objects(cluster, "Deployment") | objects(cluster, "Job")).values():
        annotations = body["spec"]["template"]["metadata"].get("annotations") or {}
        assert "bellwether/commit" not in annotations


def test_the_site_is_told(deployed: Outcome, cluster: FakeCluster) -> None:
    ingress = objects(cluster, "Ingress")["bellwether"]["spec"]
    assert ingress["rules"][0]["host"] == SITE["host"]
    assert ingress["ingressClassName"] == SITE["ingress-class"]
    assert "site" not in objects(cluster, "ConfigMap")
    settings = [
        body["data"].get("MODEL_ARTEFACTS_URL")
        for name, body in objects(cluster, "ConfigMap").items()
        if name.startswith("bellwether-model-")
    ]
    assert settings == ["s3://bucket/of-the-site"]


def test_another_namespace_is_meant_everywhere(deployed: Outcome, cluster: FakeCluster) -> None:
    namespaces = {space for _, space, _ in cluster.store.entries if space}
    assert namespaces == {"trading"}
    assert set(objects(cluster, "Namespace")) == {"trading"}
    maps = objects(cluster, "ConfigMap").items()
    page = [body["data"] for name, body in maps if name.startswith("bellwether-frontend-")]
    assert [one["BACKEND_URL"] for one in page] == ["http://backend.trading.svc.cluster.local"]
    data = objects(cluster, "Secret")["bellwether"]["data"]
    url = base64.b64decode(data["model_database_url"]).decode()
    assert url.endswith("@postgres.trading.svc:5432/bellwether_model")


def config_maps_named(value: Any) -> Iterator[str]:
    """Names in `configMapRef`, `configMapKeyRef` and `configMap`, wherever they stand."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("configMapRef", "configMapKeyRef", "configMap"):
                yield item["name"]
            else:
                yield from config_maps_named(item)
    elif isinstance(value, list):
        for item in value:
            yield from config_maps_named(item)


def test_config_maps_are_found_by_their_hashed_names(
    deployed: Outcome, cluster: FakeCluster
) -> None:
    """Also by kinds that kustomize does not know, and after settings were added above."""
    named = {
        name for entry in cluster.store.entries.values() for name in config_maps_named(entry.body)
    }
    assert any(name.startswith("bellwether-model-") for name in named)
    assert named <= set(objects(cluster, "ConfigMap"))


def test_optional_secrets(deployed: Outcome, cluster: FakeCluster) -> None:
    secrets = objects(cluster, "Secret")
    made = ("bellwether", "bellwether-postgres", "bellwether-s3", "bellwether-ray")
    assert set(secrets) == set(made)
    assert "newsapi_key" in secrets["bellwether"]["data"]
    assert "openai_api_key" not in secrets["bellwether"]["data"]
    assert SECRETS["model_service_token"] not in deployed.output


def test_every_secret_that_a_manifest_names_is_made(
    deployed: Outcome, cluster: FakeCluster
) -> None:
    """With its keys, apart from what is marked optional or is another's (certificates, pulls)."""
    wanted = {
        (source["secret"]["name"], item["key"])
        for entry in cluster.store.entries.values()
        for volume in entry.body.get("spec", {})
        .get("template", {})
        .get("spec", {})
        .get("volumes", [])
        for source in volume.get("projected", {}).get("sources", [])
        if "secret" in source and not source["secret"].get("optional")
        for item in source["secret"]["items"]
    }
    made = {
        (name, key) for name, body in objects(cluster, "Secret").items() for key in body["data"]
    }
    assert wanted
    assert wanted <= made


def test_asks_the_page_until_it_answers(deployed: Outcome, asked: list[str]) -> None:
    assert asked == ["/readyz", "/readyz"]


def test_job_that_is_no_migration_is_not_waited_for(
    deployed: Outcome, cluster: FakeCluster
) -> None:
    made = [f"{change.kind}/{change.name}" for change in cluster.store.changes]
    assert made.index("Job/export-finbert") > made.index("Deployment/model")
