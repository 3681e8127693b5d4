"""The environment: every variable is one that somebody reads, and every setting was thought of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tests.deploy.kubernetes.objects import Object, Pod, Rendering, image_name
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules.selectors import OUTSIDE_SECRETS

READ_BY_OTHERS: Mapping[str, frozenset[str]] = {
    # botocore, below the artefact store.
    "model": frozenset({"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SHARED_CREDENTIALS_FILE"}),
    "model-ray": frozenset(
        {
            "AWS_ENDPOINT_URL",
            "AWS_REGION",
            "AWS_SHARED_CREDENTIALS_FILE",
            # Ray: who may join and use the cluster, and how soon a node ends that lost its head.
            "RAY_AUTH_MODE",
            "RAY_AUTH_TOKEN_PATH",
            "RAY_gcs_rpc_server_reconnect_timeout_s",
        }
    ),
    # The image's entry point, and base/postgres/create-databases.sh.
    "postgres": frozenset(
        {
            "PGDATA",
            "POSTGRES_INITDB_ARGS",
            "POSTGRES_PASSWORD_FILE",
            "BACKEND_DB_PASSWORD_FILE",
            "MODEL_DB_PASSWORD_FILE",
        }
    ),
}
"""What libraries and programs read that are no settings of ours, by image."""

NEEDED_SECRETS: Mapping[str, frozenset[str]] = {
    "backend": frozenset({"database_url", "model_service_token"}),
    "model": frozenset({"model_database_url", "model_service_token"}),
    "worker": frozenset({"model_database_url"}),
    "migrate-backend": frozenset({"database_url"}),
    "migrate-model": frozenset({"model_database_url"}),
}
"""Without which a pod must not be started."""

OPTIONAL_SECRETS: Mapping[str, frozenset[str]] = {
    "backend": frozenset({"newsapi_key"}),
    "model": frozenset({"openai_api_key"}),
}

_SENT_ELSEWHERE = {
    "logstash_host|otlp_endpoint": "a site's choice, with a way out of its own; in a cluster Alloy "
    "reads what pods write, and no policy lets them to a collector",
}

LEFT_AT_DEFAULT: Mapping[str, Mapping[str, str]] = {
    "backend": {
        "port": "what the manifests say is compared with it",
        "shutdown_seconds": "fits into the time that a pod has to end",
        "log_level": "INFO everywhere; raised by hand while a fault is looked for",
        r"model_\w+_seconds|model_connections|max_\w+_bytes|response_cache_bytes": "bounds of one "
        "process, which do not depend on how many there are",
        r"agents_fresh_seconds|datasets_known_seconds|series_fresh_seconds": "how long one process "
        "believes what it knows",
        r"event_\w+": "bounds of one process",
        r"yahoo_(?!cache_dir$)\w+": "Yahoo as it is; other addresses are for tests",
        r"news_(?!feeds$)\w+|newsapi_(?!key$)\w+": "times and bounds of one process",
        "news_feeds": "which feeds are read is the site's choice, and none by default",
        **_SENT_ELSEWHERE,
    },
    "model": {
        r"port|worker_port": "what the manifests say is compared with them",
        r"threads|max_(?!candles)\w+_bytes|max_evaluated_candles|"
        r"max_event_streams": "bounds of one process, which fit into its memory",
        r"request_timeout_seconds|body_timeout_seconds|artefacts_timeout_seconds": "of one request",
        "max_queued_units": "of the one queue, whoever fills it",
        r"worker_(beat|lease|patience)_seconds|checkpoint_seconds|unit_silence_seconds": "what was "
        "tested against kills; the same on one machine",
        r"sentiment_(?!dir$|export$)\w+|finbert_\w+": "the engine that is there, and bounds of one "
        "process",
        r"openai_(?!api_key$)\w+": "OpenAI itself, its default model and one dollar a day; "
        "another endpoint is the site's choice",
        "log_level": "INFO everywhere; raised by hand while a fault is looked for",
        **_SENT_ELSEWHERE,
    },
}
"""Settings that neither a manifest nor an image sets, as patterns, and why a cluster needs none."""


def variables_are_known(rendering: Rendering, repository: Repository) -> list[str]:
    """Nothing is set that nobody reads: a name that is misspelt would say nothing."""
    found = []
    for pod, container in rendering.containers():
        image = image_name(container)
        known = set(READ_BY_OTHERS.get(image, ()))
        if image == "frontend":
            known |= repository.page_variables
        stem = image.partition("-")[0]
        if stem in repository.settings:
            known |= repository.settings[stem].all
        found += [
            f"{pod.owner}, {container['name']}: nobody reads {name}."
            for name in sorted(set(rendering.variables(container)) - known)
        ]
    return found


def secrets_are_where_they_are_looked_for(
    rendering: Rendering, repository: Repository
) -> list[str]:
    """Each pod is given the keys that it needs, as files that are called like its settings."""
    found = []
    for pod, container in rendering.containers():
        keys = dict(_keys(pod, container))
        required = {key for key, optional in keys.items() if not optional}
        optional = set(keys) - required
        # What stands beside a service has no business with its secrets.
        name = pod.name if container in pod.spec["containers"] else ""
        if required != NEEDED_SECRETS.get(name, frozenset()):
            found.append(f"{pod.owner}, {container['name']} is given {sorted(required)}.")
        if optional != OPTIONAL_SECRETS.get(name, frozenset()):
            found.append(f"{pod.owner}, {container['name']} may be given {sorted(optional)}.")
        if not keys:
            continue
        folder = rendering.variables(container).get("SECRETS_DIR")
        paths = {mount["mountPath"] for mount in _secret_mounts(pod, container)}
        if paths != {folder}:
            found.append(f"{pod.owner} looks for secrets in {folder}; they are in {sorted(paths)}.")
        names = repository.settings[image_name(container).partition("-")[0]].all
        found += [
            f"{pod.owner} is given {key}, which no setting is called."
            for key in sorted(keys)
            if key.upper() not in names
        ]
    return found


def secret_files_are_for_one_user(rendering: Rendering, _: Repository) -> list[str]:
    """Files of Secrets can be read by the pod's group alone, and are mounted to be read."""
    found = []
    for pod, container in rendering.containers():
        for name, volume in pod.volumes.items():
            content = volume.get("secret") or volume.get("projected")
            if content and content.get("defaultMode") != 0o440:
                found.append(f"{pod.owner}: anybody may read {name}.")
            if content:
                found += [
                    f"{pod.owner}: {name} may be written."
                    for mount in container.get("volumeMounts", [])
                    if mount["name"] == name and not mount.get("readOnly")
                ]
    return found


