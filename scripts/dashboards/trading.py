"""What the platform is for: decisions, verdicts, experiments, sentiment and the age of data."""

from __future__ import annotations

from scripts.dashboards.layout import Dashboard, data_source
from scripts.dashboards.panels import RED, YELLOW, Query, Threshold, graph, row, stat

_RATE = "$__rate_interval"

_DECISIONS = (
    row("Decisions and verdicts"),
    graph(
        "Decisions a minute by action",
        "One for each candle of each prediction, on a logarithmic axis: most are to hold.",
        Query(
            f"sum by (action) (rate(bellwether_decisions_total[{_RATE}])) * 60",
            "{{action}}",
        ),
        unit="none",
        logarithmic=True,
    ),
    graph(
        "Predictions a minute by form",
        "Of files in the dataset folder, and of candles in the request.",
        Query(f"sum by (form) (rate(bellwether_predictions_total[{_RATE}])) * 60", "{{form}}"),
        unit="none",
    ),
    stat(
        "Kept reports by verdict",
        "Against buy and hold, on data the agent never saw, after costs. Indistinguishable is a"
        " good answer when it is the true one.",
        Query("max by (verdict) (bellwether_verdicts)", "{{verdict}}"),
        unit="none",
        width=8,
        height=8,
    ),
)

_EXPERIMENTS = (
    row("Experiments"),
    graph(
        "Experiments by state",
        "All that are kept. Every worker reports all of them.",
        Query("max by (state) (bellwether_experiments)", "{{state}}"),
        unit="none",
    ),
    graph(
        "Units by state",
        "One for each training, and one that judges them all, which is queued until they are done.",
        Query("max by (state) (bellwether_experiment_units)", "{{state}}"),
        unit="none",
    ),
    graph(
        "Steps of training a second",
        "Of all workers together.",
        Query(f"sum(rate(bellwether_training_steps_total[{_RATE}]))", "steps"),
        unit="ops",
    ),
    graph(
        "Age of the oldest unit that waits",
        "Zero where nothing waits. It grows while all slots are taken, or nobody takes work.",
        Query("max(bellwether_queue_oldest_seconds)", "oldest"),
        unit="s",
        thresholds=(Threshold(300, YELLOW),),
    ),
    graph(
        "Longest silence of a unit that runs",
        "After 30 s its worker kills it and begins it anew.",
        Query("max(bellwether_unit_longest_silence_seconds)", "longest"),
        unit="s",
        thresholds=(Threshold(30, YELLOW), Threshold(120, RED)),
    ),
    graph(
        "Workers alive",
        "Those that gave a sign of life within their lease, as the database of experiments knows.",
        Query("max(bellwether_workers_alive)", "workers"),
        Query("max(bellwether_database_up)", "database answers", dashed=True),
        unit="none",
    ),
)

_SENTIMENT = (
    row("Sentiment"),
    stat(
        "Engine that scores by default",
        "The one that answers where a request names none; 1 stands for yes.",
        Query("max by (engine) (bellwether_sentiment_engine_chosen) == 1", "{{engine}}"),
        unit="none",
        height=8,
    ),
    stat(
        "State of each engine",
        "The state that each engine is in; 1 stands for yes.",
        Query(
            "max by (engine, state) (bellwether_sentiment_engine_state) > 0",
            "{{engine}}: {{state}}",
        ),
        unit="none",
        height=8,
    ),
    graph(
        "Texts scored a minute by engine",
        "Texts in answers, those found in the cache too.",
        Query(
            f"sum by (engine) (rate(bellwether_sentiment_texts_total[{_RATE}])) * 60", "{{engine}}"
        ),
        unit="none",
        width=6,
    ),
    graph(
        "Mix of labels",
        "Share of the scored texts; a mix that jumps is usually an engine that has changed.",
        Query(
            f"sum by (label) (rate(bellwether_sentiment_labels_total[{_RATE}]))"
            f" / scalar(sum(rate(bellwether_sentiment_labels_total[{_RATE}]))) >= 0",
            "{{label}}",
        ),
        unit="percentunit",
        width=6,
        stacked=True,
        most=1,
    ),
)

_SOURCES = (
    row("Sources of candles and news"),
    graph(
        "Age of data: time since a source last answered",
        "Sources are asked when somebody wants something; one that never answered has no line.",
        Query(
            "time() - max by (source) (bellwether_provider_last_success_timestamp_seconds > 0)",
            "{{source}}",
        ),
        unit="s",
    ),
    graph(
        "Questions a minute by source and outcome",
        "As the gateway asks them.",
        Query(
            f"sum by (source, outcome) (rate(bellwether_provider_requests_total[{_RATE}])) * 60",
            "{{source}} {{outcome}}",
        ),
        unit="none",
    ),
    graph(
        "Failures a minute by source and kind",
        "The kind says whether the source was away, refused, or answered nonsense.",
        Query(
            f"sum by (source, kind) (rate(bellwether_provider_errors_total[{_RATE}])) * 60",
            "{{source}} {{kind}}",
        ),
        unit="none",
    ),
)

TRADING = Dashboard(
    uid="bellwether-trading",
    title="Bellwether: trading",
    description="Decisions, verdicts, experiments, sentiment and the age of data.",
    variables=(data_source("prometheus"),),
    panels=(*_DECISIONS, *_EXPERIMENTS, *_SENTIMENT, *_SOURCES),
)
