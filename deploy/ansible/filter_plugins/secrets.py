"""Filters that make the Secrets of the cluster from the vault's variables."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]

PLACEHOLDER = "changeme"
SHORTEST_TOKEN = 24
OPTIONAL_KEYS = ("openai_api_key", "newsapi_key")
NEEDED_BY = {"ray": "ray_token", "s3": "s3_credentials"}
"""Without which the pods of a component do not start."""


def secret_objects(secrets: Json, namespace: str) -> list[Json]:
    """The Secrets that the manifests refer to by name.

    `data`, not `stringData`: what the latter once held, a later apply would not remove.
    """
    found = [_secret("bellwether", namespace, _service_keys(secrets, namespace))]
    if not _has_external_database(secrets):
        names = ("postgres_password", "backend_password", "model_password")
        keys = {name: secrets[name] for name in names}
        found.append(_secret("bellwether-postgres", namespace, keys))
    if secrets.get("s3_credentials"):
        keys = {"credentials": secrets["s3_credentials"]}
        found.append(_secret("bellwether-s3", namespace, keys))
    if secrets.get("ray_token"):
        found.append(_secret("bellwether-ray", namespace, {"token": secrets["ray_token"]}))
    if secrets.get("registry_config"):
        keys = {".dockerconfigjson": secrets["registry_config"]}
        found.append(_secret("bellwether-registry", namespace, keys))
        found[-1]["type"] = "kubernetes.io/dockerconfigjson"
    return found


def mounted_secrets(secrets: Json, namespace: str) -> list[Json]:
    """Those that the services read: where they change, the services have to start again."""
    names = ("bellwether", "bellwether-s3", "bellwether-ray")
    return [
        body for body in secret_objects(secrets, namespace) if body["metadata"]["name"] in names
    ]


def secret_problems(secrets: Json, development: bool, components: Sequence[str] = ()) -> list[str]:
    """What is missing, too short or a placeholder, by name and never by value."""
    required = ["model_service_token"]
    required += [NEEDED_BY[component] for component in components if component in NEEDED_BY]
    if _has_external_database(secrets):
        required += ["database_url", "model_database_url"]
    else:
        required += ["postgres_password", "backend_password", "model_password"]
    problems = [f"{name} is not given" for name in required if not secrets.get(name)]
    # Ansible would make text of anything.
    problems += [
        f"{name} is no text" for name, value in secrets.items() if not isinstance(value, str)
    ]
    if development:
        return problems
    token = str(secrets.get("model_service_token") or "")
    if token and len(token) < SHORTEST_TOKEN:
        problems.append(f"model_service_token has fewer than {SHORTEST_TOKEN} characters")
    problems += [
        f"{name} is a placeholder"
        for name, value in secrets.items()
        if PLACEHOLDER in str(value).lower()
    ]
    passwords = [
        secrets[name]
        for name in ("postgres_password", "backend_password", "model_password")
        if secrets.get(name)
    ]
    if len(set(passwords)) < len(passwords):
        problems.append("two passwords of PostgreSQL are the same")
    return problems


def _service_keys(secrets: Json, namespace: str) -> Json:
    host = f"postgres.{namespace}.svc"
    keys = {"model_service_token": secrets["model_service_token"]}
    for key, owner in (("database_url", "backend"), ("model_database_url", "model")):
        keys[key] = secrets.get(key) or _database_url(
            host, f"bellwether_{owner}", secrets[f"{owner}_password"]
        )
    keys |= {name: secrets[name] for name in OPTIONAL_KEYS if secrets.get(name)}
    return keys


def _database_url(host: str, role: str, password: str) -> str:
    """The role and its database have the same name."""
    return f"postgresql://{role}:{quote(str(password), safe='')}@{host}:5432/{role}"


def _has_external_database(secrets: Json) -> bool:
    return bool(secrets.get("database_url") or secrets.get("model_database_url"))


def _secret(name: str, namespace: str, keys: Json) -> Json:
    labels = {"app.kubernetes.io/part-of": "bellwether"}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "data": {
            key: base64.b64encode(str(value).encode()).decode() for key, value in keys.items()
        },
    }


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        functions = (secret_objects, mounted_secrets, secret_problems)
        return {function.__name__: function for function in functions}
