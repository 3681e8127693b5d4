"""Logstash's pipeline and its settings."""

from __future__ import annotations

import re
from typing import Any

from tests.deploy.elk.parts import Elk

BUNDLED = {
    "input": {"beats", "file", "tcp"},
    "filter": {"date", "grok", "json", "mutate", "ruby"},
    "output": {"elasticsearch"},
}
"""Plugins in use that are part of Logstash's distribution; others would have to be installed."""

FROM_INPUTS = {"event.original"}
"""What inputs add, and the pipeline takes away again."""

_REFERENCE = re.compile(r"(?:\[[@A-Za-z_]\w*\])+")
_QUOTED = re.compile(r'"((?:\[[@\w]+\])+)"')


def plugins_come_with_logstash(elk: Elk) -> list[str]:
    """Each part is input, filter or output, and each plugin is of the distribution."""
    found = [
        f"{name} is no plugin of the {kind}s in use."
        for kind, known in BUNDLED.items()
        for name, _ in elk.plugins(kind)
        if name not in known
    ]
    kinds = [kind for kind, _ in elk.sections()]
    if sorted(set(kinds)) != sorted(BUNDLED) or kinds != sorted(kinds, key=list(BUNDLED).index):
        found.append(f"The parts are {kinds}.")
    return found


def fields_are_known(elk: Elk) -> list[str]:
    """Each field that is read or set is in the template, or is metadata, which is not stored."""
    known = set(elk.fields()) | FROM_INPUTS
    named = [(name, one) for name, text in elk.pipeline.items() for one in _references(text)]
    named += [("ecs.rb", one) for one in _QUOTED.findall(elk.ruby)]
    found = []
    for name, reference in named:
        field = ".".join(re.findall(r"[@\w]+", reference))
        if not field.startswith("@metadata.") and not _is_of(field, known):
            found.append(f"{name}: nobody knows {field}.")
    return found


def no_line_is_lost(elk: Elk) -> list[str]:
    """What cannot be read is kept and tagged; nothing is dropped, sampled or overwritten."""
    found = [
        f"{name} loses lines."
        for name, _ in elk.plugins("filter")
        if name in ("drop", "prune", "throttle", "aggregate", "clone")
    ]
    for name in ("json", "grok"):
        for one, options in elk.plugins("filter"):
            if one == name and options.get("tag_on_failure") != ["_not_json"]:
                found.append(f"{name} does not say which lines it could not read.")
            if one == name and options.get("remove_field"):
                found.append(f"{name} removes what it read from.")
    if "_not_json" not in elk.ruby or "_jsonparse" not in elk.ruby:
        found.append("Lines that the codec could not read have no tag.")
    tagged = [options.get("add_tag") for one, options in elk.plugins("filter") if one == "mutate"]
    if ["_not_json"] not in tagged:
        found.append("Plain lines of Beats have no tag.")
    return found


def backslashes_are_left_out(elk: Elk) -> list[str]:
    """What a backslash in a string means depends on a setting, and on who parses it."""
    return [
        f"{name} has a backslash: {line.strip()[:40]}"
        for name, text in elk.pipeline.items()
        for line in text.splitlines()
        if "\\" in line.split("#")[0]
    ]


def lines_go_where_they_are_looked_for(elk: Elk) -> list[str]:
    """One output, by TLS, as the user that is made, into the data stream that is made."""
    outputs = elk.plugins("output")
    if len(outputs) != 1:
        return [f"There are {len(outputs)} outputs."]
    given, found = outputs[0][1], []
    wanted: dict[str, Any] = {
        "index": elk.setting("STREAM"),
        "user": "logstash_writer",
        "password": "${LOGSTASH_WRITER_PASSWORD}",
        "hosts": ["https://elasticsearch:9200"],
        "ssl_enabled": True,
        # A data stream takes additions only.
        "action": "create",
        # The plugin's data streams are called otherwise, and templates are the set-up's.
        "data_stream": "false",
        "manage_template": False,
        "ilm_enabled": False,
    }
    for option, value in wanted.items():
        if given.get(option) != value:
            found.append(f"{option} of the output is {given.get(option)}, not {value}.")
    if "ssl_verification_mode" in given or "ssl_certificate_verification" in given:
        found.append("The output does not look at the certificate.")
    mounted = [place.split(":")[1] for place in elk.service("logstash")["volumes"]]
    return found + [
        f"{authority} is not mounted."
        for authority in given.get("ssl_certificate_authorities", ["none"])
        if not any(authority.startswith(f"{folder}/") for folder in mounted)
    ]


def inputs_are_the_published_ports(elk: Elk) -> list[str]:
    """TCP with JSON lines of a bounded length, Beats, and the file: nothing else listens."""
    found = []
    listening = {options["port"] for _, options in elk.plugins("input") if "port" in options}
    published = {int(port.rsplit(":", 1)[1]) for port in elk.service("logstash")["ports"]}
    if listening != published or listening != {5044, 50000}:
        found.append(f"Logstash listens on {sorted(listening)}, published are {sorted(published)}.")
    codec = elk.plugin("input", "tcp").get("codec", {})
    limit = (
        codec.get("json_lines", {}).get("decode_size_limit_bytes") if codec != "json_lines" else 0
    )
    if not limit or limit > 16 * 2**20:
        found.append("A line that never ends takes all memory.")
    file = elk.plugin("input", "file")
    folders = [place.rsplit(":", 2)[1] for place in elk.service("logstash")["volumes"]]
    if str(file.get("path", "/none/app.log")).rsplit("/", 1) not in [
        [one, "app.log"] for one in folders
    ]:
        found.append("app.log is not mounted.")
    if not str(file.get("sincedb_path", "")).startswith("/usr/share/logstash/data/"):
        found.append("app.log is read again after each start.")
    for name, options in elk.plugins("input"):
        if "[@metadata][from]" not in options.get("add_field", {}):
            found.append(f"Nobody knows what came by {name}.")
    return found


def waiting_lines_are_bounded(elk: Elk) -> list[str]:
    """Lines wait on disk, up to a size, and so do those that were refused."""
    pipeline, found = elk.pipelines[0], []
    if len(elk.pipelines) != 1 or pipeline["path.config"] != "/usr/share/logstash/pipeline/*.conf":
        found.append("The pipeline is not made of the files of this folder.")
    if pipeline.get("queue.type") != "persisted":
        found.append("Waiting lines die with Logstash.")
    found += [
        f"{setting} is not bounded."
        for setting in ("queue.max_bytes", "dead_letter_queue.max_bytes")
        if not re.fullmatch(r"\d+mb", str(pipeline.get(setting)))
    ]
    if pipeline.get("dead_letter_queue.enable") is not True:
        found.append("Refused lines are lost.")
    check = " ".join(elk.service("logstash")["healthcheck"]["test"])
    if f"/_node/pipelines/{pipeline['pipeline.id']} " not in check:
        found.append("The health check asks for another pipeline.")
    if f"/127.0.0.1/{elk.logstash['api.http.port']} " not in check:
        found.append("The health check asks at another port.")
    return found


def _references(text: str) -> list[str]:
    code = "\n".join(line.split("#")[0] for line in text.splitlines())
    return _REFERENCE.findall(code)


def _is_of(field: str, known: set[str]) -> bool:
    """Whether a field is one of them, holds some of them, or is below one that holds anything."""
    below = any(one.startswith(f"{field}.") for one in known)
    return field in known or below or field.split(".")[0] == "bellwether"
