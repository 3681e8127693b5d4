#!/bin/sh
# Entry point of Grafana in the compose profile `monitoring`: without a password Grafana would take
# one that everybody knows.
set -eu

password=${GF_SECURITY_ADMIN_PASSWORD:-}
if [ -z "$password" ]; then
    echo "grafana: GRAFANA_PASSWORD is not set; see .env.example." >&2
    exit 2
fi
if [ "${BELLWETHER_ENVIRONMENT:-}" = production ]; then
    case $password in
        *changeme*)
            echo "grafana: GRAFANA_PASSWORD still is the example's." >&2
            exit 2
            ;;
    esac
fi
unset password

exec "${GRAFANA:-/run.sh}"
