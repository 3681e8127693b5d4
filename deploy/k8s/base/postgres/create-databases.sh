#!/bin/sh
# Run once by the image of PostgreSQL, on an empty data folder: a role and a database for each
# service, so that neither can read what the other keeps. BACKEND_DB_PASSWORD and MODEL_DB_PASSWORD
# are the passwords, or name files with them where _FILE is appended. They go to the server inside
# statements, never as arguments, which any list of processes would show.
set -eu

create() {
    role="bellwether_$1" DB_PASSWORD=$2
    if [ -z "$DB_PASSWORD" ]; then
        echo "There is no password for $role." >&2
        exit 1
    fi
    export DB_PASSWORD
    psql --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set ON_ERROR_STOP=1 --set role="$role" <<'SQL'
\getenv password DB_PASSWORD
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
    unset DB_PASSWORD
}

create backend "${BACKEND_DB_PASSWORD:-$(cat "${BACKEND_DB_PASSWORD_FILE:-/dev/null}")}"
create model "${MODEL_DB_PASSWORD:-$(cat "${MODEL_DB_PASSWORD_FILE:-/dev/null}")}"
