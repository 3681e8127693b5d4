#!/usr/bin/env bash
# Brings Elasticsearch and Kibana into the state that the other files of this folder describe:
# lifecycle, template and data stream of the logs, the users and their rights, the dashboard.
# Whatever is as it should be is left alone, so it may be run at every start.
#
# The order matters: the user that writes lines is made after the template that says how they are
# stored, so that no line can come before it.
set -euo pipefail
umask 077

PROGRAM=elk-setup
# shellcheck source=passwords.sh
source "$(dirname "${BASH_SOURCE[0]}")/passwords.sh"

ELASTICSEARCH="${ELASTICSEARCH:-https://elasticsearch:9200}"
KIBANA="${KIBANA:-http://kibana:5601}"
AUTHORITY="${AUTHORITY:-/usr/share/elasticsearch/logs/ca.crt}"
INDEX="${INDEX:-/index}"
OBJECTS="${OBJECTS:-/kibana/objects.ndjson}"
WAIT="${ELK_WAIT_SECONDS:-300}"
PAUSE="${ELK_PAUSE_SECONDS:-3}"
POLICY=bellwether-logs
STREAM=logstash-bellwether
DATA_VIEW=bellwether-logs

check_passwords
for file in "${INDEX}/lifecycle.json" "${INDEX}/template.json" "${INDEX}/writer.json" \
    "${OBJECTS}"; do
    [ -r "${file}" ] || fail "${file} cannot be read."
done
work="$(mktemp -d)" || fail "there is no room for temporary files."
trap 'rm -rf "${work}"' EXIT

# Passwords reach curl by a file: command lines can be read by others.
log_in_as() {
    printf 'user = "%s:%s"\n' "$1" "$2" >"${work}/$1"
}

# request USER METHOD URL [curl's arguments]: the status goes to ${status}, the answer to
# ${work}/answer, and where there was none curl's exit code to ${broken}.
request() {
    local user="$1" method="$2" url="$3"
    shift 3
    broken=0
    : >"${work}/answer"
    status="$(curl --silent --config "${work}/${user}" --cacert "${AUTHORITY}" --max-time 60 \
        --request "${method}" --header 'kbn-xsrf: elk-setup' --output "${work}/answer" \
        --write-out '%{http_code}' "$@" "${url}")" || broken=$?
}

reason() {
    local said
    said="$(grep -oE '"(reason|message)" *: *"[^"]*"' "${work}/answer" | head -n 1 |
        sed -E 's/^"[a-z]+" *: *"(.*)"$/\1/')" || true
    if [ "${broken}" -ne 0 ]; then
        said="no answer, curl's exit code is ${broken}"
    fi
    printf '%s' "status ${status}${said:+, ${said}}"
}

succeed() {
    case "${broken}:${status}" in
    0:2??) ;;
    *) fail "$1 ($(reason))." ;;
    esac
}

put() {
    request elastic PUT "${ELASTICSEARCH}$1" --header 'Content-Type: application/json' \
        --data-binary "@$2"
    succeed "$3"
}

# wait_for NAME URL TEXT: until the answer is a success that holds the text.
wait_for() {
    local end=$((SECONDS + WAIT))
    while :; do
        request elastic GET "$2" --max-time 10
        case "${broken}:${status}" in
        0:200) if grep -q "$3" "${work}/answer"; then return; fi ;;
        0:401) fail "$1 refuses the user elastic: ELASTIC_PASSWORD is not the one it was started with." ;;
        60:* | 77:*) fail "$1 shows a certificate that ${AUTHORITY} does not vouch for." ;;
        esac
        if [ "${SECONDS}" -ge "${end}" ]; then
            fail "$1 was not ready within ${WAIT} s at $2 ($(reason))."
        fi
        sleep "${PAUSE}"
    done
}

# knows USER TEXT: whether that user is let in with the password of .env, and is as the text says.
knows() {
    request "$1" GET "${ELASTICSEARCH}/_security/_authenticate"
    [ "${broken}:${status}" = 0:200 ] && grep -q "$2" "${work}/answer"
}

