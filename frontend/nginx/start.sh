#!/bin/sh
# Makes nginx's configuration of the template and becomes nginx.
#   BACKEND_URL  address of the gateway, http://HOST[:PORT] without a path. nginx asks the name
#                server for exactly this name: in a cluster it has to be the full one, such as
#                http://backend.NAMESPACE.svc.cluster.local
set -eu

url=${BACKEND_URL:-http://server:3000}
if ! printf '%s' "$url" | grep -Eqx 'https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?'; then
    echo "BACKEND_URL has to be http://HOST or http://HOST:PORT, not \`$url\`." >&2
    exit 2
fi
resolver=$(awk '$1 == "nameserver" { print ($2 ~ /:/ ? "[" $2 "]" : $2); exit }' /etc/resolv.conf)
sed -e "s#@BACKEND_URL@#$url#" -e "s#@RESOLVER@#${resolver:-127.0.0.1}#" \
    /etc/bellwether/nginx.conf.template >/tmp/nginx.conf
exec nginx -e /dev/stderr -c /tmp/nginx.conf -g 'daemon off;'
