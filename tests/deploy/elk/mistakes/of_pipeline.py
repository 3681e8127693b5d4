"""Mistakes about Logstash's pipeline."""

from __future__ import annotations

from tests.deploy.elk.mistakes.planting import Mistake, drop, put, write
from tests.deploy.elk.rules import pipeline

MISTAKES = (
    Mistake(
        pipeline.plugins_come_with_logstash,
        "de_dot is no plugin of the filters",
        write("30-ecs.conf", "filter {", "filter { de_dot { nested => true } "),
    ),
    Mistake(
        pipeline.plugins_come_with_logstash,
        "The parts are ['input', 'filter', 'filter']",
        lambda elk: elk.pipeline.pop("90-elasticsearch.conf"),
    ),
    Mistake(
        pipeline.fields_are_known,
        "20-lines.conf: nobody knows http.status",
        write("20-lines.conf", "[http][response][status_code]", "[http][status]"),
    ),
    Mistake(
        pipeline.fields_are_known,
        "ecs.rb: nobody knows event.took",
        write("ecs.rb", '"[event][duration]"', '"[event][took]"'),
    ),
    Mistake(
        pipeline.fields_are_known,
        "30-ecs.conf: nobody knows meta.time",
        write("30-ecs.conf", "[@metadata][time]", "[meta][time]"),
    ),
    Mistake(
        pipeline.no_line_is_lost,
        "drop loses lines",
        write("20-lines.conf", "mutate { add_tag", "drop { add_tag"),
    ),
    Mistake(
        pipeline.no_line_is_lost,
        "json does not say",
        write("20-lines.conf", 'tag_on_failure => ["_not_json"]\n      }\n    }', "}\n    }"),
    ),
    Mistake(
        pipeline.no_line_is_lost,
        "json removes what it read from",
        write(
            "20-lines.conf",
            'source => "message"',
            'source => "message" remove_field => ["message"]',
        ),
    ),
    Mistake(
        pipeline.no_line_is_lost,
        "that the codec could not read have no tag",
        write("ecs.rb", "_jsonparse", "_json_parse"),
    ),
    Mistake(
        pipeline.no_line_is_lost,
        "Plain lines of Beats have no tag",
        write(
            "20-lines.conf", 'mutate { add_tag => ["_not_json"] }', 'mutate { add_tag => ["x"] }'
        ),
    ),
    Mistake(
        pipeline.backslashes_are_left_out,
        "20-lines.conf has a backslash",
        write("20-lines.conf", "[^ ?]*", "[^\\\\s?]*"),
    ),
    Mistake(
        pipeline.lines_go_where_they_are_looked_for,
        "index of the output is logstash, not logstash-bellwether",
        write("90-elasticsearch.conf", '"logstash-bellwether"', '"logstash"'),
    ),
    Mistake(
        pipeline.lines_go_where_they_are_looked_for,
        "user of the output is elastic",
        write("90-elasticsearch.conf", '"logstash_writer"', '"elastic"'),
    ),
    Mistake(
        pipeline.lines_go_where_they_are_looked_for,
        "action of the output is index",
        write("90-elasticsearch.conf", '"create"', '"index"'),
    ),
    Mistake(
        pipeline.lines_go_where_they_are_looked_for,
        "does not look at the certificate",
        write(
            "90-elasticsearch.conf",
            "ssl_enabled => true",
            'ssl_enabled => true ssl_verification_mode => "none"',
        ),
    ),
    Mistake(
        pipeline.lines_go_where_they_are_looked_for,
        "is not mounted",
        write("90-elasticsearch.conf", "config/authority", "config/certs"),
    ),
    Mistake(
        pipeline.lines_go_where_they_are_looked_for,
        "There are 2 outputs",
        write("90-elasticsearch.conf", "output {", "output { stdout {} "),
    ),
    Mistake(
        pipeline.inputs_are_the_published_ports,
        "Logstash listens on [5000, 5044]",
        write("10-inputs.conf", "port => 50000", "port => 5000"),
    ),
    Mistake(
        pipeline.inputs_are_the_published_ports,
        "takes all memory",
        write("10-inputs.conf", "json_lines { decode_size_limit_bytes => 1048576 }", "json_lines"),
    ),
    Mistake(
        pipeline.inputs_are_the_published_ports,
        "app.log is not mounted",
        write("10-inputs.conf", "/var/log/app/app.log", "/app/app.log"),
    ),
    Mistake(
        pipeline.inputs_are_the_published_ports,
        "read again after each start",
        write("10-inputs.conf", "/usr/share/logstash/data/app-log.sincedb", "/dev/null"),
    ),
    Mistake(
        pipeline.inputs_are_the_published_ports,
        "Nobody knows what came by beats",
        write("10-inputs.conf", 'add_field => { "[@metadata][from]" => "beats" }', ""),
    ),
    Mistake(
        pipeline.waiting_lines_are_bounded,
        "not made of the files",
        put("pipelines", 0, "path.config", value="/usr/share/logstash/pipeline/10-inputs.conf"),
    ),
    Mistake(
        pipeline.waiting_lines_are_bounded,
        "die with Logstash",
        put("pipelines", 0, "queue.type", value="memory"),
    ),
    Mistake(
        pipeline.waiting_lines_are_bounded,
        "queue.max_bytes is not bounded",
        drop("pipelines", 0, "queue.max_bytes"),
    ),
    Mistake(
        pipeline.waiting_lines_are_bounded,
        "Refused lines are lost",
        drop("pipelines", 0, "dead_letter_queue.enable"),
    ),
    Mistake(
        pipeline.waiting_lines_are_bounded,
        "asks for another pipeline",
        put("pipelines", 0, "pipeline.id", value="logs"),
    ),
    Mistake(
        pipeline.waiting_lines_are_bounded,
        "asks at another port",
        put("logstash", "api.http.port", value=9601),
    ),
)
