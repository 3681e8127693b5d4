# Read by the scripts beside it: what .env has to give, and what it must not.

fail() {
    printf '%s: %s\n' "${PROGRAM}" "$1" >&2
    exit 1
}

check_passwords() {
    local name value
    for name in ELASTIC_PASSWORD KIBANA_SYSTEM_PASSWORD LOGSTASH_WRITER_PASSWORD \
        LOG_READER_PASSWORD KIBANA_ENCRYPTION_KEY; do
        value="${!name:-}"
        if [ -z "${value}" ]; then
            fail "${name} is not set; .env.example shows what the profile elk needs."
        fi
        # They stand in JSON and in a file for curl.
        case "${value}" in
        *[!A-Za-z0-9._~-]*) fail "${name} may hold letters, digits and . _ ~ - only." ;;
        esac
        if [ "${#value}" -lt 6 ]; then
            fail "${name} has less than 6 characters."
        fi
        case "${BELLWETHER_ENVIRONMENT:-development}:${value}" in
        production:*changeme*) fail "${name} is still the example's, which production refuses." ;;
        esac
    done
    if [ "${#KIBANA_ENCRYPTION_KEY}" -lt 32 ]; then
        fail "KIBANA_ENCRYPTION_KEY has less than the 32 characters that Kibana wants."
    fi
}
