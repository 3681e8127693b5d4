#!/bin/sh
# Makes the database of POSTGRES_PASSWORD where there is none, runs the scripts of
# /docker-entrypoint-initdb.d on it once, and becomes the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password=$(mktemp)
    printf '%s\n' "${POSTGRES_PASSWORD:?}" >"$password"
    initdb --encoding=UTF8 --locale=C.UTF-8 --username=postgres --pwfile="$password" \
        --auth-local=trust --auth-host=scram-sha-256 >/dev/null
    rm "$password"
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    pg_ctl --silent --wait start --options="-c listen_addresses=''"
    for script in /docker-entrypoint-initdb.d/*.sh; do
        [ -e "$script" ] && POSTGRES_USER=postgres bash "$script"
    done
    pg_ctl --silent --wait --mode=fast stop
fi
exec postgres -c listen_addresses='*'
