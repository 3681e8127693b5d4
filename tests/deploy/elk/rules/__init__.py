"""What the files of the profile elk have to keep; each rule names what does not."""

from __future__ import annotations

from collections.abc import Callable

from tests.deploy.elk.parts import Elk
from tests.deploy.elk.rules import charts, containers, index, pipeline

Rule = Callable[[Elk], list[str]]

RULES: tuple[Rule, ...] = (
    index.fields_of_the_services_are_mapped,
    index.types_do_not_clash,
    index.fields_are_bounded,
    index.one_node_holds_it,
    index.old_logs_go,
    index.a_new_template_is_noticed,
    index.the_writer_may_only_write,
    charts.references_resolve,
    charts.kibana_knows_what_it_reads,
    charts.fields_can_be_counted,
    charts.panels_lie_side_by_side,
    charts.charts_say_what_they_show,
    charts.the_originals_charts_are_there,
    charts.what_operators_ask_is_there,
    charts.durations_are_in_milliseconds,
    pipeline.plugins_come_with_logstash,
    pipeline.fields_are_known,
    pipeline.no_line_is_lost,
    pipeline.backslashes_are_left_out,
    pipeline.lines_go_where_they_are_looked_for,
    pipeline.inputs_are_the_published_ports,
    pipeline.waiting_lines_are_bounded,
    containers.one_release_for_all,
    containers.memory_holds_the_heap,
    containers.mounted_files_are_there,
    containers.variables_reach_who_reads_them,
    containers.the_key_is_elasticsearchs_alone,
    containers.passwords_travel_hidden,
)