def ray_asks_for_a_token(rendering: Rendering, _: Repository) -> list[str]:
    """Every node and every driver shows the cluster's token, which is a file of its Secret."""
    found = []
    for pod, container in rendering.containers():
        given = rendering.variables(container)
        if container.get("command", [])[:1] != ["ray"] and "RAY_ADDRESS" not in given:
            continue
        folder = str(given.get("RAY_AUTH_TOKEN_PATH")).rpartition("/")[0]
        volumes = [
            pod.volumes.get(mount["name"], {})
            for mount in container.get("volumeMounts", [])
            if mount["mountPath"] == folder
        ]
        if given.get("RAY_AUTH_MODE") != "token":
            found.append(f"{pod.owner}, {container['name']} speaks to Ray without a token.")
        if [v.get("secret", {}).get("secretName") for v in volumes] != ["bellwether-ray"]:
            found.append(f"{pod.owner}, {container['name']} has no token of Ray.")
    return found


def service_links_are_off(rendering: Rendering, _: Repository) -> list[str]:
    """Else Kubernetes sets MODEL_PORT=tcp://… and the like, which settings take for theirs."""
    return [
        f"{pod.owner} is given a variable for each Service."
        for pod in rendering.pods
        if pod.spec.get("enableServiceLinks") is not False
    ]


def settings_were_thought_of(renderings: list[Rendering], repository: Repository) -> list[str]:
    """Every setting is set somewhere, or is on the list of those that a cluster leaves alone."""
    found = []
    for service, names in repository.settings.items():
        given = set(repository.images[service].variables)
        for rendering in renderings:
            for pod, container in rendering.containers():
                if image_name(container).partition("-")[0] == service:
                    given |= set(rendering.variables(container))
                    given |= {key.upper() for key, _ in _keys(pod, container)}
        patterns = LEFT_AT_DEFAULT[service]
        matched = set()
        for field, variables in names.of.items():
            fitting = [pattern for pattern in patterns if re.fullmatch(pattern, field)]
            matched |= set(fitting)
            if variables & given and fitting:
                found.append(f"{service}: {field} is set, and listed as left at its default.")
            if not variables & given and not fitting:
                found.append(f"{service}: nobody sets {field}, and nobody says why.")
        found += [
            f"{service}: no setting is called {pattern}."
            for pattern in patterns
            if pattern not in matched
        ]
    return found


def outside_secrets_are_used(renderings: list[Rendering], _: Repository) -> list[str]:
    """A deploy makes no Secret and no key that nobody reads."""
    text = "".join(str(one) for rendering in renderings for one in rendering.objects)
    found = []
    for name, keys in OUTSIDE_SECRETS.items():
        if f"'{name}'" not in text:
            found.append(f"Nobody reads Secret/{name}.")
        if name == "bellwether":
            found += [f"Nobody reads {key}." for key in keys if f"'{key}'" not in text]
    return found


def _secret_mounts(pod: Pod, container: Object) -> Iterator[Object]:
    for mount in container.get("volumeMounts", []):
        volume = pod.volumes.get(mount["name"], {})
        if any(_is_ours(source) for source in volume.get("projected", {}).get("sources", [])):
            yield mount


def _keys(pod: Pod, container: Object) -> Iterator[tuple[str, bool]]:
    """Names of files, and whether each may be missing."""
    for mount in _secret_mounts(pod, container):
        for source in pod.volumes[mount["name"]]["projected"]["sources"]:
            for item in source["secret"]["items"]:
                yield item["path"], source["secret"].get("optional", False)


def _is_ours(source: Object) -> bool:
    return bool(source.get("secret", {}).get("name") == "bellwether")
