#!/bin/sh
# Run once by the image of PostgreSQL, on an empty data folder: a role and a database for each
# service, so that neither can read what the other keeps. Passwords come from files, and go to the
# server inside statements, never as arguments that a list of processes would show.
set -eu

passwords=${BELLWETHER_PASSWORDS_DIR:-/run/secrets}

for service in backend model; do
    password_file="$passwords/${service}_password"
    if [ ! -s "$password_file" ]; then
        echo "There is no password for bellwether_$service in $password_file." >&2
        exit 1
    fi
    psql --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set ON_ERROR_STOP=1 \
        --set role="bellwether_$service" \
        --set password_file="$password_file" <<'SQL'
\set password `cat :'password_file'`
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
