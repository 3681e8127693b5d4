#!/bin/sh
# Refuses to start Jenkins with a password that everybody knows, then starts it.
set -eu

password=${JENKINS_ADMIN_PASSWORD:-}
if [ "${#password}" -lt 12 ]; then
    echo "JENKINS_ADMIN_PASSWORD has to be set in .env, to 12 characters at least." >&2
    exit 1
fi
case "${BELLWETHER_ENVIRONMENT:-development}:${password}${ANSIBLE_VAULT_PASSWORD:-}" in
    development:*) ;;
    *changeme*)
        echo "Values that say changeme are for development." >&2
        exit 1
        ;;
esac
exec "${JENKINS_START:-/usr/local/bin/jenkins.sh}" "$@"
