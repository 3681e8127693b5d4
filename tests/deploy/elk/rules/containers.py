"""The profile's services in docker-compose.yml, and the files that are mounted into them."""

from __future__ import annotations

import re

from tests.deploy.elk.parts import ROOT, SERVICES, Elk

_UNITS = {"m": 1, "g": 1024}


def one_release_for_all(elk: Elk) -> list[str]:
    """All images are of one release of 9, from one registry, and both can be set."""
    found, versions = [], set()
    for name in SERVICES:
        image = elk.service(name)["image"]
        parts = re.fullmatch(
            r"\$\{ELASTIC_REGISTRY:-docker\.elastic\.co\}/(\w+)/\1:"
            r"\$\{ELASTIC_VERSION:-(9\.\d+\.\d+)\}",
            image,
        )
        if parts is None:
            found.append(f"{name} is {image}.")
        else:
            versions.add(parts[2])
    if len(versions) > 1:
        found.append(f"Services are of the releases {sorted(versions)}.")
    return found


def memory_holds_the_heap(elk: Elk) -> list[str]:
    """Java takes as much again beside its heap, Node a third of it."""
    found = []
    for name, variable, form, share in (
        ("elasticsearch", "ES_JAVA_OPTS", r"-Xms(\d+)m -Xmx\1m", 0.5),
        ("logstash", "LS_JAVA_OPTS", r"-Xms(\d+)m -Xmx\1m", 0.5),
        ("kibana", "NODE_OPTIONS", r"--max-old-space-size=(\d+)", 0.75),
    ):
        service = elk.service(name)
        heap = re.fullmatch(form, service["environment"].get(variable, ""))
        limit = service["mem_limit"]
        if heap is None:
            found.append(f"{name}'s heap is not said.")
        elif int(heap[1]) > share * int(limit[:-1]) * _UNITS[limit[-1]]:
            found.append(f"{name} has {heap[1]} MB of heap in {limit}.")
    return found


def mounted_files_are_there(elk: Elk) -> list[str]:
    """What is mounted from the repository exists, and cannot be written from within."""
    found = []
    for name in SERVICES:
        for volume in elk.service(name).get("volumes", []):
            source = (
                volume.rsplit(":", 2)[0] if volume.endswith(":ro") else volume.rsplit(":", 1)[0]
            )
            if source.startswith("./"):
                if not volume.endswith(":ro"):
                    found.append(f"{name} may write to {source}.")
                if not (ROOT / source).exists():
                    found.append(f"{source} is not there.")
        for part in elk.service(name).get("entrypoint", []):
            script = re.fullmatch(r"/setup/(\S+)", part)
            if script and script[1] not in elk.scripts:
                found.append(f"{part} is not there.")
    return found


def variables_reach_who_reads_them(elk: Elk) -> list[str]:
    """Each ${…} of a mounted file is given to the container, and none that nobody reads."""
    read = {
        "kibana": set(_asked(str(elk.kibana))) | {"NODE_OPTIONS"},
        "logstash": {one for text in elk.pipeline.values() for one in _asked(text)}
        | {"LS_JAVA_OPTS"},
        "elasticsearch": {"ELASTIC_PASSWORD", "ES_JAVA_OPTS"},
    }
    return [
        f"{name} is given {sorted(elk.service(name)['environment'])}, and reads {sorted(wanted)}."
        for name, wanted in read.items()
        if set(elk.service(name)["environment"]) != wanted
    ]


def the_key_is_elasticsearchs_alone(elk: Elk) -> list[str]:
    """Who makes the key sees it, and who shows its certificate; others have the authority."""
    found = []
    for name in SERVICES:
        for volume in elk.service(name).get("volumes", []):
            source = volume.split(":")[0]
            if source == "elk-certificates" and name not in ("elk-certificates", "elasticsearch"):
                found.append(f"{name} sees the key of Elasticsearch.")
            made = source in ("elk-certificates", "elk-authority")
            if made and name != "elk-certificates" and not volume.endswith(":ro"):
                found.append(f"{name} may change {source}.")
    return found


def passwords_travel_hidden(elk: Elk) -> list[str]:
    """Elasticsearch wants a password and shows a certificate, which all its clients look at."""
    found = [
        f"{setting} is {elk.elasticsearch.get(setting)}."
        for setting in ("xpack.security.enabled", "xpack.security.http.ssl.enabled")
        if elk.elasticsearch.get(setting) is not True
    ]
    for setting in ("key", "certificate"):
        path = elk.elasticsearch.get(f"xpack.security.http.ssl.{setting}", "")
        if not path.startswith("certificates/elasticsearch."):
            found.append(f"Elasticsearch's {setting} is {path}.")
    hosts = elk.kibana["elasticsearch.hosts"]
    if any(not host.startswith("https://elasticsearch:") for host in hosts):
        found.append(f"Kibana asks {hosts}.")
    if "elasticsearch.ssl.certificateAuthorities" not in elk.kibana:
        found.append("Kibana trusts no authority.")
    if "elasticsearch.ssl.verificationMode" in elk.kibana:
        found.append("Kibana does not look at the certificate.")
    if elk.kibana["elasticsearch.username"] != "kibana_system":
        found.append(f"Kibana is {elk.kibana['elasticsearch.username']}.")
    scripts = "\n".join(elk.scripts.values())
    if re.search(r"--insecure|\s-k\s|http://elasticsearch", scripts):
        found.append("The set-up does not look at the certificate.")
    return found


def _asked(text: str) -> list[str]:
    return re.findall(r"\$\{(\w+)", text)
