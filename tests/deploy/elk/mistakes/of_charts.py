"""Mistakes about Kibana's saved objects."""

from __future__ import annotations

from tests.deploy.elk.mistakes.planting import (
    PROPERTIES,
    Mistake,
    aggregation,
    chart,
    drop,
    format_as,
    panel,
    put,
    saved,
    write,
)
from tests.deploy.elk.rules import charts

MISTAKES = (
    Mistake(
        charts.references_resolve,
        "refers to bellwether-logs, which does not come before",
        drop("objects", 0),
    ),
    Mistake(
        charts.references_resolve,
        "refers to bellwether-volume, which does not come before",
        drop("objects", 1),
    ),
    Mistake(
        charts.references_resolve,
        "is no reference",
        lambda elk: saved(elk, "bellwether-volume")["references"].clear(),
    ),
    Mistake(
        charts.references_resolve,
        "bellwether-unique-hosts is on no dashboard",
        lambda elk: elk.saved("dashboard")[0]["references"].pop(1),
    ),
    Mistake(
        charts.references_resolve,
        "is there twice",
        lambda elk: elk.objects.append(elk.objects[0]),
    ),
    Mistake(
        charts.references_resolve,
        "default data view logs is not there",
        write("setup.sh", "DATA_VIEW=bellwether-logs", "DATA_VIEW=logs"),
    ),
    Mistake(
        charts.kibana_knows_what_it_reads,
        "bellwether-logs: Kibana knows no panels",
        lambda elk: elk.saved("dashboard")[0]["attributes"].update(panels=[]),
    ),
    Mistake(
        charts.kibana_knows_what_it_reads,
        "is of the version 11.0.0",
        put("objects", 0, "typeMigrationVersion", value="11.0.0"),
    ),
    Mistake(
        charts.kibana_knows_what_it_reads,
        "bellwether-volume has no thresholdLine",
        chart("volume", lambda state: state["params"].pop("thresholdLine")),
    ),
    Mistake(
        charts.kibana_knows_what_it_reads,
        "draws Lines on nothing",
        chart("volume", lambda state: state["params"]["seriesParams"][0]["data"].update(id="7")),
    ),
    Mistake(
        charts.fields_can_be_counted,
        "terms of http.path, a None",
        chart("response-times-by-route", aggregation(1, field="http.path")),
    ),
    Mistake(
        charts.fields_can_be_counted,
        "cardinality of message, a text",
        chart("unique-messages", aggregation(0, field="message")),
    ),
    Mistake(
        charts.fields_can_be_counted,
        "percentiles of http.route, a keyword",
        chart("response-times-by-route", aggregation(0, field="http.route")),
    ),
    Mistake(
        charts.fields_can_be_counted,
        "terms of http.route, a None",
        drop("template", *PROPERTIES, "http", "properties", "route"),
    ),
    Mistake(
        charts.fields_can_be_counted,
        "asks for level",
        chart(
            "errors-over-time",
            lambda state: state["aggs"][2]["params"]["filters"][0]["input"].update(
                query='level : "error"'
            ),
        ),
    ),
    Mistake(charts.panels_lie_side_by_side, "volume lies over unique-hosts", panel(1, y=6)),
    Mistake(charts.panels_lie_side_by_side, "unique-messages leaves the grid", panel(2, x=30)),
    Mistake(charts.panels_lie_side_by_side, "has holes", panel(1, w=20)),
    Mistake(charts.panels_lie_side_by_side, "volume is too small to read", panel(0, h=4)),
    Mistake(
        charts.charts_say_what_they_show,
        "bellwether-volume has two titles",
        chart("volume", lambda state: state.update(title="Lines")),
    ),
    Mistake(
        charts.charts_say_what_they_show,
        "an axis has no name",
        chart("volume", lambda state: state["params"]["valueAxes"][0].update(title={})),
    ),
    Mistake(
        charts.charts_say_what_they_show,
        "cardinality has no name",
        chart("unique-hosts", aggregation(0, customLabel="")),
    ),
    Mistake(
        charts.charts_say_what_they_show,
        "is not described",
        lambda elk: saved(elk, "bellwether-volume")["attributes"].update(description=""),
    ),
    Mistake(
        charts.the_originals_charts_are_there,
        "data view is not logstash-*",
        put("objects", 0, "attributes", "title", value="logs-*"),
    ),
    Mistake(
        charts.the_originals_charts_are_there,
        "Unique host.name over @timestamp are not drawn",
        chart("unique-hosts", aggregation(0, field="service.name")),
    ),
    Mistake(
        charts.the_originals_charts_are_there,
        "Unique message.keyword over @timestamp are not drawn",
        chart("unique-messages", lambda state: state["aggs"].pop(1)),
    ),
    Mistake(
        charts.what_operators_ask_is_there,
        "Log volume is not drawn",
        chart("volume", lambda state: state["aggs"].pop(2)),
    ),
    Mistake(
        charts.what_operators_ask_is_there,
        "Response times by route is not drawn",
        chart("response-times-by-route", aggregation(1, field="url.path")),
    ),
    Mistake(
        charts.what_operators_ask_is_there,
        "Nobody draws http.response.status_code >= 500",
        chart("errors-over-time", lambda state: state["aggs"][2]["params"]["filters"].pop()),
    ),
    Mistake(
        charts.what_operators_ask_is_there,
        "There is no table of errors",
        chart("errors-table", lambda state: state.update(type="pie")),
    ),
    Mistake(
        charts.durations_are_in_milliseconds,
        "is not shown in milliseconds",
        format_as(inputFormat="microseconds"),
    ),
    Mistake(
        charts.durations_are_in_milliseconds,
        "does not say that it shows milliseconds",
        chart(
            "response-times-by-route",
            lambda state: state["params"]["valueAxes"][0]["title"].update(text="Time"),
        ),
    ),
)
