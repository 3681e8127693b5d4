"""Template, lifecycle and rights."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from tests.deploy.elk.parts import LOG_FIELDS, Elk


def fields_of_the_services_are_mapped(elk: Elk) -> list[str]:
    """Each field of a log line is in the template, as what it is looked for."""
    fields = elk.fields()
    return [
        f"{name} is {fields.get(name, 'not in the template')}, wanted is {kind}."
        for name, kind in LOG_FIELDS.items()
        if fields.get(name) != kind
    ]


def types_do_not_clash(elk: Elk) -> list[str]:
    """A field nobody thought of is text whatever it holds, so no second line is refused for it."""
    mappings = elk.template["template"]["mappings"]
    found = [
        f"{name} guesses." for name in ("date_detection", "numeric_detection") if mappings[name]
    ]
    seen = set()
    for template in mappings["dynamic_templates"]:
        for name, content in template.items():
            seen.add(content.get("match_mapping_type"))
            if content["mapping"]["type"] != "keyword":
                found.append(f"{name} become {content['mapping']['type']}.")
    found += [
        f"What is a {kind} first may be none later."
        for kind in ("boolean", "double", "long", "string")
        if kind not in seen
    ]
    if "*" in seen or "object" in seen:
        found.append("Objects would be taken for text.")
    if elk.settings()["mapping"].get("ignore_malformed") is not True:
        found.append("A number that is none has its whole line refused.")
    time = mappings["properties"]["@timestamp"]
    if time.get("ignore_malformed") is not False:
        found.append("A data stream takes no @timestamp that may be malformed.")
    return found


def fields_are_bounded(elk: Elk) -> list[str]:
    """Fields that senders invent cannot fill the mapping, and text fields have an end."""
    total = elk.settings()["mapping"]["total_fields"]
    found = []
    if not len(elk.fields()) < total.get("limit", 10**6) <= 1000:
        found.append(f"There may be {total.get('limit', 'any number of')} fields.")
    if total.get("ignore_dynamic_beyond_limit") is not True:
        found.append("A line with one field too many is refused.")

    def keywords(properties: dict[str, object], above: str) -> list[str]:
        without = []
        for name, content in properties.items():
            assert isinstance(content, dict)
            if content.get("type") in ("keyword", "flattened") and "ignore_above" not in content:
                without.append(f"{above}{name} has no end.")
            for part in ("properties", "fields"):
                without += keywords(content.get(part, {}), f"{above}{name}.")
        return without

    return found + keywords(elk.template["template"]["mappings"]["properties"], "")


def one_node_holds_it(elk: Elk) -> list[str]:
    """One shard and no copies, for more would never be placed; a data stream of the pattern."""
    settings, found = elk.settings(), []
    if (settings["number_of_shards"], settings["number_of_replicas"]) != (1, 0):
        found.append("One node cannot place that many shards.")
    if elk.template["index_patterns"] != ["logstash-*"]:
        found.append(f"The template is for {elk.template['index_patterns']}.")
    if elk.template.get("data_stream") != {}:
        found.append("The template makes no data stream.")
    # Elastic's own templates have 100 to 200 for logs-*-* and their like; none is for logstash-*.
    if elk.template.get("priority", 0) < 100:
        found.append("Another template may come first.")
    if elk.elasticsearch.get("discovery.type") != "single-node":
        found.append("Elasticsearch looks for other nodes.")
    return found


def old_logs_go(elk: Elk) -> list[str]:
    """A new index by size and by age, the old one deleted after 30 days; the policy is made."""
    phases, found = elk.lifecycle["policy"]["phases"], []
    name = elk.settings().get("lifecycle", {}).get("name")
    if name != elk.setting("POLICY"):
        found.append(f"The template follows {name}, made is {elk.setting('POLICY')}.")
    rollover = phases.get("hot", {}).get("actions", {}).get("rollover", {})
    for condition, form in (("max_age", r"\d+[dh]"), ("max_primary_shard_size", r"\d+[mg]b")):
        if not re.fullmatch(form, rollover.get(condition, "")):
            found.append(f"No new index by {condition}.")
    delete = phases.get("delete", {})
    if delete.get("min_age") != "30d" or "delete" not in delete.get("actions", {}):
        found.append("Logs are not deleted after 30 days.")
    return found


def a_new_template_is_noticed(elk: Elk) -> list[str]:
    """The version is in the mapping too, where the set-up looks for it."""
    version = elk.template.get("version")
    if elk.template["template"]["mappings"].get("_meta", {}).get("version") != version:
        return ["Template and mapping are of different versions."]
    return [] if isinstance(version, int) else ["The template has no version."]


def the_writer_may_only_write(elk: Elk) -> list[str]:
    """Logstash adds lines to the logs and does nothing else: no reading, changing, deleting."""
    found = []
    if elk.writer.get("cluster") != ["monitor"]:
        found.append(f"The writer may {elk.writer.get('cluster')} in the cluster.")
    for grant in elk.writer["indices"]:
        if set(grant["privileges"]) - {"create_doc", "auto_configure"}:
            found.append(f"The writer may {grant['privileges']}.")
        if grant["names"] != elk.template["index_patterns"]:
            found.append(f"The writer may write to {grant['names']}.")
    if set(elk.writer) != {"cluster", "indices"}:
        found.append("The writer has other rights.")
    stream = elk.setting("STREAM")
    if not any(fnmatch(stream, name) for one in elk.writer["indices"] for name in one["names"]):
        found.append(f"The writer may not write to {stream}.")
    return found
