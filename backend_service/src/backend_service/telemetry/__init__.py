"""What the gateway tells about itself: log lines, metrics, traces, and the ids that tie them.

Imports run one way: ``middleware → access_lines, spans, metrics → log_output → log_lines,
logstash → redaction, trace_context``.
"""