# user NAME PASSWORD ROLE PURPOSE
user() {
    log_in_as "$1" "$2"
    if knows "$1" "\"roles\" *: *\[ *\"$3\" *\]"; then
        return
    fi
    printf '{"password":"%s","roles":["%s"],"full_name":"%s"}' "$2" "$3" "$4" >"${work}/body"
    put "/_security/user/$1" "${work}/body" "Elasticsearch did not make the user $1"
}

until [ -r "${AUTHORITY}" ]; do
    if [ "${SECONDS}" -ge "${WAIT}" ]; then
        fail "${AUTHORITY} did not come within ${WAIT} s: look at elk-certificates."
    fi
    sleep "${PAUSE}"
done
log_in_as elastic "${ELASTIC_PASSWORD}"
wait_for Elasticsearch "${ELASTICSEARCH}/_cluster/health?wait_for_status=yellow&timeout=5s" \
    '"timed_out" *: *false'

log_in_as kibana_system "${KIBANA_SYSTEM_PASSWORD}"
if ! knows kibana_system '"kibana_system"'; then
    printf '{"password":"%s"}' "${KIBANA_SYSTEM_PASSWORD}" >"${work}/body"
    request elastic POST "${ELASTICSEARCH}/_security/user/kibana_system/_password" \
        --header 'Content-Type: application/json' --data-binary "@${work}/body"
    succeed "Elasticsearch did not take the password of kibana_system"
fi

put "/_ilm/policy/${POLICY}" "${INDEX}/lifecycle.json" "Elasticsearch did not take the lifecycle"
put "/_index_template/${POLICY}" "${INDEX}/template.json" "Elasticsearch did not take the index template"

request elastic GET "${ELASTICSEARCH}/_data_stream/${STREAM}"
if [ "${broken}:${status}" = 0:404 ]; then
    request elastic PUT "${ELASTICSEARCH}/_data_stream/${STREAM}"
    succeed "Elasticsearch did not make the data stream"
else
    succeed "Elasticsearch does not say whether there is the data stream"
fi

# A template is read when an index is made. Each index keeps the version that it was made with, so
# it is seen at the next run, too, if this one ends before the new index.
version="$(grep -oE '"version" *: *[0-9]+' "${INDEX}/template.json" | head -n 1 | grep -oE '[0-9]+')" ||
    fail "${INDEX}/template.json has no version."
request elastic GET "${ELASTICSEARCH}/${STREAM}/_mapping?filter_path=*.mappings._meta.version"
succeed "Elasticsearch does not show the mapping of the data stream"
if ! grep -qE "\"version\" *: *${version}[^0-9]" "${work}/answer"; then
    request elastic POST "${ELASTICSEARCH}/${STREAM}/_rollover"
    succeed "Elasticsearch did not begin a new index for the new template"
fi

put /_security/role/logstash_writer "${INDEX}/writer.json" "Elasticsearch did not make the role of Logstash"
user logstash_writer "${LOGSTASH_WRITER_PASSWORD}" logstash_writer "Logstash writes lines"
user log_reader "${LOG_READER_PASSWORD}" viewer "Whoever looks at logs"

wait_for Kibana "${KIBANA}/api/status" '"level" *: *"available"'
request elastic POST "${KIBANA}/api/saved_objects/_import?overwrite=true" --form "file=@${OBJECTS}"
succeed "Kibana did not take the dashboard"
grep -q '"success" *: *true' "${work}/answer" || fail "Kibana did not take all of the dashboard ($(reason))."
printf '{"data_view_id":"%s","force":false}' "${DATA_VIEW}" >"${work}/body"
request elastic POST "${KIBANA}/api/data_views/default" --header 'Content-Type: application/json' \
    --data-binary "@${work}/body"
succeed "Kibana did not take the default data view"

echo "${PROGRAM}: Elasticsearch and Kibana are ready; open http://localhost:5601."
