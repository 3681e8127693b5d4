#!/bin/sh
# Makes nginx's configuration of the template and becomes nginx.
#   BACKEND_URL  address of the gateway, http://HOST[:PORT] without a path. nginx asks the name
#                server for exactly this name: in a cluster it has to be the full one, such as
#                http://backend.NAMESPACE.svc.cluster.local
#   BELLWETHER_ENVIRONMENT, BELLWETHER_VERSION   what log lines say of this server
set -eu

refuse() {
    echo "$1" >&2
    exit 2
}
url=${BACKEND_URL:-http://server:3000}
environment=${BELLWETHER_ENVIRONMENT:-development}
version=${BELLWETHER_VERSION:-unknown}
# `case` looks at the whole of a value, where grep looks at each line of it.
case "$url" in *[!A-Za-z0-9.:/-]*) url="" ;; esac
printf '%s' "$url" | grep -Eqx 'https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?' ||
    refuse "BACKEND_URL has to be http://HOST or http://HOST:PORT, not \`$BACKEND_URL\`."
for word in "$environment" "$version"; do
    case "$word" in
        *[!A-Za-z0-9._+-]*) refuse "BELLWETHER_ENVIRONMENT and BELLWETHER_VERSION have to be words." ;;
    esac
done
resolver=$(awk '$1 == "nameserver" { print ($2 ~ /:/ ? "[" $2 "]" : $2); exit }' /etc/resolv.conf)
sed -e "s#@BACKEND_URL@#$url#" -e "s#@RESOLVER@#${resolver:-127.0.0.1}#" \
    -e "s#@ENVIRONMENT@#$environment#" -e "s#@VERSION@#$version#" \
    /etc/bellwether/nginx.conf.template >/tmp/nginx.conf
exec nginx -e /dev/stderr -c /tmp/nginx.conf -g 'daemon off;'
