#!/usr/bin/env bash
# Brings Prometheus, Alertmanager, Grafana, Loki and Alloy into a cluster, in the namespace
# `monitoring`: `make monitoring`. Run again, it changes what differs and keeps Grafana's password.
# What is Bellwether's own (monitors, rules, dashboards) comes with a deploy that has the component
# `monitoring`.
#
#   KUBE_CONTEXT  context of the kubeconfig; its current one where empty
set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
NAMESPACE=monitoring
TIMEOUT=15m

# shellcheck source=helm/charts.env
source "${HERE}/helm/charts.env"

fail() {
    echo "monitoring: $1" >&2
    exit 1
}

for tool in helm kubectl; do
    command -v "${tool}" >/dev/null || fail "${tool} is missing: \`make monitoring\` brings it."
done

helm_options=(--namespace "${NAMESPACE}")
kubectl_options=(--namespace "${NAMESPACE}")
if [ -n "${KUBE_CONTEXT:-}" ]; then
    helm_options+=(--kube-context "${KUBE_CONTEXT}")
    kubectl_options+=(--context "${KUBE_CONTEXT}")
fi

# kubectl's own questions have a time limit; a cluster that is away is not waited for.
ask() { kubectl "${kubectl_options[@]}" --request-timeout 30s "$@"; }

# The labels make the namespace the one that Bellwether's network policies let in by its name.
if ! ask get namespace "${NAMESPACE}" >/dev/null 2>&1; then
    ask create namespace "${NAMESPACE}" || fail "the namespace ${NAMESPACE} could not be made."
fi

# A password of 24 random bytes, by the standard input: a command line can be read by others.
if ! ask get secret grafana-admin >/dev/null 2>&1; then
    password="$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')"
    ask create --filename - <<SECRET || fail "the Secret grafana-admin could not be made."
apiVersion: v1
kind: Secret
metadata:
  name: grafana-admin
  namespace: ${NAMESPACE}
type: Opaque
stringData:
  admin-user: admin
  admin-password: "${password}"
SECRET
    unset password
fi

install_chart() {
    local release=$1 chart=$2 version=$3
    shift 3
    echo "monitoring: ${release} ${version} …"
    helm upgrade "${release}" "${chart}" --install "${helm_options[@]}" --version "${version}" \
        --values "${HERE}/helm/${release}.values.yaml" --rollback-on-failure --timeout "${TIMEOUT}" \
        "$@" >/dev/null || fail "${release} could not be installed; nothing of it was changed."
}

install_chart kube-prometheus-stack "${KUBE_PROMETHEUS_STACK_CHART}" "${KUBE_PROMETHEUS_STACK_VERSION}" \
    --set-file "alertmanager.stringConfig=${HERE}/prometheus/alertmanager.yml"
install_chart loki "${LOKI_CHART}" "${LOKI_VERSION}"
install_chart alloy "${ALLOY_CHART}" "${ALLOY_VERSION}" --repo "${ALLOY_REPOSITORY}" \
    --set-file "alloy.configMap.content=${HERE}/loki/cluster.alloy"

echo "monitoring: installed. make grafana, make prometheus, make loki; make grafana-password."
