"""Grafana's dashboards, written down once and laid out by rule.

``python -m scripts.dashboards`` writes ``observability/grafana/dashboards/*.json``; with
``--check`` it says whether they are what it would write.
"""
