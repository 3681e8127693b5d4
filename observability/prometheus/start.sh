#!/bin/sh
# Entry point of Prometheus in the compose profile `monitoring`: the model service's token comes by
# the environment, and Prometheus reads tokens from files alone.
set -eu

token=${MODEL_SERVICE_TOKEN:-}
if [ -z "$token" ]; then
    echo "prometheus: MODEL_SERVICE_TOKEN is not set; see .env.example." >&2
    exit 2
fi
file=${TOKEN_FILE:-/run/prometheus/model_service_token}
(umask 077 && printf '%s' "$token" >"$file")
unset MODEL_SERVICE_TOKEN token

exec "${PROMETHEUS:-/bin/prometheus}" \
    --config.file=/etc/prometheus/prometheus.yml \
    --storage.tsdb.path=/prometheus \
    --storage.tsdb.retention.time=30d \
    --storage.tsdb.retention.size=4GB
