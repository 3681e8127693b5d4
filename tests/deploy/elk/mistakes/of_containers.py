"""Mistakes about the profile's containers and their settings."""

from __future__ import annotations

from tests.deploy.elk.mistakes.planting import Mistake, drop, put, write
from tests.deploy.elk.rules import containers

_VOLUMES = ("services", "logstash", "volumes")
_IMAGE = "${ELASTIC_REGISTRY:-docker.elastic.co}/kibana/kibana:${ELASTIC_VERSION:-8.19.1}"

MISTAKES = (
    Mistake(
        containers.one_release_for_all,
        "kibana is",
        put("compose", "services", "kibana", "image", value=_IMAGE),
    ),
    Mistake(
        containers.one_release_for_all,
        "Services are of the releases",
        put("compose", "services", "kibana", "image", value=_IMAGE.replace("8.19.1", "9.0.0")),
    ),
    Mistake(
        containers.memory_holds_the_heap,
        "elasticsearch has 512 MB of heap in 768m",
        put("compose", "services", "elasticsearch", "mem_limit", value="768m"),
    ),
    Mistake(
        containers.memory_holds_the_heap,
        "logstash's heap is not said",
        put("compose", "services", "logstash", "environment", "LS_JAVA_OPTS", value="-Xmx256m"),
    ),
    Mistake(
        containers.mounted_files_are_there,
        "./observability/elk/logs is not there",
        put("compose", *_VOLUMES, 0, value="./observability/elk/logs:/logs:ro"),
    ),
    Mistake(
        containers.mounted_files_are_there,
        "logstash may write to ./observability/elk/pipeline",
        put("compose", *_VOLUMES, 2, value="./observability/elk/pipeline:/pipeline"),
    ),
    Mistake(
        containers.mounted_files_are_there,
        "/setup/setup.sh is not there",
        drop("scripts", "setup.sh"),
    ),
    Mistake(
        containers.variables_reach_who_reads_them,
        "kibana is given",
        put("kibana", "elasticsearch.password", value="${KIBANA_PASSWORD}"),
    ),
    Mistake(
        containers.variables_reach_who_reads_them,
        "logstash is given",
        drop("compose", "services", "logstash", "environment", "LOGSTASH_WRITER_PASSWORD"),
    ),
    Mistake(
        containers.the_key_is_elasticsearchs_alone,
        "logstash sees the key",
        put("compose", *_VOLUMES, 3, value="elk-certificates:/certificates:ro"),
    ),
    Mistake(
        containers.the_key_is_elasticsearchs_alone,
        "logstash may change elk-authority",
        put("compose", *_VOLUMES, 3, value="elk-authority:/authority"),
    ),
    Mistake(
        containers.passwords_travel_hidden,
        "xpack.security.http.ssl.enabled is False",
        put("elasticsearch", "xpack.security.http.ssl.enabled", value=False),
    ),
    Mistake(
        containers.passwords_travel_hidden,
        "xpack.security.enabled is None",
        drop("elasticsearch", "xpack.security.enabled"),
    ),
    Mistake(
        containers.passwords_travel_hidden,
        "Kibana asks ['http://elasticsearch:9200']",
        put("kibana", "elasticsearch.hosts", value=["http://elasticsearch:9200"]),
    ),
    Mistake(
        containers.passwords_travel_hidden,
        "Kibana does not look at the certificate",
        put("kibana", "elasticsearch.ssl.verificationMode", value="none"),
    ),
    Mistake(
        containers.passwords_travel_hidden,
        "Kibana is elastic",
        put("kibana", "elasticsearch.username", value="elastic"),
    ),
    Mistake(
        containers.passwords_travel_hidden,
        "The set-up does not look at the certificate",
        write("setup.sh", "curl --silent", "curl --insecure --silent"),
    ),
)
