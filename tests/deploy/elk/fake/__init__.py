"""Stand-ins that speak the endpoints which ``observability/elk/setup`` asks."""
