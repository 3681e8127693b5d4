"""Logs and metrics of the live services, as Logstash and Prometheus get them."""
