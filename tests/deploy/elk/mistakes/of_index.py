"""Mistakes about template, lifecycle and rights."""

from __future__ import annotations

from tests.deploy.elk.mistakes.planting import PROPERTIES, Mistake, drop, put, write
from tests.deploy.elk.rules import index

_SETTINGS = ("template", "settings", "index")
_MAPPING = (*_SETTINGS, "mapping")
_HOT = ("policy", "phases", "hot", "actions", "rollover")

MISTAKES = (
    Mistake(
        index.fields_of_the_services_are_mapped,
        "http.route is not in the template",
        drop("template", *PROPERTIES, "http", "properties", "route"),
    ),
    Mistake(
        index.fields_of_the_services_are_mapped,
        "event.duration is keyword, wanted is long",
        put("template", *PROPERTIES, "event", "properties", "duration", "type", value="keyword"),
    ),
    Mistake(
        index.fields_of_the_services_are_mapped,
        "bellwether is not in the template",
        put("template", *PROPERTIES, "bellwether", value={"properties": {}}),
    ),
    Mistake(
        index.types_do_not_clash,
        "date_detection guesses",
        put("template", "template", "mappings", "date_detection", value=True),
    ),
    Mistake(
        index.types_do_not_clash,
        "whole_numbers become long",
        put(
            *("template", "template", "mappings", "dynamic_templates", 1, "whole_numbers"),
            *("mapping", "type"),
            value="long",
        ),
    ),
    Mistake(
        index.types_do_not_clash,
        "What is a boolean first may be none later",
        drop("template", "template", "mappings", "dynamic_templates", 3),
    ),
    Mistake(
        index.types_do_not_clash,
        "Objects would be taken for text",
        put(
            *("template", "template", "mappings", "dynamic_templates", 0, "texts"),
            "match_mapping_type",
            value="*",
        ),
    ),
    Mistake(
        index.types_do_not_clash,
        "has its whole line refused",
        put("template", *_MAPPING, "ignore_malformed", value=False),
    ),
    Mistake(
        index.types_do_not_clash,
        "takes no @timestamp that may be malformed",
        drop("template", *PROPERTIES, "@timestamp", "ignore_malformed"),
    ),
    Mistake(
        index.fields_are_bounded,
        "There may be any number of fields",
        drop("template", *_MAPPING, "total_fields", "limit"),
    ),
    Mistake(
        index.fields_are_bounded,
        "There may be 20 fields",
        put("template", *_MAPPING, "total_fields", "limit", value=20),
    ),
    Mistake(
        index.fields_are_bounded,
        "one field too many is refused",
        put("template", *_MAPPING, "total_fields", "ignore_dynamic_beyond_limit", value=False),
    ),
    Mistake(
        index.fields_are_bounded,
        "url.query has no end",
        drop("template", *PROPERTIES, "url", "properties", "query", "ignore_above"),
    ),
    Mistake(
        index.one_node_holds_it,
        "cannot place that many",
        put("template", *_SETTINGS, "number_of_replicas", value=1),
    ),
    Mistake(
        index.one_node_holds_it,
        "The template is for ['logs-*']",
        put("template", "index_patterns", value=["logs-*"]),
    ),
    Mistake(index.one_node_holds_it, "makes no data stream", drop("template", "data_stream")),
    Mistake(
        index.one_node_holds_it, "Another template may come first", drop("template", "priority")
    ),
    Mistake(
        index.one_node_holds_it,
        "looks for other nodes",
        drop("elasticsearch", "discovery.type"),
    ),
    Mistake(
        index.old_logs_go,
        "The template follows logs, made is bellwether-logs",
        put("template", *_SETTINGS, "lifecycle", "name", value="logs"),
    ),
    Mistake(index.old_logs_go, "No new index by max_age", drop("lifecycle", *_HOT, "max_age")),
    Mistake(
        index.old_logs_go,
        "No new index by max_primary_shard_size",
        put("lifecycle", *_HOT, "max_primary_shard_size", value="5"),
    ),
    Mistake(
        index.old_logs_go,
        "not deleted after 30 days",
        put("lifecycle", "policy", "phases", "delete", "min_age", value="300d"),
    ),
    Mistake(
        index.old_logs_go,
        "not deleted after 30 days",
        drop("lifecycle", "policy", "phases", "delete"),
    ),
    Mistake(
        index.a_new_template_is_noticed,
        "of different versions",
        put("template", "version", value=2),
    ),
    Mistake(
        index.the_writer_may_only_write,
        "The writer may ['create_doc', 'read']",
        put("writer", "indices", 0, "privileges", value=["create_doc", "read"]),
    ),
    Mistake(
        index.the_writer_may_only_write,
        "may ['manage'] in the cluster",
        put("writer", "cluster", value=["manage"]),
    ),
    Mistake(
        index.the_writer_may_only_write,
        "may write to ['*']",
        put("writer", "indices", 0, "names", value=["*"]),
    ),
    Mistake(
        index.the_writer_may_only_write,
        "may not write to bellwether",
        write("setup.sh", "STREAM=logstash-bellwether", "STREAM=bellwether"),
    ),
    Mistake(
        index.the_writer_may_only_write,
        "has other rights",
        put("writer", "run_as", value=["elastic"]),
    ),
)
