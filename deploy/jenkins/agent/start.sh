#!/bin/sh
# Takes the agent's program from the controller, so that both are of one version, and connects with
# the secret that the controller leaves in a volume of the two.
set -eu

controller=${JENKINS_URL:?names the controller}
secret=${AGENT_SECRET_FILE:-/run/agent/secret}
program=/var/lib/agent/agent.jar

until [ -s "$secret" ] &&
    curl --fail --silent --show-error --max-time 60 --output "$program" "${controller%/}/jnlpJars/agent.jar"; do
    sleep 3
done
# As a file: an argument could be read by every process here.
exec java -jar "$program" -url "$controller" -name bellwether -secret "@$secret" -webSocket \
    -workDir /var/lib/agent
